-- Two people, never one and the same (LOG-4): the content of an entry is erased, the time of keeping is changed, a restore is explained.
-- One officer asks under a grant of `guard` (data protection officer, security officer), another confirms; each step is an entry. No patient is named here.

CREATE OR REPLACE FUNCTION cases.is_same_human(one uuid, other uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (SELECT h.human_id FROM registry.person h WHERE h.id = one) = (SELECT h.human_id FROM registry.person h WHERE h.id = other)
$$;

-- Who may be the second: an officer of the same institution who is another human being; where there is none, the data protection officers of the network.
CREATE OR REPLACE FUNCTION cases.seconds(house uuid, first_person uuid) RETURNS TABLE (institution_id uuid, function text) LANGUAGE sql STABLE AS $$
    WITH post AS (
        SELECT DISTINCT e.institution_id, e.function FROM registry.employment e JOIN registry.institution i ON i.id = e.institution_id
        WHERE i.network AND e.function IN ('data-protection-officer', 'security-officer') AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR clock_timestamp() < e.until_at)
          AND NOT cases.is_same_human(e.person_id, first_person)
    )
    SELECT p.institution_id, p.function FROM post p WHERE p.institution_id = house
    UNION ALL
    SELECT p.institution_id, p.function FROM post p WHERE p.function = 'data-protection-officer' AND NOT EXISTS (SELECT FROM post o WHERE o.institution_id = house)
$$;

-- A task for each who may be the second. UD010 'no-second'.
CREATE OR REPLACE FUNCTION cases.ask_second(l gate.live, a_kind text, subject uuid, facts jsonb, due interval) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM cases.open_task(o.institution_id, o.function, a_kind, NULL, NULL, subject, facts || jsonb_build_object('who', l.person_name), due, l.person_id, l.id)
    FROM cases.seconds(l.institution_id, l.person_id) o;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no-second' USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- May this officer take this decision on what `first_person` of `house` asked? UD010 'no-such-outcome', 'done-already', 'same-officer', 'not-second'.
CREATE OR REPLACE FUNCTION cases.may_decide(l gate.live, state text, first_person uuid, house uuid, decision text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    mine boolean := coalesce(cases.is_same_human(l.person_id, first_person), true);
BEGIN
    CASE
        WHEN state <> 'waiting' THEN RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
        WHEN decision NOT IN ('confirmed', 'refused', 'withdrawn') THEN RAISE EXCEPTION 'no-such-outcome' USING ERRCODE = 'UD010';
        WHEN mine <> (decision = 'withdrawn') THEN RAISE EXCEPTION 'same-officer' USING ERRCODE = 'UD010';
        WHEN NOT mine AND NOT EXISTS (SELECT FROM cases.seconds(house, first_person) o WHERE o.institution_id = l.institution_id AND o.function = l.function) THEN
            RAISE EXCEPTION 'not-second' USING ERRCODE = 'UD010';
        ELSE NULL;
    END CASE;
END
$$;

-- The tasks of all who could have decided are done, whoever did.
CREATE OR REPLACE FUNCTION cases.close_tasks_of(l gate.live, subject uuid, decision text, words text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    task uuid;
BEGIN
    FOR task IN UPDATE cases.task c SET state = 'done', outcome = decision, done_at = clock_timestamp(), done_by = l.person_id WHERE c.subject_id = subject AND c.state <> 'done' RETURNING c.id LOOP
        PERFORM cases.note(task, l.person_id, 'done', concat_ws(': ', decision, nullif(btrim(words), '')), l.id);
    END LOOP;
END
$$;

-- Whether the officers of an institution answer for an entry: it was made there; or by the patient himself, who is known there.
CREATE OR REPLACE FUNCTION cases.answers_for(l gate.live, house uuid, patients uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(house = l.institution_id, EXISTS (SELECT FROM record.presence h WHERE h.institution_id = l.institution_id AND h.patient_id = ANY (patients))
        OR EXISTS (SELECT FROM relations.relation r WHERE r.institution_id = l.institution_id AND r.patient_id = ANY (patients)))
$$;

-- A case or request that is running and rests on an entry: it gathers it, was made by it, or is about the same patient and the same person.
CREATE OR REPLACE FUNCTION cases.rests_on(entry bigint, person uuid, patients uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM cases.task t WHERE t.state <> 'done' AND (t.entry_id = entry OR t.facts ->> 'entry' = entry::text
        OR EXISTS (SELECT FROM cases.gathered g WHERE g.task_id = t.id AND g.entry_id = entry AND g.removed_at IS NULL)
        OR t.patient_id = ANY (patients) AND (t.kind = 'overview' OR t.person_id = person AND t.kind IN ('unknown-person', 'case', 'signal', 'glass-review', 'glass-seen', 'lifting-review'))))
$$;

-- Why an entry may not be erased by this officer now; NULL: nothing stands against it.
CREATE OR REPLACE FUNCTION cases.hinders_erasure(l gate.live, entry bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    seen record;
BEGIN
    SELECT * INTO seen FROM log.about(entry);
    RETURN CASE
        WHEN seen.is_erased THEN 'erased-already'
        WHEN seen.at IS NULL OR NOT cases.answers_for(l, seen.institution_id, seen.patients) THEN 'no-such-entry'
        WHEN cases.is_same_human(seen.person_id, l.person_id)
          OR EXISTS (SELECT FROM registry.person h WHERE h.patient_id = ANY (seen.patients) AND cases.is_same_human(h.id, l.person_id)) THEN 'own-entry'
        -- the account that the log keeps of itself
        WHEN seen.verb IN ('erase-entry', 'entry-erased', 'hold-log', 'keep-log', 'month-dropped', 'explain-restore', 'log-restored', 'restore-noticed', 'log-continued', 'log-key') THEN 'keeps-the-log'
        WHEN seen.leaf IS NULL THEN 'not-in-tree'
        WHEN cases.rests_on(entry, seen.person_id, seen.patients) THEN 'in-a-case'
        WHEN EXISTS (SELECT FROM cases.legal_hold h WHERE h.until_at IS NULL AND (h.patient_id = ANY (seen.patients) OR h.patient_id IS NULL AND h.institution_id = coalesce(seen.institution_id, l.institution_id))) THEN 'on-hold'
    END;
END
$$;

-- What an officer sees of one entry before he asks or confirms: who, when, what; how many patients, never which. No row: not his to decide.
DROP FUNCTION IF EXISTS cases.look_at_entry(bigint);
CREATE FUNCTION cases.look_at_entry(entry bigint) RETURNS TABLE (at timestamptz, person_name text, function text, institution_id uuid, verb text, rule text, permitted boolean, categories bigint,
    glass boolean, patients integer, year smallint, "position" bigint, hindrance text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    hindrance text;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['erase-entry']);
    hindrance := cases.hinders_erasure(l, entry);
    RETURN QUERY SELECT e.at, e.person_name, e.function, e.institution_id, e.verb, e.rule, e.permitted, e.categories, e.glass, cardinality(e.patients), e.year, e.position, hindrance
    FROM log.about(entry) e WHERE hindrance IS DISTINCT FROM 'no-such-entry';
END
$$;
COMMENT ON FUNCTION cases.look_at_entry(bigint) IS 'application';

-- The first officer asks. The id is made with the form: sent twice, it is one request. ground: court-order, authority, wrong-patient, too-much.
-- UD010 'not-fresh', 'reason-missing', 'no-such-ground', 'asked-already', 'no-second', and those of cases.hinders_erasure.
CREATE OR REPLACE FUNCTION cases.ask_erasure(request uuid, entry bigint, why text, words text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    code text;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['erase-entry']);
    IF EXISTS (SELECT FROM cases.erasure_request r WHERE r.id = request AND r.made_by = l.person_id) THEN
        RETURN request;
    END IF;
    PERFORM gate.must_be_fresh(l);
    PERFORM cases.said(words, 10, 'reason-missing');
    PERFORM pg_advisory_xact_lock(hashtextextended('erase' || entry::text, 16));
    code := CASE WHEN l.function <> 'data-protection-officer' THEN 'officer-asks'
        WHEN why IS NULL OR why NOT IN ('court-order', 'authority', 'wrong-patient', 'too-much') THEN 'no-such-ground'
        WHEN EXISTS (SELECT FROM cases.erasure_request r WHERE r.entry_id = entry AND r.state = 'waiting') THEN 'asked-already'
        ELSE cases.hinders_erasure(l, entry) END;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.erasure_request (id, entry_id, ground, reason, institution_id, made_by, asked_entry) VALUES (request, entry, why, btrim(words), l.institution_id, l.person_id, l.id);
    PERFORM cases.ask_second(l, 'erasure', request, jsonb_build_object('ground', why, 'entry_number', entry::text), interval '14 days');
    RETURN request;
END
$$;
COMMENT ON FUNCTION cases.ask_erasure(uuid, bigint, text, text) IS 'application';

-- The record that a merged one is part of now, or nothing: nobody is told who is not there any more (REC-8).
CREATE OR REPLACE FUNCTION cases.told_as(patient uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way (id, merged_into) AS (
        SELECT p.id, p.merged_into FROM registry.patient p WHERE p.id = patient UNION SELECT p.id, p.merged_into FROM way w JOIN registry.patient p ON p.id = w.merged_into
    ) SELECT id FROM way WHERE merged_into IS NULL
$$;

-- Carry out a confirmed request: the entry of the erasure first (it names number, place and leaf, never the content), then payload and salt go, and each patient is told.
CREATE OR REPLACE FUNCTION cases.carry_out_erasure(l gate.live, r cases.erasure_request) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    seen record;
    told bigint;
    patient uuid;
BEGIN
    SELECT * INTO STRICT seen FROM log.about(r.entry_id);
    told := gate.write_entry(gate.session_behind(l), CASE WHEN cardinality(seen.patients) = 1 THEN seen.patients[1] END, CASE WHEN cardinality(seen.patients) > 1 THEN seen.patients END,
        'entry-erased', 0, NULL, jsonb_build_object('entry', r.entry_id::text, 'year', seen.year, 'position', seen.position, 'leaf', encode(seen.leaf, 'hex'), 'ground', r.ground,
            'asked', r.asked_entry::text, 'confirmed', l.id::text), 'ACS-4.task', true);
    PERFORM log.erase(r.entry_id, r.ground, r.institution_id, r.made_by, l.person_id, r.asked_entry, l.id, told);
    FOR patient IN SELECT DISTINCT cases.told_as(one) FROM unnest(seen.patients) one WHERE cases.told_as(one) IS NOT NULL LOOP
        PERFORM notices.tell(patient, 'log-erased', jsonb_build_object('institution', (SELECT i.names FROM registry.institution i WHERE i.id = r.institution_id)), r.institution_id, told);
    END LOOP;
END
$$;

-- The second officer confirms or refuses; the first may withdraw. UD010 'no-such-request', 'not-fresh', those of cases.may_decide and of cases.hinders_erasure.
CREATE OR REPLACE FUNCTION cases.decide_erasure(request uuid, decision text, remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    r cases.erasure_request;
    code text;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['erase-entry']);
    SELECT * INTO r FROM cases.erasure_request o WHERE o.id = request FOR UPDATE;
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'no-such-request' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.may_decide(l, r.state, r.made_by, r.institution_id, decision);
    IF decision = 'confirmed' THEN
        PERFORM gate.must_be_fresh(l);
        -- what has changed since it was asked counts; the house is that of who asked
        code := cases.hinders_erasure(jsonb_populate_record(l, jsonb_build_object('institution_id', r.institution_id)), r.entry_id);
        IF code IS NOT NULL THEN
            RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
        END IF;
        PERFORM cases.carry_out_erasure(l, r);
    ELSIF decision = 'refused' THEN
        PERFORM cases.said(remark, 3, 'words-missing');
    END IF;
    UPDATE cases.erasure_request o SET state = decision, decided_at = clock_timestamp(), decided_by = l.person_id, words = btrim(coalesce(remark, '')) WHERE o.id = request;
    PERFORM cases.close_tasks_of(l, request, decision, remark);
END
$$;
COMMENT ON FUNCTION cases.decide_erasure(uuid, text, text) IS 'application';

-- A legal hold: entries about the patient of the grant, or (a grant of no patient) every entry of one's institution. The id again is the same hold.
-- UD010 'reason-missing', 'held-already'.
CREATE OR REPLACE FUNCTION cases.lay_hold(hold uuid, words text) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['hold-log']);
    IF EXISTS (SELECT FROM cases.legal_hold h WHERE h.id = hold) THEN
        RETURN hold;
    ELSIF EXISTS (SELECT FROM cases.legal_hold h WHERE h.until_at IS NULL AND h.institution_id = l.institution_id AND h.patient_id IS NOT DISTINCT FROM l.patient_id) THEN
        RAISE EXCEPTION 'held-already' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.legal_hold (id, institution_id, patient_id, reason, made_by, entry_id)
    VALUES (hold, l.institution_id, l.patient_id, cases.said(words, 10, 'reason-missing'), l.person_id, l.id);
    RETURN hold;
END
$$;
COMMENT ON FUNCTION cases.lay_hold(uuid, text) IS 'application';

-- The holds of one's institution, the newest first; whom they are about is not told here.
DROP FUNCTION IF EXISTS cases.list_holds();
CREATE FUNCTION cases.list_holds() RETURNS TABLE (id uuid, is_whole boolean, reason text, from_at timestamptz, maker text, is_mine boolean, until_at timestamptz, ender text, end_reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['hold-log', 'erase-entry']);
    RETURN QUERY SELECT h.id, h.patient_id IS NULL, h.reason, h.from_at, (SELECT p.given || ' ' || p.family FROM registry.person p WHERE p.id = h.made_by), coalesce(cases.is_same_human(h.made_by, l.person_id), true),
        h.until_at, (SELECT p.given || ' ' || p.family FROM registry.person p WHERE p.id = h.ended_by), h.end_reason
    FROM cases.legal_hold h WHERE h.institution_id = l.institution_id ORDER BY h.until_at IS NOT NULL, h.from_at DESC LIMIT 100;
END
$$;
COMMENT ON FUNCTION cases.list_holds() IS 'application';

-- Another officer than who laid it ends it. UD010 'no-such-hold', 'done-already', 'same-officer', 'reason-missing'.
CREATE OR REPLACE FUNCTION cases.end_hold(hold uuid, words text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    h cases.legal_hold;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['hold-log']);
    SELECT * INTO h FROM cases.legal_hold o WHERE o.id = hold FOR UPDATE;
    CASE
        WHEN h.id IS NULL OR NOT EXISTS (SELECT FROM cases.seconds(h.institution_id, h.made_by) o WHERE o.institution_id = l.institution_id AND o.function = l.function)
            AND h.institution_id <> l.institution_id THEN RAISE EXCEPTION 'no-such-hold' USING ERRCODE = 'UD010';
        WHEN h.until_at IS NOT NULL THEN RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
        WHEN cases.is_same_human(h.made_by, l.person_id) THEN RAISE EXCEPTION 'same-officer' USING ERRCODE = 'UD010';
        ELSE NULL;
    END CASE;
    UPDATE cases.legal_hold o SET until_at = clock_timestamp(), ended_by = l.person_id, end_reason = cases.said(words, 10, 'reason-missing'), end_entry = l.id WHERE o.id = hold;
END
$$;
COMMENT ON FUNCTION cases.end_hold(uuid, text) IS 'application';
