-- Carers outside: requests, links by national number, renewal, trust given by the GP of record (CON-5 to CON-8, ACD-3).
-- A request and a link stand on no grant: the carer must not learn whether the patient exists (ACD-8, T15). They return a short word, never an error,
-- so that their entry stays; the portal puts the word into sentences.

-- May this session act from outside at all? NULL: yes; else the line of the decision that says no.
CREATE OR REPLACE FUNCTION relations.not_outside(s gate.session) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN gate.holds(s, clock_timestamp()) IS NULL THEN 'ACD-7.ended' WHEN s.strong_at IS NULL THEN 'ALL-3.second-factor'
                WHEN s.purpose <> 'care' THEN 'ACD-6.purpose' WHEN s.actor <> 'outside' OR gate.rights_of(s.function, 'read') = 0 THEN 'ACS-1.function' END
$$;

-- Why no relation may be made with the patient, by the line that would refuse it; NULL when one may. Nobody's record is looked at like anybody's.
CREATE OR REPLACE FUNCTION relations.barred(p registry.patient, human uuid) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN p.id IS NULL OR p.merged_into IS NOT NULL THEN 'ACD-1.none'
                WHEN p.deceased_at <= clock_timestamp() THEN 'DTH-1.no-new-relation'
                WHEN EXISTS (SELECT FROM relations.exclusion e JOIN registry.person h ON h.id = e.person_id
                             WHERE e.patient_id = p.id AND h.human_id = human AND (e.until_at IS NULL OR clock_timestamp() < e.until_at)) THEN 'EXC-2.excluded'
                WHEN p.refuses_outside THEN 'CON-10.refused' END
$$;

CREATE OR REPLACE FUNCTION relations.told_of(s gate.session, until timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('who', s.person_name, 'function', s.function, 'institution', (SELECT i.names FROM registry.institution i WHERE i.id = s.institution_id), 'until', until)
$$;

-- Every distinct number counts against the day's limit, found or not: were misses alone counted, the lock itself would tell who is known.
-- By human being: a second account does not begin at nought.
CREATE OR REPLACE FUNCTION relations.tried_today(s gate.session, number text) RETURNS bigint LANGUAGE sql VOLATILE SET timezone = 'Europe/Brussels' AS $$
    SELECT count(DISTINCT t.number) FROM relations.attempt t JOIN registry.person h ON h.id = t.person_id
    WHERE h.human_id = s.human_id AND t.made_at >= date_trunc('day', clock_timestamp()) AND t.number <> tried_today.number
$$;

-- What the number finds: the pending relation, and for a request the notice. The same rows are written for nobody and taken back, so that both take the same time.
CREATE OR REPLACE FUNCTION relations.pend(s gate.session, a relations.attempt, patient uuid, entry bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    whom uuid := coalesce(patient, gen_random_uuid());
    made uuid := gen_random_uuid();
BEGIN
    INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, source_id, proof, state, reason, starts_at, ends_at, made_by, entry_id)
    VALUES (whom, made, s.person_id, s.institution_id, a.kind, a.kind, a.id, 'number-typed', 'pending', a.reason, clock_timestamp(), a.ends_at, s.person_id, entry);
    INSERT INTO relations.attempt_found (attempt_id, patient_id, relation_id) VALUES (a.id, whom, made);
    IF a.kind = 'request' THEN
        PERFORM notices.tell(whom, 'request', relations.told_of(s, a.ends_at), relations.desk_for(whom, s.institution_id), entry);
    END IF;
    IF patient IS NULL THEN
        RAISE EXCEPTION 'nobody' USING ERRCODE = 'UD098';
    END IF;
EXCEPTION WHEN SQLSTATE 'UD098' THEN
    RETURN;
END
$$;

-- One number tried. Returns made (also when the same form is sent again), waits (the same is under way), too-many (the day's limit), refused.
CREATE OR REPLACE FUNCTION relations.try_number(s gate.session, a relations.attempt) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    verb text := CASE a.kind WHEN 'request' THEN 'ask-access' ELSE 'make-link' END;
    stop text := relations.not_outside(s);
    p registry.patient;
    barred text;
BEGIN
    IF stop IS NOT NULL THEN
        PERFORM gate.write_entry(s, NULL, NULL, verb, 0, NULL, '{}', stop, false);
        RETURN 'refused';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(s.human_id::text, 11));  -- one after the other: nobody passes the limit by trying at once
    IF EXISTS (SELECT FROM relations.attempt t WHERE t.id = a.id AND t.person_id = s.person_id) THEN
        RETURN 'made';
    ELSIF EXISTS (SELECT FROM relations.attempt t WHERE t.person_id = s.person_id AND t.kind = a.kind AND t.number = a.number AND t.state = 'waiting' AND t.ends_at > clock_timestamp()) THEN
        PERFORM gate.write_entry(s, NULL, NULL, verb, 0, NULL, jsonb_build_object('attempt', a.id), 'CON-6.waits', false);
        RETURN 'waits';
    ELSIF relations.tried_today(s, a.number) >= gate.setting(s.institution_id, 'misses.a-day')::bigint THEN
        PERFORM gate.write_entry(s, NULL, NULL, verb, 0, NULL, jsonb_build_object('sought', jsonb_build_object('number', a.number)), 'CON-6.limit', false);
        RETURN 'too-many';
    END IF;
    SELECT * INTO p FROM registry.patient r WHERE r.id = gate.sought(jsonb_build_object('number', a.number));
    barred := relations.barred(p, s.human_id);
    -- what was typed is kept with the attempt; the entry of somebody known does not hold his number a second time
    a.entry_id := gate.write_entry(s, p.id, NULL, verb, 0, NULL, jsonb_build_object('attempt', a.id), coalesce(barred, CASE a.kind WHEN 'request' THEN 'CON-5.asked' ELSE 'CON-6.linked' END), barred IS NULL);
    a.person_id := s.person_id;
    a.institution_id := s.institution_id;
    a.function := s.function;
    a.state := 'waiting';
    a.made_at := clock_timestamp();
    INSERT INTO relations.attempt SELECT a.*;
    PERFORM relations.pend(s, a, CASE WHEN barred IS NULL THEN p.id END, a.entry_id);
    PERFORM gate.touch(s);
    RETURN 'made';
END
$$;

-- CON-5: ask the patient for access; silence refuses after 30 days. `attempt` was made when the form was shown. UD010: reason-too-short.
CREATE OR REPLACE FUNCTION relations.ask_access(secret bytea, attempt uuid, number text, name text, reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    a relations.attempt;
BEGIN
    IF length(btrim(regexp_replace(reason, '\s+', ' ', 'g'))) < 10 THEN
        RAISE EXCEPTION 'reason-too-short' USING ERRCODE = 'UD010';
    END IF;
    a.id := attempt; a.kind := 'request'; a.number := number; a.name := btrim(name); a.language := ''; a.reason := btrim(reason);
    a.ends_at := clock_timestamp() + gate.setting(s.institution_id, 'length.request')::interval;
    RETURN relations.try_number(s, a);
END
$$;
COMMENT ON FUNCTION relations.ask_access(bytea, uuid, text, text, text) IS 'application';

-- CON-6: a link during a contact. It opens nothing until the signed form is declared, for which there are three months. UD010: not-informed, contact-in-future, contact-too-old.
CREATE OR REPLACE FUNCTION relations.make_link(secret bytea, attempt uuid, number text, name text, language text, informed boolean, contact date) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    a relations.attempt;
BEGIN
    IF NOT coalesce(informed, false) THEN
        RAISE EXCEPTION 'not-informed' USING ERRCODE = 'UD010';
    END IF;
    PERFORM relations.check_contact(contact);
    a.id := attempt; a.kind := 'link'; a.number := number; a.name := btrim(name); a.language := language; a.reason := ''; a.contact_on := contact;
    a.ends_at := clock_timestamp() + interval '3 months';
    RETURN relations.try_number(s, a);
END
$$;
COMMENT ON FUNCTION relations.make_link(bytea, uuid, text, text, text, boolean, date) IS 'application';

-- A contact is of the last 30 days, in Brussels. UD010: contact-in-future, contact-too-old.
CREATE OR REPLACE FUNCTION relations.check_contact(contact date) RETURNS void LANGUAGE plpgsql VOLATILE SET timezone = 'Europe/Brussels' AS $$
BEGIN
    IF contact > clock_timestamp()::date THEN
        RAISE EXCEPTION 'contact-in-future' USING ERRCODE = 'UD010';
    ELSIF contact IS NULL OR contact < clock_timestamp()::date - 30 THEN
        RAISE EXCEPTION 'contact-too-old' USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- CON-6, CON-7: the signed form and its date. Somebody known is opened for 12 months from that date, if nothing bars it by now; a hospital may have made him known meanwhile.
-- Returns declared (also when it was before). UD010: signed-in-future, signed-too-old, no-such-link, link-ended.
CREATE OR REPLACE FUNCTION relations.declare_consent(secret bytea, attempt uuid, signed date, proof jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    stop text := relations.not_outside(s);
    a relations.attempt;
    f relations.attempt_found;
    p registry.patient;
    barred text;
    entry bigint;
    ends timestamptz;
BEGIN
    IF stop IS NOT NULL THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'declare-consent', 0, NULL, '{}', stop, false);
        RETURN 'refused';
    ELSIF signed IS NULL OR signed > clock_timestamp()::date THEN
        RAISE EXCEPTION 'signed-in-future' USING ERRCODE = 'UD010';
    ELSIF signed < (clock_timestamp() - interval '3 months')::date THEN
        RAISE EXCEPTION 'signed-too-old' USING ERRCODE = 'UD010';
    END IF;
    SELECT * INTO a FROM relations.attempt t WHERE t.id = attempt AND t.person_id = s.person_id AND t.kind = 'link' FOR UPDATE;
    IF a.id IS NULL THEN
        RAISE EXCEPTION 'no-such-link' USING ERRCODE = 'UD010';
    ELSIF a.state IN ('declared', 'open') THEN
        RETURN 'declared';
    ELSIF a.state = 'taken-back' OR a.ends_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'link-ended' USING ERRCODE = 'UD010';
    END IF;
    UPDATE relations.attempt t SET state = 'declared', signed_on = signed, proof = declare_consent.proof WHERE t.id = a.id;
    SELECT * INTO f FROM relations.attempt_found x WHERE x.attempt_id = a.id;
    SELECT * INTO p FROM registry.patient r WHERE r.id = coalesce(f.patient_id, gate.sought(jsonb_build_object('number', a.number)));
    barred := relations.barred(p, s.human_id);
    entry := gate.write_entry(s, p.id, NULL, 'declare-consent', 0, NULL, jsonb_build_object('attempt', a.id, 'signed', signed), coalesce(barred, 'CON-6.linked'), barred IS NULL);
    IF barred IS NULL AND f.attempt_id IS NULL THEN
        PERFORM relations.pend(s, a, p.id, entry);
    END IF;
    IF barred IS NULL THEN
        ends := (signed + gate.setting(s.institution_id, 'length.link')::interval)::timestamptz;
        UPDATE relations.relation r SET state = 'in-force', consented = true, proof = 'signed-form', starts_at = clock_timestamp(), ends_at = ends, confirmed_at = signed::timestamptz
        WHERE r.patient_id = p.id AND r.source_id = a.id AND r.person_id = s.person_id AND r.state = 'pending';
        IF FOUND THEN  -- a letter leaves at each new link (CON-8)
            PERFORM notices.tell(p.id, 'link', relations.told_of(s, ends), relations.desk_for(p.id, s.institution_id), entry);
        END IF;
    END IF;
    RETURN 'declared';
END
$$;
COMMENT ON FUNCTION relations.declare_consent(bytea, uuid, date, jsonb) IS 'application';

-- CON-6: a request or a link of mine that waits is taken back, for instance when the number was mistyped. The same answer and the same work whether anybody has the number;
-- the number stays among those tried today. Returns taken-back (also when it was before) or refused. UD010: no-such-attempt, too-late (declared, or open).
CREATE OR REPLACE FUNCTION relations.take_back(secret bytea, attempt uuid) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    stop text := relations.not_outside(s);
    a relations.attempt;
    f relations.attempt_found;
    entry bigint;
BEGIN
    IF stop IS NOT NULL THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'take-back', 0, NULL, '{}', stop, false);
        RETURN 'refused';
    END IF;
    SELECT * INTO a FROM relations.attempt t WHERE t.id = attempt AND t.person_id = s.person_id FOR UPDATE;
    IF a.id IS NULL THEN
        RAISE EXCEPTION 'no-such-attempt' USING ERRCODE = 'UD010';
    ELSIF a.state = 'taken-back' THEN
        RETURN 'taken-back';
    ELSIF a.state <> 'waiting' THEN
        RAISE EXCEPTION 'too-late' USING ERRCODE = 'UD010';
    END IF;
    SELECT * INTO f FROM relations.attempt_found x WHERE x.attempt_id = a.id;
    entry := gate.write_entry(s, f.patient_id, NULL, 'take-back', 0, NULL, jsonb_build_object('attempt', a.id), 'CON-6.taken-back', true);
    UPDATE relations.attempt t SET state = 'taken-back', ends_at = least(t.ends_at, clock_timestamp()) WHERE t.id = a.id;
    PERFORM relations.unpend(s, f, entry);
    RETURN 'taken-back';
END
$$;
COMMENT ON FUNCTION relations.take_back(bytea, uuid) IS 'application';

-- The pending relation ends. For nobody one is made, ended and taken away again, so that both take the same time.
CREATE OR REPLACE FUNCTION relations.unpend(s gate.session, f relations.attempt_found, entry bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    whom uuid := coalesce(f.patient_id, gen_random_uuid());
    which uuid := coalesce(f.relation_id, gen_random_uuid());
BEGIN
    IF f.attempt_id IS NULL THEN
        INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, proof, state, starts_at, ends_at, made_by, entry_id)
        VALUES (whom, which, s.person_id, s.institution_id, 'link', 'link', 'number-typed', 'pending', clock_timestamp(), clock_timestamp() + interval '1 day', s.person_id, entry);
    END IF;
    UPDATE relations.relation r SET state = 'withdrawn', withdrawn_at = clock_timestamp(), ended_by = s.person_id, ended_why = 'taken-back'
    WHERE r.patient_id = whom AND r.id = which AND r.state = 'pending';
    IF f.attempt_id IS NULL THEN
        RAISE EXCEPTION 'nobody' USING ERRCODE = 'UD098';
    END IF;
EXCEPTION WHEN SQLSTATE 'UD098' THEN
    RETURN;
END
$$;

-- A relation that came into force opens its attempt: only now does the carer learn that the patient is known.
CREATE OR REPLACE FUNCTION relations.open_attempt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE relations.attempt t SET state = 'open' FROM relations.attempt_found f WHERE f.relation_id = NEW.id AND t.id = f.attempt_id;
    RETURN NULL;
END
$$;

-- CON-7: 12 more months after a new contact, never silently. In the last 30 days, of a link or of the GP of record.
-- UD010: no-such-relation, not-ending-soon, contact-in-future, contact-too-old.
CREATE OR REPLACE FUNCTION relations.renew_relation(relation uuid, contact date) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    l gate.live := gate.cur();
    r relations.relation;
    ends timestamptz;
BEGIN
    IF l.verb <> 'renew-relation' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    PERFORM relations.check_contact(contact);
    SELECT * INTO r FROM relations.relation x WHERE x.patient_id = l.patient_id AND x.id = relation AND x.person_id = l.person_id AND x.kind IN ('link', 'gp')
        AND x.state = 'in-force' AND x.ends_at > clock_timestamp() FOR UPDATE;
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'no-such-relation' USING ERRCODE = 'UD010';
    END IF;
    ends := (contact + gate.setting(r.institution_id, 'length.' || r.kind)::interval)::timestamptz;
    IF r.confirmed_at = contact::timestamptz AND r.ends_at = ends THEN
        RETURN ends;  -- the same form sent twice
    ELSIF r.ends_at > clock_timestamp() + interval '31 days' OR ends <= r.ends_at THEN
        RAISE EXCEPTION 'not-ending-soon' USING ERRCODE = 'UD010';
    END IF;
    UPDATE relations.relation x SET ends_at = ends, confirmed_at = contact::timestamptz WHERE x.patient_id = r.patient_id AND x.id = r.id;
    PERFORM notices.tell(l.patient_id, 'renewal', relations.named(l.person_id, relations.post_of(l.person_id)) || jsonb_build_object('until', ends),
        relations.desk_for(l.patient_id, l.institution_id), l.id);
    RETURN ends;
END
$$;
COMMENT ON FUNCTION relations.renew_relation(uuid, date) IS 'application';

-- ACD-3: the GP of record gives a colleague access, for three months at most. `made` was made when the form was shown.
-- UD010: not-the-gp, no-such-carer, yourself, ended-before, too-long.
CREATE OR REPLACE FUNCTION relations.declare_trust(made uuid, employment uuid, until date, reason text) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    l gate.live := gate.cur();
    post registry.employment;
    ends timestamptz := (until + 1)::timestamptz;  -- the last day chosen counts whole
BEGIN
    IF l.verb <> 'declare-trust' THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    ELSIF NOT EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.person_id = l.person_id AND r.kind = 'gp' AND r.state = 'in-force'
                      AND r.starts_at <= clock_timestamp() AND clock_timestamp() < r.ends_at) THEN
        RAISE EXCEPTION 'not-the-gp' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.id = made AND r.made_by = l.person_id) THEN
        RETURN ends;
    END IF;
    SELECT e.* INTO post FROM registry.employment e JOIN gate.function f ON f.slug = e.function
    WHERE e.id = employment AND f.kind = 'carer' AND f.slug <> 'researcher' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp());
    IF post.id IS NULL THEN
        RAISE EXCEPTION 'no-such-carer' USING ERRCODE = 'UD010';
    ELSIF post.person_id = l.person_id THEN
        RAISE EXCEPTION 'yourself' USING ERRCODE = 'UD010';
    ELSIF until IS NULL OR ends <= clock_timestamp() THEN
        RAISE EXCEPTION 'ended-before' USING ERRCODE = 'UD010';
    ELSIF until > (clock_timestamp() + interval '3 months')::date THEN
        RAISE EXCEPTION 'too-long' USING ERRCODE = 'UD010';
    END IF;
    -- whether the patient has excluded the colleague is not told here: the gate refuses him at the door
    INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, proof, reason, starts_at, ends_at, made_by, entry_id)
    VALUES (l.patient_id, made, post.person_id, post.institution_id, 'granted', 'gp', 'declared', btrim(declare_trust.reason), clock_timestamp(), ends, l.person_id, l.id);
    PERFORM notices.tell(l.patient_id, 'access', relations.named(post.person_id, post) || jsonb_build_object('until', ends, 'by', l.person_name),
        relations.desk_for(l.patient_id, post.institution_id), l.id);
    RETURN ends;
END
$$;
COMMENT ON FUNCTION relations.declare_trust(uuid, uuid, date, text) IS 'application';

-- Colleagues for the GP of record, by words of the name or by the NIHDI number whole; carers alone, at most 20. Under a grant about the patient (ACD-3).
CREATE OR REPLACE FUNCTION relations.find_colleague(words text[], nihdi text) RETURNS TABLE (employment uuid, person_id uuid, person text, function text, institution jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.actor <> 'outside' OR l.patient_id IS NULL THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY
    SELECT e.id, h.id, h.given || ' ' || h.family, e.function, i.names
    FROM registry.person h JOIN registry.employment e ON e.person_id = h.id JOIN gate.function f ON f.slug = e.function JOIN registry.institution i ON i.id = e.institution_id
    WHERE h.professional AND h.id <> l.person_id AND f.kind = 'carer' AND f.slug <> 'researcher' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR e.until_at > clock_timestamp())
      AND (cardinality(find_colleague.words) > 0 OR find_colleague.nihdi <> '')
      AND NOT EXISTS (SELECT FROM unnest(find_colleague.words) w WHERE NOT gate.is_called(h.sort_key, w))
      AND (find_colleague.nihdi = '' OR EXISTS (SELECT FROM registry.person_identifier n WHERE n.person_id = h.id AND n.until_at IS NULL AND n.system LIKE '%nihdi%' AND left(n.value, 8) = left(find_colleague.nihdi, 8)))
    ORDER BY h.sort_key, i.key, e.function LIMIT 20;
END
$$;
COMMENT ON FUNCTION relations.find_colleague(text[], text) IS 'application';
