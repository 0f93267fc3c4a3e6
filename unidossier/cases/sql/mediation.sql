-- The ombuds service: requests of patients and relatives, overviews of accesses, reading by a professional after death.
-- Each act stands on a grant of its verb: the entry is in the log before anything changes.

CREATE OR REPLACE FUNCTION cases.stands_on(l gate.live, verbs text[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF l.act <> 'govern' OR l.verb <> ALL (verbs) THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    END IF;
END
$$;

-- Words that somebody must have written; UD010 `code` when they are missing.
CREATE OR REPLACE FUNCTION cases.said(words text, least_length integer, code text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF length(btrim(regexp_replace(coalesce(words, ''), '\s+', ' ', 'g'))) < least_length THEN
        RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
    END IF;
    RETURN btrim(words);
END
$$;

-- GDPR art. 12 (3): one month; somebody unknown in the list of accesses is answered sooner (MY-15).
CREATE OR REPLACE FUNCTION cases.answered_within(a_kind text) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE a_kind WHEN 'unknown-person' THEN interval '14 days' ELSE interval '1 month' END
$$;

-- A request that came by telephone, letter, mail or at the desk. facts: {"asker", "name", "contact", "channel", "text", "tie", "motivation"}
-- The id is made with the form: the same id again is the same request. UD010 'unknown-kind', 'text-missing', 'not-deceased', 'motivation-missing'.
CREATE OR REPLACE FUNCTION cases.open_request(task uuid, a_kind text, facts jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['mediate']);
    IF EXISTS (SELECT FROM cases.task c WHERE c.id = task) THEN
        RETURN task;
    ELSIF a_kind NOT IN ('overview', 'correction', 'not-visible', 'relative', 'unknown-person', 'other') THEN
        RAISE EXCEPTION 'unknown-kind' USING ERRCODE = 'UD010';
    ELSIF a_kind = 'relative' THEN
        IF NOT EXISTS (SELECT FROM registry.patient p WHERE p.id = l.patient_id AND p.deceased_at <= now()) THEN
            RAISE EXCEPTION 'not-deceased' USING ERRCODE = 'UD010';
        ELSIF facts ->> 'tie' NOT IN ('spouse', 'cohabitant', 'partner', 'parent', 'child', 'sibling', 'grandparent', 'grandchild') THEN
            RAISE EXCEPTION 'no-such-tie' USING ERRCODE = 'UD010';
        END IF;
        PERFORM cases.said(facts ->> 'motivation', 10, 'motivation-missing');
    ELSE
        PERFORM cases.said(facts ->> 'text', 3, 'text-missing');
    END IF;
    INSERT INTO cases.task (id, institution_id, function, kind, patient_id, facts, due_at, made_by, entry_id)
    VALUES (task, l.institution_id, 'ombuds', a_kind, l.patient_id, facts, now() + cases.answered_within(a_kind), l.person_id, l.id);
    PERFORM cases.note(task, l.person_id, 'opened', coalesce(facts ->> 'motivation', facts ->> 'text', ''), l.id);
    RETURN task;
END
$$;
COMMENT ON FUNCTION cases.open_request(uuid, text, jsonb) IS 'application';

-- The patient himself asks on My (MY-10, MY-18, LOG-5): the institution must hold something of him. UD010 'unknown-kind', 'text-missing', 'not-here'.
CREATE OR REPLACE FUNCTION cases.ask_institution(task uuid, institution uuid, a_kind text, words text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.act <> 'decide' OR l.verb <> 'ask-institution' THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    ELSIF EXISTS (SELECT FROM cases.task c WHERE c.id = task) THEN
        RETURN task;
    ELSIF a_kind NOT IN ('overview', 'correction', 'not-visible', 'other') THEN
        RAISE EXCEPTION 'unknown-kind' USING ERRCODE = 'UD010';
    ELSIF NOT EXISTS (SELECT FROM record.presence h JOIN registry.institution i ON i.id = h.institution_id
                      WHERE h.patient_id = l.patient_id AND h.institution_id = institution AND i.network) THEN
        RAISE EXCEPTION 'not-here' USING ERRCODE = 'UD010';
    END IF;
    IF a_kind <> 'overview' THEN
        PERFORM cases.said(words, 3, 'text-missing');
    END IF;
    INSERT INTO cases.task (id, institution_id, function, kind, patient_id, facts, due_at, made_by, entry_id)
    VALUES (task, institution, 'ombuds', a_kind, l.patient_id, jsonb_build_object('asker', CASE WHEN l.actor = 'patient' THEN 'patient' ELSE 'representative' END,
            'name', l.person_name, 'channel', 'portal', 'text', btrim(words)), now() + cases.answered_within(a_kind), l.person_id, l.id);
    PERFORM cases.note(task, l.person_id, 'opened', btrim(words), l.id);
    RETURN task;
END
$$;
COMMENT ON FUNCTION cases.ask_institution(uuid, uuid, text, text) IS 'application';

-- The answer closes the request; the patient reads it on My. A relative is answered by letter: he has no portal here (DTH-3).
CREATE OR REPLACE FUNCTION cases.answer_request(task uuid, outcome text, words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.own_task(l, task);
BEGIN
    PERFORM cases.stands_on(l, ARRAY['mediate']);
    PERFORM cases.said(words, 3, 'answer-missing');
    IF outcome NOT IN ('granted', 'partly', 'refused', 'answered') THEN
        RAISE EXCEPTION 'no-such-outcome' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.close_task(l, task, outcome, btrim(words));
    IF t.patient_id IS NOT NULL AND t.kind <> 'relative' THEN
        PERFORM notices.tell(t.patient_id, 'answer', jsonb_build_object('number', t.number, 'request', t.kind, 'outcome', outcome, 'text', btrim(words)), l.institution_id, l.id);
    END IF;
END
$$;
COMMENT ON FUNCTION cases.answer_request(uuid, text, text) IS 'application';

-- To another function of the institution. The medical director gets a case of his own, and the request waits for its outcome: it must be answered all the same.
CREATE OR REPLACE FUNCTION cases.hand_over(task uuid, to_function text, words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.own_task(l, task);
BEGIN
    PERFORM cases.stands_on(l, ARRAY['mediate', 'direct', 'protect']);
    IF to_function NOT IN ('registration-desk', 'ombuds', 'medical-director', 'data-protection-officer') OR to_function = l.function THEN
        RAISE EXCEPTION 'no-such-function' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.said(words, 3, 'text-missing');
    PERFORM cases.note(task, l.person_id, 'handed-over', to_function || ': ' || btrim(words), l.id);
    IF to_function = 'medical-director' THEN
        PERFORM cases.carry_entries(task, cases.open_task(l.institution_id, 'medical-director', 'case', t.patient_id, t.person_id, t.id,
            t.facts || jsonb_build_object('from', t.number, 'from_kind', t.kind, 'told', btrim(words)), interval '30 days', l.person_id, l.id));
        UPDATE cases.task c SET state = 'waiting' WHERE c.id = task;
    ELSE
        UPDATE cases.task c SET function = to_function, state = 'open' WHERE c.id = task;
    END IF;
END
$$;
COMMENT ON FUNCTION cases.hand_over(uuid, text, text) IS 'application';

-- LOG-5: the number of an overview, and how its people are named by the setting of the institution that makes it.
CREATE OR REPLACE FUNCTION cases.number_overview(overview uuid, task uuid, since timestamptz) RETURNS TABLE (number bigint, presentation text, made_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    o cases.overview;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['make-overview']);
    IF task IS NOT NULL THEN
        PERFORM cases.own_task(l, task);
    END IF;
    INSERT INTO cases.overview (id, task_id, patient_id, institution_id, presentation, since, made_by, entry_id)
    VALUES (overview, task, l.patient_id, l.institution_id, gate.setting(l.institution_id, 'log.presentation'), since, l.person_id, l.id) RETURNING * INTO o;
    IF task IS NOT NULL THEN
        PERFORM cases.note(task, l.person_id, 'overview', o.number::text, l.id);
    END IF;
    RETURN QUERY SELECT o.number, o.presentation, o.made_at;
END
$$;
COMMENT ON FUNCTION cases.number_overview(uuid, uuid, timestamptz) IS 'application';

-- DTH-3: what the patient said in life about his relatives. After death it stands. UD010 'deceased'.
CREATE OR REPLACE FUNCTION cases.record_objection(objects boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['mediate']);
    UPDATE registry.patient p SET objects_after_death = objects WHERE p.id = l.patient_id AND p.deceased_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'deceased' USING ERRCODE = 'UD010';
    END IF;
END
$$;
COMMENT ON FUNCTION cases.record_objection(boolean) IS 'application';

-- DTH-3: a professional reads for the relatives: never they themselves, never more than three months, never against the patient's will.
-- UD010 'not-relative', 'not-deceased', 'objected-in-life', 'not-a-professional', 'no-categories', 'end-not-allowed'.
CREATE OR REPLACE FUNCTION cases.designate(task uuid, representation uuid, reader uuid, opens bigint, ends timestamptz, words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.own_task(l, task);
    p registry.patient;
    h registry.person;
    code text;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['mediate']);
    SELECT * INTO p FROM registry.patient WHERE id = t.patient_id;
    SELECT * INTO h FROM registry.person WHERE id = reader;
    code := CASE
        WHEN t.kind <> 'relative' THEN 'not-relative'
        WHEN p.deceased_at IS NULL OR p.deceased_at > now() THEN 'not-deceased'
        WHEN p.objects_after_death THEN 'objected-in-life'
        WHEN NOT EXISTS (SELECT FROM registry.employment e WHERE e.person_id = reader AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)
                AND e.function IN ('gp', 'specialist', 'emergency-physician', 'trainee-physician', 'nurse', 'midwife', 'pharmacist-hospital', 'pharmacist-public', 'dentist',
                                   'physiotherapist', 'occupational-therapist', 'dietician')) THEN 'not-a-professional'
        WHEN coalesce(opens & 2097151, 0) = 0 THEN 'no-categories'
        WHEN NOT (ends > now() AND ends <= now() + interval '3 months 1 day') THEN 'end-not-allowed' END;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO relations.representation (patient_id, id, person_id, kind, name, categories, starts_at, ends_at, made_by, entry_id)
    VALUES (t.patient_id, representation, reader, 'designated', h.given || ' ' || h.family, opens & 2097151, clock_timestamp(), ends, l.person_id, l.id);
    PERFORM cases.close_task(l, task, 'designated', concat_ws(' · ', h.given || ' ' || h.family, nullif(btrim(words), '')));
END
$$;
COMMENT ON FUNCTION cases.designate(uuid, uuid, uuid, bigint, timestamptz, text) IS 'application';
