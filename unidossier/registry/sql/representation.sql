-- The registration desk: who acts for a patient (REP), and exclusions by form (EXC-4, EXC-5). As registration.sql: each function stands on a grant of register-rights.

-- Who is meant by a national number, for a file of a representative: a person known to the registry, else a patient (who then becomes one), else nobody.
-- Told to a clerk who typed the whole number, under an entry about the patient whose file it is. person: NULL when somebody with that name must be made.
CREATE OR REPLACE FUNCTION registry.find_person(number text, OUT person uuid, OUT family text, OUT given text, OUT of_patient uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    ssin constant text := 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin';
BEGIN
    IF l.verb <> 'register-rights' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    SELECT h.id, h.family, h.given, h.patient_id INTO person, family, given, of_patient FROM registry.person h JOIN registry.person_identifier i ON i.person_id = h.id
    WHERE i.system = ssin AND i.value = number AND i.until_at IS NULL;
    IF person IS NULL THEN
        SELECT h.id, p.family, p.given, p.id INTO person, family, given, of_patient FROM registry.patient_identifier i JOIN registry.patient p ON p.id = i.patient_id
        LEFT JOIN registry.person h ON h.patient_id = p.id AND NOT h.professional WHERE i.system = ssin AND i.value = number AND i.until_at IS NULL ORDER BY h.id LIMIT 1;
    END IF;
END
$$;
COMMENT ON FUNCTION registry.find_person IS 'application';

-- A person of the registry who is no professional: made from his number and names, or met again by his number.
CREATE OR REPLACE FUNCTION registry.person_for(number text, a_family text, a_given text, a_sort_key text) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    known record;
    ssin constant text := 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(ssin || '|' || number, 11));
    SELECT * INTO known FROM registry.find_person(number);
    IF known.person IS NULL THEN
        known.person := gen_random_uuid();
        INSERT INTO registry.person (id, human_id, family, given, sort_key, professional, patient_id)
        VALUES (known.person, known.person, coalesce(known.family, a_family), coalesce(known.given, a_given), a_sort_key, false, known.of_patient);
        INSERT INTO registry.person_identifier (person_id, system, value) VALUES (known.person, ssin, number);
    END IF;
    RETURN known.person;
END
$$;

-- REP-1, REP-3, REP-4: a parent, legal representative, foster parent, mandate or trusted person, on a document that is kept. `made`: id of the form.
-- file: {"kind", "number", "family", "given", "sort_key", "categories", "decides": bool, "starts", "ends"|null, "authority", "proof": {"sha256", "name", "media_type", "size"}}
-- UD010: kind-unknown, proof-missing, authority-missing, scope-missing, end-before-start, deceased, yourself, of-age, two-parents, known-already.
CREATE OR REPLACE FUNCTION registry.register_representation(made uuid, file jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
    p registry.patient;
    holder uuid;
    fault text;
    starts timestamptz := coalesce((file ->> 'starts')::timestamptz, clock_timestamp());
    ends timestamptz := coalesce((file ->> 'ends')::timestamptz, 'infinity');
    scope bigint := CASE WHEN file ->> 'kind' IN ('parent', 'legal') THEN 2097151 ELSE coalesce((file ->> 'categories')::bigint, 0) & 2097151 END;
BEGIN
    IF EXISTS (SELECT FROM relations.representation m WHERE m.patient_id = l.patient_id AND m.id = made) THEN
        RETURN made;
    END IF;
    SELECT * INTO p FROM registry.patient o WHERE o.id = l.patient_id;
    fault := CASE
        WHEN file ->> 'kind' NOT IN ('parent', 'legal', 'foster', 'mandate', 'trusted') THEN 'kind-unknown'
        WHEN coalesce(file #>> '{proof,sha256}', '') = '' THEN 'proof-missing'
        WHEN btrim(coalesce(file ->> 'authority', '')) = '' THEN 'authority-missing'
        WHEN scope = 0 THEN 'scope-missing'
        WHEN ends <= starts OR ends <= clock_timestamp() THEN 'end-before-start'
        WHEN p.deceased_at <= clock_timestamp() THEN 'deceased' END;
    -- REP-1: a parent's link is for a child whose own access has not begun, and ends by itself on that birthday
    IF fault IS NULL AND file ->> 'kind' = 'parent' THEN
        fault := registry.parent_fault(p);
        ends := least(ends, gate.birthday(p.birth_date, gate.own_access_age(p.id)));
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault USING ERRCODE = 'UD010';
    END IF;
    holder := registry.person_for(file ->> 'number', file ->> 'family', file ->> 'given', file ->> 'sort_key');
    IF EXISTS (SELECT FROM registry.person h WHERE h.id = holder AND h.patient_id = l.patient_id) THEN
        RAISE EXCEPTION 'yourself' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM relations.representation m WHERE m.patient_id = l.patient_id AND m.person_id = holder AND m.kind = file ->> 'kind' AND m.state <> 'withdrawn' AND m.ends_at > clock_timestamp()) THEN
        RAISE EXCEPTION 'known-already' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO relations.representation (patient_id, id, person_id, kind, name, categories, decides, starts_at, ends_at, made_by, entry_id, proof, authority, institution_id)
    SELECT l.patient_id, made, h.id, file ->> 'kind', h.given || ' ' || h.family, scope, file ->> 'kind' IN ('parent', 'legal') OR coalesce((file ->> 'decides')::boolean, false) AND file ->> 'kind' IN ('foster', 'mandate'),
           starts, ends, l.person_id, l.id, file -> 'proof', btrim(file ->> 'authority'), l.institution_id FROM registry.person h WHERE h.id = holder;
    PERFORM registry.tell_of(l, made, 'mandate');
    RETURN made;
END
$$;
COMMENT ON FUNCTION registry.register_representation IS 'application';

CREATE OR REPLACE FUNCTION registry.parent_fault(p registry.patient) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p.birth_date IS NULL OR gate.age_of(p.birth_date, NULL, clock_timestamp(), gate.own_access_age(p.id)) = 'of-age' THEN 'of-age'
                WHEN (SELECT count(*) FROM relations.representation m WHERE m.patient_id = p.id AND m.kind = 'parent' AND m.state <> 'withdrawn' AND m.ends_at > clock_timestamp()) >= 2 THEN 'two-parents' END
$$;

-- The patient is told of every mandate and of its end (MY-13); no document, no number.
CREATE OR REPLACE FUNCTION registry.tell_of(l gate.live, representation uuid, kind text) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT notices.tell(l.patient_id, tell_of.kind, jsonb_strip_nulls(jsonb_build_object('who', m.name, 'kind', m.kind, 'until', CASE WHEN m.ends_at < 'infinity' THEN m.ends_at END,
        'institution', (SELECT i.names FROM registry.institution i WHERE i.id = l.institution_id))), l.institution_id, l.id)
    FROM relations.representation m WHERE m.patient_id = l.patient_id AND m.id = representation
$$;

-- REP-1: suspended on dispute, resumed when it is settled; ended for good. wanted: suspended, in-force, withdrawn.
-- UD010: no-such-mandate, done-already (it is in that state, or has ended), reason-missing.
CREATE OR REPLACE FUNCTION registry.move_representation(representation uuid, wanted text, reason text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
    m relations.representation;
    why text := registry.because(reason);
BEGIN
    SELECT * INTO m FROM relations.representation o WHERE o.patient_id = l.patient_id AND o.id = representation AND o.kind <> 'designated';
    IF m.id IS NULL OR wanted NOT IN ('suspended', 'in-force', 'withdrawn') THEN
        RAISE EXCEPTION 'no-such-mandate' USING ERRCODE = 'UD010';
    ELSIF m.state = wanted OR m.state = 'withdrawn' OR m.ends_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
    END IF;
    UPDATE relations.representation o SET state = wanted, suspended_why = CASE WHEN wanted = 'suspended' THEN why ELSE o.suspended_why END,
        withdrawn_at = CASE WHEN wanted = 'withdrawn' THEN clock_timestamp() END, ended_by = CASE WHEN wanted = 'withdrawn' THEN l.person_id END,
        ended_why = CASE WHEN wanted = 'withdrawn' THEN why ELSE '' END
    WHERE o.patient_id = l.patient_id AND o.id = representation;
    PERFORM registry.tell_of(l, representation, CASE wanted WHEN 'in-force' THEN 'mandate' ELSE 'mandate-ended' END);
END
$$;
COMMENT ON FUNCTION registry.move_representation IS 'application';

-- EXC-4: an exclusion by form, at the institution where the person works; the clerk has established who is meant. It binds at once, in all institutions.
-- UD010: no-such-person, not-here (works elsewhere), yourself, excluded-already.
CREATE OR REPLACE FUNCTION registry.register_exclusion(made uuid, person uuid, absolute boolean) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
    h registry.person;
BEGIN
    IF EXISTS (SELECT FROM relations.exclusion e WHERE e.patient_id = l.patient_id AND e.id = made) THEN
        RETURN made;
    END IF;
    SELECT * INTO h FROM registry.person o WHERE o.id = register_exclusion.person AND o.professional;
    IF h.id IS NULL THEN
        RAISE EXCEPTION 'no-such-person' USING ERRCODE = 'UD010';
    ELSIF h.patient_id = l.patient_id THEN
        RAISE EXCEPTION 'yourself' USING ERRCODE = 'UD010';
    ELSIF NOT EXISTS (SELECT FROM registry.employment e JOIN registry.person o ON o.id = e.person_id WHERE o.human_id = h.human_id AND e.institution_id = l.institution_id
                      AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp())) THEN
        RAISE EXCEPTION 'not-here' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM relations.exclusion e JOIN registry.person o ON o.id = e.person_id WHERE e.patient_id = l.patient_id AND o.human_id = h.human_id AND e.source = 'local'
                  AND e.absolute >= register_exclusion.absolute AND (e.until_at IS NULL OR e.until_at > clock_timestamp())) THEN
        RAISE EXCEPTION 'excluded-already' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO relations.exclusion (patient_id, id, person_id, source, channel, absolute, from_at, made_by, made_at_institution, confirmed_by, confirmed_at, entry_id)
    VALUES (l.patient_id, made, h.id, 'local', 'form', register_exclusion.absolute, now(), l.person_id, l.institution_id, l.person_id, clock_timestamp(), l.id);
    PERFORM notices.tell(l.patient_id, 'exclusion', relations.named(h.id, relations.post_of(h.id)) || jsonb_build_object('absolute', register_exclusion.absolute), l.institution_id, l.id);
    RETURN made;
END
$$;
COMMENT ON FUNCTION registry.register_exclusion IS 'application';

-- EXC-4: the patient excluded somebody on the portal; the desk confirms who is meant. UD010: no-such-exclusion, done-already (ended meanwhile).
CREATE OR REPLACE FUNCTION registry.confirm_exclusion(exclusion uuid, words text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
    task uuid := (SELECT t.id FROM cases.task t WHERE t.subject_id = exclusion AND t.kind = 'confirm-exclusion' AND t.institution_id = l.institution_id AND t.state <> 'done');
BEGIN
    UPDATE relations.exclusion e SET confirmed_by = l.person_id, confirmed_at = clock_timestamp()
    WHERE e.patient_id = l.patient_id AND e.id = exclusion AND e.source = 'local' AND e.confirmed_at IS NULL AND (e.until_at IS NULL OR e.until_at > clock_timestamp());
    IF NOT FOUND THEN
        RAISE EXCEPTION '%', CASE WHEN EXISTS (SELECT FROM relations.exclusion e WHERE e.patient_id = l.patient_id AND e.id = exclusion) THEN 'done-already' ELSE 'no-such-exclusion' END USING ERRCODE = 'UD010';
    END IF;
    IF task IS NOT NULL THEN
        PERFORM cases.close_task(l, task, 'confirmed', words);
    END IF;
END
$$;
COMMENT ON FUNCTION registry.confirm_exclusion IS 'application';

-- EXC-5: a local one ends at the Desk too, whichever way it was made; a federal one only at the federal portal. UD010: no-such-exclusion, federal, done-already, reason-missing.
CREATE OR REPLACE FUNCTION registry.end_exclusion(exclusion uuid, reason text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('register-rights');
    e relations.exclusion;
    task uuid := (SELECT t.id FROM cases.task t WHERE t.subject_id = exclusion AND t.kind = 'confirm-exclusion' AND t.institution_id = l.institution_id AND t.state <> 'done');
BEGIN
    SELECT * INTO e FROM relations.exclusion x WHERE x.patient_id = l.patient_id AND x.id = exclusion;
    IF e.id IS NULL THEN
        RAISE EXCEPTION 'no-such-exclusion' USING ERRCODE = 'UD010';
    ELSIF e.source = 'federal' THEN
        RAISE EXCEPTION 'federal' USING ERRCODE = 'UD010';
    ELSIF e.until_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
    END IF;
    UPDATE relations.exclusion x SET until_at = clock_timestamp(), ended_by = l.person_id, ended_why = registry.because(end_exclusion.reason) WHERE x.patient_id = l.patient_id AND x.id = exclusion;
    IF task IS NOT NULL THEN
        PERFORM cases.close_task(l, task, 'ended', reason);
    END IF;
    PERFORM notices.tell(l.patient_id, 'exclusion-ended', relations.named(e.person_id, relations.post_of(e.person_id)), l.institution_id, l.id);
END
$$;
COMMENT ON FUNCTION registry.end_exclusion IS 'application';

-- REP-2: a physician who treats a child opens the child's own access before the age for it, with a reason; parents' links stay. Twice is done once.
-- UD010: not-a-physician, of-age, reason-missing.
CREATE OR REPLACE FUNCTION registry.open_own_access(reason text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := registry.acting('open-own-access');
    p registry.patient;
BEGIN
    SELECT * INTO p FROM registry.patient o WHERE o.id = l.patient_id;
    IF l.function NOT IN ('gp', 'specialist', 'emergency-physician', 'trainee-physician') THEN
        RAISE EXCEPTION 'not-a-physician' USING ERRCODE = 'UD010';
    ELSIF gate.age_of(p.birth_date, NULL, clock_timestamp(), gate.own_access_age(p.id)) = 'of-age' THEN
        RAISE EXCEPTION 'of-age' USING ERRCODE = 'UD010';
    ELSIF p.own_opened_at IS NOT NULL THEN
        RETURN;
    END IF;
    UPDATE registry.patient o SET own_opened_at = clock_timestamp() WHERE o.id = l.patient_id;
    PERFORM registry.note_change(l, 'own-access', '', 'opened', registry.because(reason));
    PERFORM notices.tell(l.patient_id, 'access', jsonb_build_object('who', l.person_name, 'institution', (SELECT i.names FROM registry.institution i WHERE i.id = l.institution_id)), l.institution_id, l.id);
END
$$;
COMMENT ON FUNCTION registry.open_own_access IS 'application';
