-- Opening, noting and closing tasks. Called by the functions that make the work, in their transaction; the Desk's own acts by grant.

-- due: how long until it must be done. Returns the task; the same subject and kind has one open task only.
CREATE OR REPLACE FUNCTION cases.open_task(institution uuid, a_function text, a_kind text, patient uuid, person uuid, subject uuid, facts jsonb, due interval, maker uuid, entry bigint)
RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    task uuid := (SELECT t.id FROM cases.task t WHERE t.subject_id = subject AND t.kind = a_kind AND t.state <> 'done' AND t.institution_id = institution AND t.function = a_function);
BEGIN
    IF task IS NULL THEN
        task := gen_random_uuid();
        INSERT INTO cases.task (id, institution_id, function, kind, patient_id, person_id, subject_id, facts, due_at, made_by, entry_id)
        VALUES (task, institution, a_function, a_kind, patient, person, subject, coalesce(facts, '{}'), now() + due, maker, entry);
        PERFORM cases.note(task, maker, 'opened', '', entry);
    END IF;
    RETURN task;
END
$$;

CREATE OR REPLACE FUNCTION cases.note(task uuid, person uuid, what text, words text, entry bigint) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO cases.event (task_id, nth, person_id, person_name, what, text, entry_id)
    SELECT task, (SELECT count(*) + 1 FROM cases.event e WHERE e.task_id = task), person,
           coalesce((SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = person), ''), what, words, entry
$$;

-- One's own task, locked. UD010 'no-such-task', 'done-already'.
CREATE OR REPLACE FUNCTION cases.own_task(l gate.live, task uuid) RETURNS cases.task LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    t cases.task;
BEGIN
    SELECT * INTO t FROM cases.task c WHERE c.id = task AND c.institution_id = l.institution_id AND c.function = l.function
        AND (c.patient_id IS NULL OR c.patient_id = l.patient_id OR c.patient_id = ANY (l.patients)) FOR UPDATE;
    IF t.id IS NULL THEN
        RAISE EXCEPTION 'no-such-task' USING ERRCODE = 'UD010';
    ELSIF t.state = 'done' THEN
        RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
    END IF;
    RETURN t;
END
$$;

-- Closing one's own task under the grant of a governance verb. UD010 'done-already', 'no-such-task'.
CREATE OR REPLACE FUNCTION cases.close_task(l gate.live, task uuid, outcome text, words text) RETURNS cases.task LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    t cases.task := cases.own_task(l, task);
BEGIN
    UPDATE cases.task c SET state = 'done', outcome = close_task.outcome, done_at = clock_timestamp(), done_by = l.person_id WHERE c.id = task RETURNING * INTO t;
    PERFORM cases.note(task, l.person_id, 'done', concat_ws(': ', outcome, nullif(words, '')), l.id);
    RETURN t;
END
$$;

-- One page of the work list of one function at one institution, the most urgent first, of what is done the latest first. Asked by the gate (whom the page
-- names) and, under the policies of that very grant, by the application: both read the same lines.
-- wanted: {"task": id} | {"state": open (default) | waiting | done, "kind"?, "name"?: sort key, "birth"?, "number"?: of the task in any state, or of the patient, "after"?: {"place", "id"}}
CREATE OR REPLACE FUNCTION cases.page(institution uuid, a_function text, wanted jsonb) RETURNS TABLE (id uuid, patient_id uuid, place numeric) LANGUAGE sql STABLE AS $$
    SELECT t.id, t.patient_id, t.place FROM (
        SELECT c.id, c.patient_id, CASE WHEN c.state = 'done' THEN -extract(epoch FROM c.done_at) ELSE extract(epoch FROM c.due_at) END AS place
        FROM cases.task c LEFT JOIN registry.patient p ON p.id = c.patient_id
        WHERE c.institution_id = institution AND c.function = a_function
          AND CASE WHEN wanted ? 'task' THEN c.id = (wanted ->> 'task')::uuid
                   WHEN wanted ? 'number' AND c.number::text = wanted ->> 'number' THEN true
                   ELSE c.state = coalesce(wanted ->> 'state', 'open') END
          AND (wanted ->> 'kind' IS NULL OR c.kind = wanted ->> 'kind')
          AND (wanted ->> 'name' IS NULL OR gate.is_called(p.sort_key, wanted ->> 'name'))
          AND (wanted ->> 'birth' IS NULL OR p.birth_date = (wanted ->> 'birth')::date)
          AND (wanted ->> 'number' IS NULL OR c.number::text = wanted ->> 'number'
               OR EXISTS (SELECT FROM registry.patient_identifier i WHERE i.patient_id = c.patient_id AND i.until_at IS NULL AND i.value = wanted ->> 'number'))
    ) t
    WHERE NOT wanted ? 'after' OR (t.place, t.id) > ((wanted #>> '{after,place}')::numeric, (wanted #>> '{after,id}')::uuid)
    ORDER BY t.place, t.id LIMIT 50
$$;
COMMENT ON FUNCTION cases.page IS 'application';

-- A note in the history of one's own task, and whether it now waits for somebody else. Sent twice, it is written once.
-- UD010 'no-such-task', 'done-already', 'words-missing'.
CREATE OR REPLACE FUNCTION cases.note_task(task uuid, words text, state text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task;
    last cases.event;
BEGIN
    IF l.verb <> 'desk-act' THEN
        RAISE EXCEPTION 'this grant does not write notes' USING ERRCODE = 'UD002';
    END IF;
    SELECT * INTO t FROM cases.task c WHERE c.id = task AND c.institution_id = l.institution_id AND c.function = l.function
        AND (c.patient_id IS NULL OR c.patient_id = l.patient_id OR c.patient_id = ANY (l.patients)) FOR UPDATE;
    IF t.id IS NULL THEN
        RAISE EXCEPTION 'no-such-task' USING ERRCODE = 'UD010';
    ELSIF t.state = 'done' THEN
        RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
    ELSIF btrim(coalesce(words, '')) = '' OR state NOT IN ('open', 'waiting') THEN
        RAISE EXCEPTION 'words-missing' USING ERRCODE = 'UD010';
    END IF;
    SELECT * INTO last FROM cases.event e WHERE e.task_id = task ORDER BY e.nth DESC LIMIT 1;
    IF last.person_id = l.person_id AND last.text = btrim(words) AND t.state = note_task.state THEN
        RETURN;
    END IF;
    UPDATE cases.task c SET state = note_task.state WHERE c.id = task;
    PERFORM cases.note(task, l.person_id, CASE WHEN t.state = note_task.state THEN 'noted' WHEN note_task.state = 'waiting' THEN 'waiting' ELSE 'reopened' END, btrim(words), l.id);
END
$$;
COMMENT ON FUNCTION cases.note_task IS 'application';

-- A task that asks only to be seen to: closed with a word on what was done. Those that ask for a deed (a review, an answer) are closed by that deed alone.
-- UD010: no-such-task, done-already, text-missing, not-by-hand.
CREATE OR REPLACE FUNCTION cases.finish_task(task uuid, words text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task;
BEGIN
    IF l.verb <> 'desk-act' THEN
        RAISE EXCEPTION 'this grant does not close tasks' USING ERRCODE = 'UD002';
    ELSIF btrim(coalesce(words, '')) = '' THEN
        RAISE EXCEPTION 'text-missing' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM cases.task c WHERE c.id = task AND c.kind NOT IN ('duplicate', 'death', 'federal-feed', 'federal-identity', 'log-alarm')) THEN
        RAISE EXCEPTION 'not-by-hand' USING ERRCODE = 'UD010';
    END IF;
    IF EXISTS (SELECT FROM cases.task c WHERE c.id = task AND c.kind = 'log-alarm') THEN
        PERFORM cases.said(words, 10, 'reason-missing');
    END IF;
    t := cases.close_task(l, task, 'done', btrim(words));
    IF t.kind = 'log-alarm' THEN  -- LOG-8: a person says what it was; for the other institutions the task stays, until they have seen it too
        PERFORM log.close_alarm(t.subject_id, l.person_id, l.person_name, btrim(words));
    END IF;
END
$$;
COMMENT ON FUNCTION cases.finish_task IS 'application';
