-- The registration desk: identity and numbers with their history, the general practitioner, death (REC-8, MY-12, DTH). Each function stands on a grant
-- of its verb: the gate has decided, the entry is committed. Business refusals are UD010 with a short code that the portal puts into words.

DROP FUNCTION IF EXISTS registry.registering(text);
-- Why something was done is always said, in at least ten characters.
CREATE OR REPLACE FUNCTION registry.because(reason text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF length(btrim(regexp_replace(coalesce(reason, ''), '\s+', ' ', 'g'))) < 10 THEN
        RAISE EXCEPTION 'reason-missing' USING ERRCODE = 'UD010';
    END IF;
    RETURN btrim(reason);
END
$$;

CREATE OR REPLACE FUNCTION registry.note_change(l gate.live, field text, was text, became text, reason text) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO registry.patient_change (patient_id, field, was, became, reason, person_id, person_name, institution_id, entry_id)
    VALUES (l.patient_id, field, coalesce(was, ''), coalesce(became, ''), reason, l.person_id, l.person_name, l.institution_id, l.id)
$$;

CREATE OR REPLACE FUNCTION registry.identity_of(patient uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('family', p.family, 'given', p.given, 'birth_date', coalesce(p.birth_date::text, ''), 'sex', coalesce(p.sex, ''), 'language', p.language,
        'address', coalesce(p.contact ->> 'address', ''), 'phone', coalesce(p.contact ->> 'phone', ''), 'email', coalesce(p.contact ->> 'email', ''),
        'emergency', coalesce(p.contact ->> 'emergency', '')) FROM registry.patient p WHERE p.id = patient
$$;

-- UD010: family-missing, given-missing, birth-in-future, birth-too-early, sex-unknown, language-unknown.
CREATE OR REPLACE FUNCTION registry.check_identity(identity jsonb) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    birth date := nullif(identity ->> 'birth_date', '')::date;
    fault text := CASE
        WHEN btrim(coalesce(identity ->> 'family', '')) = '' THEN 'family-missing'
        WHEN btrim(coalesce(identity ->> 'given', '')) = '' THEN 'given-missing'
        WHEN birth > (clock_timestamp() AT TIME ZONE 'Europe/Brussels')::date THEN 'birth-in-future'
        WHEN birth < date '1880-01-01' THEN 'birth-too-early'
        WHEN coalesce(identity ->> 'sex', '') NOT IN ('', 'male', 'female', 'other', 'unknown') THEN 'sex-unknown'
        WHEN identity ->> 'language' NOT IN ('fr', 'nl', 'de', 'en') THEN 'language-unknown' END;
BEGIN
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- REC-8, MY-12: a new patient at the desk. Stands on no grant: nobody is there yet. The same id by the same clerk twice is done already.
-- identity: {"family", "given", "sort_key", "birth_date"|"", "sex"|"", "language", "address", "phone", "email", "emergency"}; numbers: [{"system", "value", "local": bool}]
-- UD010: number-taken, and those of check_identity.
CREATE OR REPLACE FUNCTION registry.register_new(secret bytea, made uuid, identity jsonb, numbers jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    entry bigint;
BEGIN
    IF gate.holds(s, clock_timestamp()) IS NULL OR s.strong_at IS NULL OR s.actor <> 'governance' OR gate.rights_of(s.function, 'register') = 0 THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'register-identity', 0, NULL, '{}', 'ACS-1.function', false);
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM registry.patient_change c WHERE c.patient_id = made AND c.person_id = s.person_id) THEN
        RETURN made;
    END IF;
    PERFORM registry.check_identity(identity);
    PERFORM pg_advisory_xact_lock(k) FROM (SELECT hashtextextended((n ->> 'system') || '|' || (n ->> 'value'), 7) AS k FROM jsonb_array_elements(numbers) n ORDER BY 1) keys;
    IF EXISTS (SELECT FROM registry.patient_identifier i, jsonb_array_elements(numbers) n WHERE i.system = n ->> 'system' AND i.value = n ->> 'value' AND i.until_at IS NULL) THEN
        RAISE EXCEPTION 'number-taken' USING ERRCODE = 'UD010';
    END IF;
    entry := gate.write_entry(s, made, NULL, 'register-identity', 1, NULL, '{"made": true}', 'ACS-4.task', true);
    INSERT INTO registry.patient (id, family, given, sort_key, birth_date, sex, language, contact, entry_id)
    VALUES (made, btrim(identity ->> 'family'), btrim(identity ->> 'given'), identity ->> 'sort_key', nullif(identity ->> 'birth_date', '')::date, nullif(identity ->> 'sex', ''), identity ->> 'language',
            (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(identity) WHERE key IN ('address', 'phone', 'email', 'emergency') AND value <> '""'), entry);
    INSERT INTO registry.patient_identifier (patient_id, system, value, institution_id)
    SELECT made, n ->> 'system', n ->> 'value', CASE WHEN (n ->> 'local')::boolean THEN s.institution_id END FROM jsonb_array_elements(numbers) n;
    INSERT INTO registry.patient_change (patient_id, field, became, reason, person_id, person_name, institution_id, entry_id)
    VALUES (made, 'family', btrim(identity ->> 'family'), 'registered', s.person_id, s.person_name, s.institution_id, entry);
    RETURN made;
END
$$;
COMMENT ON FUNCTION registry.register_new IS 'application';

-- MY-12: change identity or contact data; what was stays readable. shown: the fields as they were on the form, wanted: as they shall be, and "sort_key".
-- UD010: nothing-changed, changed-meanwhile, reason-missing, and those of check_identity.
CREATE OR REPLACE FUNCTION registry.change_identity(shown jsonb, wanted jsonb, reason text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-identity');
    before jsonb := registry.identity_of(l.patient_id);
    became jsonb := before || (wanted - 'sort_key');
    one text;
    changed integer := 0;
BEGIN
    FOR one IN SELECT key FROM jsonb_each(became) LOOP
        CONTINUE WHEN before ->> one = became ->> one;
        IF before ->> one <> coalesce(shown ->> one, '') THEN
            RAISE EXCEPTION 'changed-meanwhile' USING ERRCODE = 'UD010';
        END IF;
        changed := changed + 1;
        PERFORM registry.note_change(l, one, before ->> one, became ->> one, registry.because(reason));
    END LOOP;
    IF changed = 0 THEN
        RAISE EXCEPTION 'nothing-changed' USING ERRCODE = 'UD010';
    END IF;
    PERFORM registry.check_identity(became);
    UPDATE registry.patient p SET family = btrim(became ->> 'family'), given = btrim(became ->> 'given'), sort_key = coalesce(wanted ->> 'sort_key', p.sort_key),
        birth_date = nullif(became ->> 'birth_date', '')::date, sex = nullif(became ->> 'sex', ''), language = became ->> 'language',
        contact = p.contact || jsonb_build_object('address', became ->> 'address', 'phone', became ->> 'phone', 'email', became ->> 'email', 'emergency', became ->> 'emergency')
    WHERE p.id = l.patient_id;
    PERFORM notices.tell(l.patient_id, 'identity', '{}', l.institution_id, l.id);
    RETURN changed;
END
$$;
COMMENT ON FUNCTION registry.change_identity IS 'application';

-- Numbers over time: one is added. UD010: number-taken (by another patient), reason-missing. Added twice is done already.
CREATE OR REPLACE FUNCTION registry.add_number(a_system text, a_value text, local boolean, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-identity');
    holder uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(a_system || '|' || a_value, 7));
    holder := (SELECT i.patient_id FROM registry.patient_identifier i WHERE i.system = a_system AND i.value = a_value AND i.until_at IS NULL);
    IF holder = l.patient_id THEN
        RETURN;
    ELSIF holder IS NOT NULL THEN
        RAISE EXCEPTION 'number-taken' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO registry.patient_identifier AS i (patient_id, system, value, institution_id)
    VALUES (l.patient_id, a_system, a_value, CASE WHEN local THEN l.institution_id END)
    ON CONFLICT (patient_id, system, value) DO UPDATE SET until_at = NULL;
    PERFORM registry.note_change(l, 'number', '', a_value, registry.because(reason));
END
$$;
COMMENT ON FUNCTION registry.add_number IS 'application';

-- A number that is no longer his: it finds him no more, and stays in his history. UD010: no-such-number, reason-missing.
CREATE OR REPLACE FUNCTION registry.close_number(a_system text, a_value text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-identity');
BEGIN
    UPDATE registry.patient_identifier i SET until_at = clock_timestamp() WHERE i.patient_id = l.patient_id AND i.system = a_system AND i.value = a_value AND i.until_at IS NULL
        AND (i.institution_id IS NULL OR i.institution_id = l.institution_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no-such-number' USING ERRCODE = 'UD010';
    END IF;
    PERFORM registry.note_change(l, 'number', a_value, '', registry.because(reason));
END
$$;
COMMENT ON FUNCTION registry.close_number IS 'application';

-- CON-3, ACD-4: the general practitioner of record. The old one ends now; the new one holds 12 months from today, and each confirmation begins them anew.
-- The same practitioner again is a confirmation. UD010: no-such-gp, deceased, excluded.
CREATE OR REPLACE FUNCTION registry.set_gp(made uuid, gp uuid) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
    h registry.person;
    post registry.employment;
    ends timestamptz;
    known uuid;
BEGIN
    SELECT * INTO h FROM registry.person o WHERE o.id = gp AND o.professional;
    SELECT e.* INTO post FROM registry.employment e WHERE e.person_id = gp AND e.function = 'gp' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp())
    ORDER BY e.from_at DESC LIMIT 1;
    IF h.id IS NULL OR post.id IS NULL THEN
        RAISE EXCEPTION 'no-such-gp' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM registry.patient p WHERE p.id = l.patient_id AND p.deceased_at <= clock_timestamp()) THEN
        RAISE EXCEPTION 'deceased' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM relations.exclusion e JOIN registry.person o ON o.id = e.person_id
                  WHERE e.patient_id = l.patient_id AND o.human_id = h.human_id AND (e.until_at IS NULL OR e.until_at > clock_timestamp())) THEN
        RAISE EXCEPTION 'excluded' USING ERRCODE = 'UD010';
    END IF;
    ends := registry.later(relations.lasts(post.institution_id, 'gp'));
    known := (SELECT r.id FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.kind = 'gp' AND r.person_id = gp AND r.state = 'in-force' AND r.ends_at > clock_timestamp() LIMIT 1);
    PERFORM registry.close_wishes(l, gp);
    IF known IS NOT NULL THEN
        UPDATE relations.relation r SET ends_at = greatest(r.ends_at, ends), confirmed_at = clock_timestamp() WHERE r.patient_id = l.patient_id AND r.id = known;
        RETURN 'confirmed';
    END IF;
    UPDATE relations.relation r SET ends_at = clock_timestamp(), ended_by = l.person_id, ended_why = 'gp-changed'
    WHERE r.patient_id = l.patient_id AND r.kind = 'gp' AND r.state = 'in-force' AND r.ends_at > clock_timestamp();
    INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, proof, starts_at, ends_at, confirmed_at, made_by, entry_id)
    VALUES (l.patient_id, made, gp, post.institution_id, 'gp', 'desk', 'desk', clock_timestamp(), ends, clock_timestamp(), l.person_id, l.id);
    PERFORM notices.tell(l.patient_id, 'gp', relations.named(gp, post) || jsonb_build_object('until', ends), l.institution_id, l.id);
    RETURN 'changed';
END
$$;
COMMENT ON FUNCTION registry.set_gp IS 'application';

-- MY-12: requests for this general practitioner are settled, at whichever desk they wait.
CREATE OR REPLACE FUNCTION registry.close_wishes(l gate.live, gp uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    task uuid;
BEGIN
    FOR task IN UPDATE cases.task t SET state = 'done', outcome = 'changed', done_at = clock_timestamp(), done_by = l.person_id
                WHERE t.patient_id = l.patient_id AND t.kind = 'gp-change' AND t.person_id = gp AND t.state <> 'done' RETURNING t.id LOOP
        PERFORM cases.note(task, l.person_id, 'done', 'changed', l.id);
    END LOOP;
END
$$;

-- Months are counted in Brussels whatever the session's time zone is.
CREATE OR REPLACE FUNCTION registry.later(length interval) RETURNS timestamptz LANGUAGE sql STABLE SET timezone = 'Europe/Brussels' AS $$ SELECT clock_timestamp() + length $$;

-- DTH-1: a death closes at once: the decision reads deceased_at. UD010: deceased-already, in-future, before-birth, source-missing.
CREATE OR REPLACE FUNCTION registry.record_death(died_at timestamptz, source text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-death');
    p registry.patient;
    facts jsonb;
    notice uuid;
BEGIN
    SELECT * INTO p FROM registry.patient o WHERE o.id = l.patient_id;
    IF p.deceased_at IS NOT NULL THEN
        RAISE EXCEPTION 'deceased-already' USING ERRCODE = 'UD010';
    ELSIF died_at IS NULL OR died_at > clock_timestamp() THEN
        RAISE EXCEPTION 'in-future' USING ERRCODE = 'UD010';
    ELSIF died_at < p.birth_date::timestamp AT TIME ZONE 'Europe/Brussels' THEN
        RAISE EXCEPTION 'before-birth' USING ERRCODE = 'UD010';
    ELSIF btrim(coalesce(source, '')) = '' THEN
        RAISE EXCEPTION 'source-missing' USING ERRCODE = 'UD010';
    END IF;
    facts := jsonb_build_object('institution', (SELECT i.names FROM registry.institution i WHERE i.id = l.institution_id));
    notice := notices.tell(l.patient_id, 'death', facts, l.institution_id, l.id);
    PERFORM notices.tell_gp(l.patient_id, notice, 'death', facts || jsonb_build_object('day', (died_at AT TIME ZONE 'Europe/Brussels')::date), l.id);
    UPDATE registry.patient o SET deceased_at = died_at WHERE o.id = l.patient_id;
    PERFORM registry.note_change(l, 'death', '', died_at::text, btrim(source));
END
$$;
COMMENT ON FUNCTION registry.record_death IS 'application';

-- DTH-4: a false death. One person asks, another human being confirms. `made` is the id of the form: the same twice is done already.
-- UD010: not-deceased, asked-already, reason-missing.
CREATE OR REPLACE FUNCTION registry.ask_reversal(made uuid, reason text) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-death');
    died_at timestamptz := (SELECT p.deceased_at FROM registry.patient p WHERE p.id = l.patient_id);
BEGIN
    IF EXISTS (SELECT FROM registry.death_reversal d WHERE d.patient_id = l.patient_id AND d.id = made) THEN
        RETURN made;
    ELSIF died_at IS NULL THEN
        RAISE EXCEPTION 'not-deceased' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM registry.death_reversal d WHERE d.patient_id = l.patient_id AND d.state = 'asked') THEN
        RAISE EXCEPTION 'asked-already' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO registry.death_reversal (patient_id, id, deceased_at, reason, asked_by, institution_id, entry_id)
    VALUES (l.patient_id, made, died_at, registry.because(reason), l.person_id, l.institution_id, l.id);
    PERFORM cases.open_task(l.institution_id, l.function, 'death-reversal', l.patient_id, NULL, made, '{}', interval '1 day', l.person_id, l.id);
    RETURN made;
END
$$;
COMMENT ON FUNCTION registry.ask_reversal IS 'application';

-- UD010: no-such-reversal, same-person (the asking human being under any entry, EXC-6), done-already, words-missing (of a refusal).
CREATE OR REPLACE FUNCTION registry.answer_reversal(reversal uuid, agreed boolean, words text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-death');
    d registry.death_reversal;
    task uuid;
    facts jsonb;
BEGIN
    SELECT * INTO d FROM registry.death_reversal r WHERE r.patient_id = l.patient_id AND r.id = reversal AND r.institution_id = l.institution_id FOR UPDATE;
    IF d.id IS NULL THEN
        RAISE EXCEPTION 'no-such-reversal' USING ERRCODE = 'UD010';
    ELSIF d.state <> 'asked' THEN
        RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
    ELSIF (SELECT count(DISTINCT h.human_id) FROM registry.person h WHERE h.id IN (d.asked_by, l.person_id)) < 2 THEN
        RAISE EXCEPTION 'same-person' USING ERRCODE = 'UD010';
    ELSIF NOT agreed AND btrim(coalesce(words, '')) = '' THEN
        RAISE EXCEPTION 'words-missing' USING ERRCODE = 'UD010';
    END IF;
    UPDATE registry.death_reversal r SET state = CASE WHEN agreed THEN 'confirmed' ELSE 'refused' END, answered_at = clock_timestamp(), answered_by = l.person_id, answer = btrim(coalesce(words, ''))
    WHERE r.patient_id = l.patient_id AND r.id = reversal;
    IF agreed THEN
        UPDATE registry.patient p SET deceased_at = NULL WHERE p.id = l.patient_id;
        PERFORM registry.note_change(l, 'death', d.deceased_at::text, '', d.reason);
        facts := jsonb_build_object('institution', (SELECT i.names FROM registry.institution i WHERE i.id = l.institution_id));
        PERFORM notices.tell_gp(l.patient_id, notices.tell(l.patient_id, 'death-reversed', facts, l.institution_id, l.id), 'death-reversed', facts, l.id);
    END IF;
    task := (SELECT t.id FROM cases.task t WHERE t.subject_id = reversal AND t.kind = 'death-reversal' AND t.state <> 'done');
    IF task IS NOT NULL THEN
        PERFORM cases.close_task(l, task, CASE WHEN agreed THEN 'confirmed' ELSE 'refused' END, words);
    END IF;
END
$$;
COMMENT ON FUNCTION registry.answer_reversal IS 'application';
