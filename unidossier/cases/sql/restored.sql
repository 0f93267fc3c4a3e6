-- A restore of the database that the log noticed (log.restored): the alarm stays until two people have said, with a fresh second factor, what it was.

-- Everybody who may explain it has a task from the moment on that it was noticed; the noticing is itself an entry.
CREATE OR REPLACE FUNCTION cases.on_restored() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entry bigint := gate.write_entry(jsonb_populate_record(NULL::gate.session, jsonb_build_object('person_name', 'Unidossier', 'function', 'machine', 'purpose', 'governance', 'face', 'sequencer')),
        NULL, NULL, 'restore-noticed', 0, NULL, jsonb_build_object('restored', NEW.id, 'year', NEW.year, 'from', NEW.from_position, 'to', NEW.to_position, 'lost', NEW.lost), 'LOG-3.tree', true);
BEGIN
    PERFORM cases.open_task(o.institution_id, o.function, 'restored', NULL, NULL, NEW.id, jsonb_build_object('lost', NEW.lost), interval '72 hours', NULL, entry)
    FROM (SELECT DISTINCT e.institution_id, e.function FROM registry.employment e JOIN registry.institution i ON i.id = e.institution_id
          WHERE i.network AND e.function IN ('data-protection-officer', 'security-officer') AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR clock_timestamp() < e.until_at)) o;
    RETURN NEW;
END
$$;

-- The first officer says what it was. ground: hardware, software, attack, exercise, other. The id again is the same account.
-- UD010 'not-fresh', 'no-such-restore', 'asked-already', 'no-such-ground', 'date-not-possible', 'who-missing', 'reason-missing', 'no-second'.
CREATE OR REPLACE FUNCTION cases.explain_restore(account uuid, restored uuid, why text, moment timestamptz, who text, words text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    r record;
    code text;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['explain-restore']);
    IF EXISTS (SELECT FROM cases.restore_account a WHERE a.id = account AND a.made_by = l.person_id) THEN
        RETURN account;
    END IF;
    PERFORM gate.must_be_fresh(l);
    PERFORM pg_advisory_xact_lock(hashtextextended('restored' || restored::text, 16));
    SELECT * INTO r FROM log.restores() o WHERE o.id = restored;
    code := CASE WHEN r.id IS NULL THEN 'no-such-restore'
        WHEN r.explained_entry IS NOT NULL THEN 'done-already'
        WHEN EXISTS (SELECT FROM cases.restore_account a WHERE a.restored_id = restored AND a.state = 'waiting') THEN 'asked-already'
        WHEN why IS NULL OR why NOT IN ('hardware', 'software', 'attack', 'exercise', 'other') THEN 'no-such-ground'
        WHEN moment IS NULL OR moment > r.noticed_at OR moment < '2000-01-01' THEN 'date-not-possible'
        WHEN length(btrim(coalesce(who, ''))) < 3 THEN 'who-missing' END;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.restore_account (id, restored_id, ground, restored_to, done_by, reason, institution_id, made_by, entry_id)
    VALUES (account, restored, why, moment, btrim(who), cases.said(words, 10, 'reason-missing'), l.institution_id, l.person_id, l.id);
    PERFORM cases.ask_second(l, 'restore-account', account, jsonb_build_object('ground', why), interval '72 hours');
    RETURN account;
END
$$;
COMMENT ON FUNCTION cases.explain_restore(uuid, uuid, text, timestamptz, text, text) IS 'application';

-- The second officer signs too, or refuses; the first may withdraw. Signed by both, it is an entry of the log, and the alarm ends.
-- UD010 'no-such-account', 'not-fresh', those of cases.may_decide and log.explain_restored.
CREATE OR REPLACE FUNCTION cases.decide_restore(account uuid, decision text, remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    a cases.restore_account;
    r record;
    told bigint;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['explain-restore']);
    SELECT * INTO a FROM cases.restore_account o WHERE o.id = account FOR UPDATE;
    IF a.id IS NULL THEN
        RAISE EXCEPTION 'no-such-account' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.may_decide(l, a.state, a.made_by, a.institution_id, decision);
    IF decision = 'confirmed' THEN
        PERFORM gate.must_be_fresh(l);
        SELECT * INTO STRICT r FROM log.restores() o WHERE o.id = a.restored_id;
        told := gate.write_entry(gate.session_behind(l), NULL, NULL, 'log-restored', 0, NULL, jsonb_build_object('restored', a.restored_id, 'year', r.year, 'from', r.from_position, 'to', r.to_position,
            'lost', r.lost, 'ground', a.ground, 'restored_to', a.restored_to, 'done_by', a.done_by, 'reason', a.reason, 'explained', a.entry_id::text, 'confirmed', l.id::text), 'ACS-4.task', true);
        PERFORM log.explain_restored(a.restored_id, told);
        PERFORM cases.close_tasks_of(l, a.restored_id, 'explained', '');
    ELSIF decision = 'refused' THEN
        PERFORM cases.said(remark, 3, 'words-missing');
    END IF;
    UPDATE cases.restore_account o SET state = decision, decided_at = clock_timestamp(), decided_by = l.person_id, words = btrim(coalesce(remark, '')) WHERE o.id = account;
    PERFORM cases.close_tasks_of(l, account, decision, remark);
END
$$;
COMMENT ON FUNCTION cases.decide_restore(uuid, text, text) IS 'application';
