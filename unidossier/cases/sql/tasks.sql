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

-- Closing one's own task under the grant of a governance verb. UD010 'done-already', 'no-such-task'.
CREATE OR REPLACE FUNCTION cases.close_task(l gate.live, task uuid, outcome text, words text) RETURNS cases.task LANGUAGE plpgsql VOLATILE AS $$
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
    UPDATE cases.task c SET state = 'done', outcome = close_task.outcome, done_at = clock_timestamp(), done_by = l.person_id WHERE c.id = task RETURNING * INTO t;
    PERFORM cases.note(task, l.person_id, 'done', concat_ws(': ', outcome, nullif(words, '')), l.id);
    RETURN t;
END
$$;
