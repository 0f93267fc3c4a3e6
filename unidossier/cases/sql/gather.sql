-- CON-11, LOG-6: a task gathers the entries of the log that belong to it: from a search, from a signal, from what a patient asked about. Each with a reason, each can be taken out again;
-- the history of the task keeps both.

-- What a signal, a review or a request has gathered goes along into the case it becomes; so does the line that a patient asked about (MY-15).
CREATE OR REPLACE FUNCTION cases.carry_entries(from_task uuid, to_task uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO cases.gathered (task_id, entry_id, made_by, reason)
    SELECT to_task, g.entry_id, g.made_by, g.reason FROM cases.gathered g WHERE g.task_id = from_task AND g.removed_at IS NULL
    UNION SELECT to_task, (t.facts ->> 'entry')::bigint, t.made_by, '' FROM cases.task t WHERE t.id = from_task AND t.facts ->> 'entry' ~ '^[0-9]{1,19}$'
        AND NOT EXISTS (SELECT FROM cases.gathered g WHERE g.task_id = from_task AND g.entry_id = (t.facts ->> 'entry')::bigint)
    ON CONFLICT DO NOTHING
$$;

-- One's own task that is not done and gathers entries. UD010 'no-such-task', 'done-already', 'not-a-case'.
CREATE OR REPLACE FUNCTION cases.gathering(l gate.live, task uuid) RETURNS cases.task LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    t cases.task := cases.own_task(l, task);
BEGIN
    PERFORM cases.stands_on(l, ARRAY['gather-entries']);
    IF t.kind NOT IN ('case', 'signal', 'glass-seen', 'glass-review', 'unknown-person', 'overview', 'correction', 'not-visible', 'other') THEN
        RAISE EXCEPTION 'not-a-case' USING ERRCODE = 'UD010';
    END IF;
    RETURN t;
END
$$;

-- Returns how many are new. UD010 as cases.gathering, and 'no-such-entry', 'text-missing'.
DROP FUNCTION IF EXISTS cases.gather(uuid, bigint[]);
CREATE OR REPLACE FUNCTION cases.gather(task uuid, entries bigint[], reason text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.gathering(l, task);
    n integer;
BEGIN
    PERFORM cases.said(reason, 3, 'text-missing');
    IF coalesce(cardinality(entries), 0) = 0 OR EXISTS (SELECT FROM unnest(entries) e WHERE NOT gate.is_entry_of(e, t.patient_id, t.person_id, t.institution_id)) THEN
        RAISE EXCEPTION 'no-such-entry' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.gathered AS g (task_id, entry_id, made_by, reason) SELECT task, e, l.person_id, btrim(gather.reason) FROM (SELECT DISTINCT unnest(entries) AS e) u
    ON CONFLICT (task_id, entry_id) DO UPDATE SET removed_at = NULL, made_by = excluded.made_by, reason = excluded.reason, at = now() WHERE g.removed_at IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        PERFORM cases.note(task, l.person_id, 'gathered', n::text || ': ' || btrim(gather.reason), l.id);
    END IF;
    RETURN n;
END
$$;
COMMENT ON FUNCTION cases.gather(uuid, bigint[], text) IS 'application';

-- Returns how many were taken out. UD010 as cases.gathering, and 'no-such-entry', 'text-missing'.
CREATE OR REPLACE FUNCTION cases.take_out(task uuid, entries bigint[], reason text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.gathering(l, task);
    n integer;
BEGIN
    PERFORM cases.said(reason, 3, 'text-missing');
    UPDATE cases.gathered g SET removed_at = clock_timestamp() WHERE g.task_id = task AND g.entry_id = ANY (entries) AND g.removed_at IS NULL;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n = 0 THEN
        RAISE EXCEPTION 'no-such-entry' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.note(task, l.person_id, 'taken-out', n::text || ': ' || btrim(take_out.reason), l.id);
    RETURN n;
END
$$;
COMMENT ON FUNCTION cases.take_out(uuid, bigint[], text) IS 'application';

-- A new case of the medical director out of entries that a search found: all about one patient, or all by one person, of the own institution. The id is made with the form.
-- UD010 'reason-missing', 'no-such-entry', 'nothing-in-common'.
CREATE OR REPLACE FUNCTION cases.open_case_of(task uuid, entries bigint[], words text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    shared record;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['gather-entries']);
    IF l.function NOT IN ('medical-director', 'data-protection-officer') THEN
        RAISE EXCEPTION 'this function opens no cases' USING ERRCODE = 'UD002';
    ELSIF EXISTS (SELECT FROM cases.task c WHERE c.id = task) THEN
        RETURN task;
    END IF;
    PERFORM cases.said(words, 10, 'reason-missing');
    SELECT * INTO shared FROM gate.in_common(entries, l.institution_id);
    IF shared.found = 0 OR shared.found <> (SELECT count(DISTINCT e) FROM unnest(entries) e) THEN
        RAISE EXCEPTION 'no-such-entry' USING ERRCODE = 'UD010';
    ELSIF num_nonnulls(shared.patient, shared.person) = 0 OR shared.patient IS NOT NULL AND shared.patient <> ALL (l.patients) THEN
        RAISE EXCEPTION 'nothing-in-common' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.task (id, institution_id, function, kind, patient_id, person_id, facts, due_at, made_by, entry_id)
    VALUES (task, l.institution_id, 'medical-director', 'case', shared.patient, CASE WHEN EXISTS (SELECT FROM registry.person h WHERE h.id = shared.person AND h.professional) THEN shared.person END,
        jsonb_build_object('told', btrim(words), 'from_kind', 'search'), now() + interval '30 days', l.person_id, l.id);
    INSERT INTO cases.gathered (task_id, entry_id, made_by, reason) SELECT task, e, l.person_id, btrim(words) FROM (SELECT DISTINCT unnest(entries) AS e) u;
    PERFORM cases.note(task, l.person_id, 'opened', btrim(words), l.id);
    RETURN task;
END
$$;
COMMENT ON FUNCTION cases.open_case_of(uuid, bigint[], text) IS 'application';
