-- The medical director: reviews within their time, cases and what belongs to them. The data protection officer: settings, the function table, signals.

-- BTG-5 (72 hours) and EXC-7 (next day): justified, not justified (a case follows), or a relation was missing (which work should have made it).
-- Nobody reviews what he opened himself. UD010 'no-such-outcome', 'own-access', 'reason-missing', 'work-missing'.
CREATE OR REPLACE FUNCTION cases.review(task uuid, outcome text, words text, missing_work text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.own_task(l, task);
    made uuid;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['direct']);
    IF t.kind NOT IN ('glass-review', 'lifting-review') OR outcome NOT IN ('justified', 'not-justified', 'missing-relation') OR t.kind = 'lifting-review' AND outcome = 'missing-relation' THEN
        RAISE EXCEPTION 'no-such-outcome' USING ERRCODE = 'UD010';
    ELSIF (SELECT h.human_id FROM registry.person h WHERE h.id = t.person_id) = (SELECT h.human_id FROM registry.person h WHERE h.id = l.person_id) THEN
        RAISE EXCEPTION 'own-access' USING ERRCODE = 'UD010';
    ELSIF outcome = 'missing-relation' AND coalesce(missing_work, '') NOT IN ('appointment', 'stay', 'contact', 'order', 'referral', 'care-team', 'duty') THEN
        RAISE EXCEPTION 'work-missing' USING ERRCODE = 'UD010';
    ELSIF outcome = 'not-justified' THEN
        PERFORM cases.said(words, 10, 'reason-missing');
        made := cases.open_task(l.institution_id, 'medical-director', 'case', t.patient_id, t.person_id, t.subject_id,
            t.facts || jsonb_build_object('from', t.number, 'from_kind', t.kind, 'told', btrim(words)), interval '30 days', l.person_id, l.id);
        PERFORM cases.carry_entries(task, made);
        -- what the case is about stands in it from the start: the entry of the opening, or of the lifting
        INSERT INTO cases.gathered (task_id, entry_id, made_by, reason)
        SELECT made, o.entry_id, l.person_id, '' FROM (SELECT e.id, e.entry_id FROM relations.opening e UNION ALL SELECT e.id, e.entry_id FROM relations.lifting e) o WHERE o.id = t.subject_id
        ON CONFLICT DO NOTHING;
    END IF;
    IF outcome = 'missing-relation' THEN
        UPDATE cases.task c SET facts = c.facts || jsonb_build_object('missing', missing_work) WHERE c.id = task;
    END IF;
    PERFORM cases.close_task(l, task, outcome, concat_ws(' · ', CASE WHEN outcome = 'missing-relation' THEN missing_work END, nullif(btrim(words), '')));
END
$$;
COMMENT ON FUNCTION cases.review(uuid, text, text, text) IS 'application';

-- CON-11: the file leaves for the Order; that it did stands in the log and in the case. UD010 'not-a-case'.
CREATE OR REPLACE FUNCTION cases.note_export(task uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['direct']);
    -- a closed case is exported too
    IF NOT EXISTS (SELECT FROM cases.task c WHERE c.id = task AND c.kind = 'case' AND c.function = l.function AND c.institution_id = l.institution_id
                   AND (c.patient_id IS NULL OR c.patient_id = l.patient_id OR c.patient_id = ANY (l.patients))) THEN
        RAISE EXCEPTION 'not-a-case' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.note(task, l.person_id, 'exported', '', l.id);
END
$$;
COMMENT ON FUNCTION cases.note_export(uuid) IS 'application';

-- The outcome of a case goes back to the request it came from, which waits for it. UD010 'no-such-outcome', 'not-a-case', 'reason-missing'.
CREATE OR REPLACE FUNCTION cases.close_case(task uuid, outcome text, words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.own_task(l, task);
BEGIN
    PERFORM cases.stands_on(l, ARRAY['direct']);
    IF t.kind <> 'case' THEN
        RAISE EXCEPTION 'not-a-case' USING ERRCODE = 'UD010';
    ELSIF outcome NOT IN ('no-abuse', 'warned', 'access-ended', 'reported') THEN
        RAISE EXCEPTION 'no-such-outcome' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.said(words, 10, 'reason-missing');
    PERFORM cases.close_task(l, task, outcome, btrim(words));
    UPDATE cases.task c SET state = 'open' WHERE c.id = t.subject_id AND c.state = 'waiting' AND c.institution_id = l.institution_id;
    IF FOUND THEN
        PERFORM cases.note(t.subject_id, l.person_id, 'case-closed', outcome || ': ' || btrim(words), l.id);
    END IF;
END
$$;
COMMENT ON FUNCTION cases.close_case(uuid, text, text) IS 'application';

-- A case from the line of a list: a complaint by telephone, a finding of one's own. The same id again is the same case. UD010 'reason-missing', 'no-such-person'.
CREATE OR REPLACE FUNCTION cases.open_case(task uuid, person uuid, words text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['direct']);
    IF EXISTS (SELECT FROM cases.task c WHERE c.id = task) THEN
        RETURN task;
    ELSIF person IS NOT NULL AND NOT EXISTS (SELECT FROM registry.person h WHERE h.id = person AND h.professional) THEN
        RAISE EXCEPTION 'no-such-person' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.task (id, institution_id, function, kind, patient_id, person_id, facts, due_at, made_by, entry_id)
    VALUES (task, l.institution_id, 'medical-director', 'case', l.patient_id, person, jsonb_build_object('told', cases.said(words, 10, 'reason-missing')), now() + interval '30 days', l.person_id, l.id);
    PERFORM cases.note(task, l.person_id, 'opened', btrim(words), l.id);
    RETURN task;
END
$$;
COMMENT ON FUNCTION cases.open_case(uuid, uuid, text) IS 'application';

-- What a setting may be; the form of the Desk says the same limits. Intervals are counted as ACD-4 does: days or months.
CREATE OR REPLACE FUNCTION registry.setting_fits(name text, value text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN value IS NULL OR NOT EXISTS (SELECT FROM gate.setting_default d WHERE d.name = setting_fits.name) THEN false
        WHEN name = 'consent-model' THEN value IN ('gp-default', 'written-consent')
        WHEN name = 'log.presentation' THEN value IN ('named', 'pseudonymised', 'anonymised')
        WHEN name IN ('glass.hours', 'lifting.hours') THEN value ~ '^([1-9]|1[0-2])$'
        WHEN name = 'log.retention' THEN value ~ '^([3-9]|[1-4][0-9]|50)$'  -- LOG-4: never under 3 years
        WHEN name = 'own-access.age' THEN value ~ '^1[2-8]$'
        WHEN name = 'misses.a-day' THEN value ~ '^([1-9]|[1-9][0-9]|100)$'
        WHEN name = 'length.request' THEN value ~ '^([1-9]|[1-8][0-9]|90) days$'
        WHEN name LIKE 'lead.%' THEN value ~ '^([0-9]|[12][0-9]|3[01]) days$'
        WHEN name LIKE 'length.%' THEN value ~ '^([1-9]?[0-9]|[1-3][0-9][0-9]) days$' OR value ~ '^([1-9]|1[0-9]|2[0-4]) months?$'
        WHEN (SELECT d.value FROM gate.setting_default d WHERE d.name = setting_fits.name) IN ('on', 'off') THEN value IN ('on', 'off')
        ELSE false END
$$;

-- Settings that two officers change together (cases.propose_setting).
CREATE OR REPLACE FUNCTION registry.is_by_two(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT name IN ('log.retention') $$;

-- One setting of one's own institution, under `protect`. `expected` is the value that was on the screen. The old line stays with its end; the epoch of everybody rises.
-- UD010 'value-not-allowed', 'reason-missing', 'changed-meanwhile', 'nothing-changes', 'by-two'.
CREATE OR REPLACE FUNCTION registry.change_setting(name text, value text, expected text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['protect']);
    PERFORM cases.said(reason, 10, 'reason-missing');
    IF NOT registry.setting_fits(name, value) THEN
        RAISE EXCEPTION 'value-not-allowed' USING ERRCODE = 'UD010';
    ELSIF registry.is_by_two(name) THEN
        RAISE EXCEPTION 'by-two' USING ERRCODE = 'UD010';
    END IF;
    PERFORM registry.write_setting(l.institution_id, name, value, expected, reason, l.person_id);
END
$$;
COMMENT ON FUNCTION registry.change_setting(text, text, text, text) IS 'application';

-- The line of a setting that was decided: the old one ends, the new one begins now. UD010 'changed-meanwhile', 'nothing-changes'.
CREATE OR REPLACE FUNCTION registry.write_setting(house uuid, name text, value text, expected text, reason text, person uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    at timestamptz;
    current_value text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(house || name, 11));
    current_value := gate.setting(house, name);
    IF current_value IS DISTINCT FROM expected THEN
        RAISE EXCEPTION 'changed-meanwhile' USING ERRCODE = 'UD010';
    ELSIF current_value = value THEN
        RAISE EXCEPTION 'nothing-changes' USING ERRCODE = 'UD010';
    END IF;
    at := clock_timestamp();
    UPDATE registry.institution_setting s SET until_at = at WHERE s.institution_id = house AND s.name = write_setting.name AND s.until_at IS NULL;
    INSERT INTO registry.institution_setting (institution_id, name, value, from_at, changed_by, reason) VALUES (house, name, value, at, person, btrim(reason));
END
$$;
