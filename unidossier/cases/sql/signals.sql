-- LOG-6: what no relation explains (gate/sql/unexplained.sql), looked for every day and by a button; and changes of the function table, which need two officers (ACS-1).

-- One task for each signal, once for ever: a person, a patient, a reason, a day of Brussels. What is behind it is laid into it, for whoever judges.
CREATE OR REPLACE FUNCTION cases.raise_signal(institution uuid, kind text, person uuid, patient uuid, facts jsonb, entries bigint[], due interval, maker uuid, entry bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    signal uuid := md5(concat_ws('|', institution, person, patient, kind, ((facts ->> 'first')::timestamptz AT TIME ZONE 'Europe/Brussels')::date))::uuid;
    task uuid;
BEGIN
    IF EXISTS (SELECT FROM cases.task c WHERE c.subject_id = signal AND c.kind = 'signal') THEN
        RETURN false;
    END IF;
    task := cases.open_task(institution, 'data-protection-officer', 'signal', patient, person, signal, jsonb_build_object('signal', raise_signal.kind) || facts, due, maker, entry);
    INSERT INTO cases.gathered (task_id, entry_id, made_by) SELECT task, e, maker FROM (SELECT DISTINCT unnest(entries) AS e) u;
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION cases.find_signals(institution uuid, since timestamptz, until timestamptz, maker uuid, entry bigint) RETURNS integer
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    one record;
    n integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(institution::text, 12));
    FOR one IN SELECT * FROM gate.unexplained(institution, since, until) LOOP
        n := n + cases.raise_signal(institution, one.kind, one.person_id, one.patient_id,
            jsonb_build_object('who', one.person_name, 'function', one.function, 'first', one.first_at, 'last', one.last_at, 'times', one.times),
            one.entries, interval '72 hours', maker, entry)::integer;
    END LOOP;
    INSERT INTO cases.signal_run (id, institution_id, since, until, made_by, found, entry_id) VALUES (gen_random_uuid(), institution, since, until, maker, n, entry);
    RETURN n;
END
$$;

-- By the worker, every minute: who opens more than sixty records in five minutes is told of at once; nothing is refused by it, least of all in an emergency.
-- (The rules refuse by relation alone; a limit that closes records would be a rule of its own.)
CREATE OR REPLACE FUNCTION cases.look_for_rush(most integer DEFAULT 60) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
    s gate.session;
    n integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cases.look_for_rush', 12));
    FOR one IN SELECT r.* FROM gate.rushing(greatest(most, 60)) r
               WHERE NOT EXISTS (SELECT FROM cases.task t WHERE t.kind = 'signal' AND t.person_id = r.person_id AND t.institution_id = r.institution_id AND t.facts ->> 'signal' = 'bulk'
                                 AND t.made_at > now() - interval '12 hours') LOOP
        s := jsonb_populate_record(NULL::gate.session, jsonb_build_object('person_name', 'Unidossier', 'function', 'machine', 'institution_id', one.institution_id, 'purpose', 'governance', 'face', 'worker'));
        n := n + cases.raise_signal(one.institution_id, 'bulk', one.person_id, NULL,
            jsonb_build_object('who', one.person_name, 'function', one.function, 'first', one.first_at, 'last', one.last_at, 'times', one.times), one.entries, interval '4 hours', NULL,
            gate.write_entry(s, NULL, NULL, 'protect', 0, NULL, '{"at once": "bulk"}', 'ACS-4.task', true))::integer;
    END LOOP;
    RETURN n;
END
$$;
COMMENT ON FUNCTION cases.look_for_rush(integer) IS 'application';

-- By the button, under `protect`: at most a month back. UD010 'period-not-allowed'.
CREATE OR REPLACE FUNCTION cases.look_for_signals(since timestamptz, until timestamptz) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    PERFORM cases.stands_on(l, ARRAY['protect']);
    IF NOT (since < until AND until <= now() + interval '1 day' AND since >= now() - interval '32 days') THEN
        RAISE EXCEPTION 'period-not-allowed' USING ERRCODE = 'UD010';
    END IF;
    RETURN cases.find_signals(l.institution_id, since, until, l.person_id, l.id);
END
$$;
COMMENT ON FUNCTION cases.look_for_signals(timestamptz, timestamptz) IS 'application';

-- By the worker, for yesterday in Brussels, at every institution that has an officer: nobody's session, nothing shown, an entry all the same. Twice a day is once.
CREATE OR REPLACE FUNCTION cases.look_for_signals_daily() RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    today timestamptz := date_trunc('day', now());
    house uuid;
    s gate.session;
    n integer := 0;
BEGIN
    FOR house IN SELECT DISTINCT e.institution_id FROM registry.employment e JOIN registry.institution i ON i.id = e.institution_id
                 WHERE e.function = 'data-protection-officer' AND i.network AND (e.until_at IS NULL OR now() < e.until_at)
                   AND NOT EXISTS (SELECT FROM cases.signal_run r WHERE r.institution_id = e.institution_id AND r.made_by IS NULL AND r.until = today) LOOP
        s := jsonb_populate_record(NULL::gate.session, jsonb_build_object('person_name', 'Unidossier', 'function', 'machine', 'institution_id', house, 'purpose', 'governance', 'face', 'worker'));
        n := n + cases.find_signals(house, today - interval '1 day', today, NULL, gate.write_entry(s, NULL, NULL, 'protect', 0, NULL, '{"daily": "signals"}', 'ACS-4.task', true));
    END LOOP;
    RETURN n;
END
$$;
COMMENT ON FUNCTION cases.look_for_signals_daily() IS 'application';

-- Explained (by whom, how), or a case for the medical director. UD010 'no-such-outcome', 'reason-missing', 'own-access'.
CREATE OR REPLACE FUNCTION cases.judge_signal(task uuid, outcome text, words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    t cases.task := cases.own_task(l, task);
BEGIN
    PERFORM cases.stands_on(l, ARRAY['protect']);
    IF t.kind NOT IN ('signal', 'glass-seen') OR outcome NOT IN ('explained', 'case') THEN
        RAISE EXCEPTION 'no-such-outcome' USING ERRCODE = 'UD010';
    ELSIF (SELECT h.human_id FROM registry.person h WHERE h.id = t.person_id) = (SELECT h.human_id FROM registry.person h WHERE h.id = l.person_id) THEN
        RAISE EXCEPTION 'own-access' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.said(words, 10, 'reason-missing');
    IF outcome = 'case' THEN
        PERFORM cases.carry_entries(task, cases.open_task(l.institution_id, 'medical-director', 'case', t.patient_id, t.person_id, t.subject_id,
            t.facts || jsonb_build_object('from', t.number, 'from_kind', t.kind, 'told', btrim(words)), interval '30 days', l.person_id, l.id));
    END IF;
    PERFORM cases.close_task(l, task, outcome, btrim(words));
END
$$;
COMMENT ON FUNCTION cases.judge_signal(uuid, text, text) IS 'application';

-- A change of the function table waits for a second data protection officer, of any institution of the network. The same id again is the same proposal.
-- UD010 'reason-missing', 'table-changed', 'date-not-allowed', and those of gate.change_fits.
CREATE OR REPLACE FUNCTION cases.propose_rights(proposal uuid, base integer, changes jsonb, from_at timestamptz, reason text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    house uuid;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['protect']);
    PERFORM cases.said(reason, 10, 'reason-missing');
    IF EXISTS (SELECT FROM cases.rights_proposal r WHERE r.id = proposal) THEN
        RETURN proposal;
    ELSIF base IS DISTINCT FROM (SELECT max(v.version) FROM gate.rights_version v) THEN
        RAISE EXCEPTION 'table-changed' USING ERRCODE = 'UD010';
    ELSIF NOT (from_at <= now() + interval '1 year') THEN
        RAISE EXCEPTION 'date-not-allowed' USING ERRCODE = 'UD010';
    END IF;
    PERFORM gate.change_fits(changes);
    INSERT INTO cases.rights_proposal (id, base, changes, from_at, reason, made_by, entry_id) VALUES (proposal, base, changes, from_at, btrim(reason), l.person_id, l.id);
    FOR house IN SELECT DISTINCT e.institution_id FROM registry.employment e JOIN registry.institution i ON i.id = e.institution_id JOIN registry.person h ON h.id = e.person_id
                 WHERE e.function = 'data-protection-officer' AND i.network AND (e.until_at IS NULL OR now() < e.until_at)
                   AND h.human_id <> (SELECT m.human_id FROM registry.person m WHERE m.id = l.person_id) LOOP
        PERFORM cases.open_task(house, 'data-protection-officer', 'rights-change', NULL, l.person_id, proposal,
            jsonb_build_object('who', l.person_name, 'reason', btrim(reason)), interval '14 days', l.person_id, l.id);
    END LOOP;
    RETURN proposal;
END
$$;
COMMENT ON FUNCTION cases.propose_rights(uuid, integer, jsonb, timestamptz, text) IS 'application';

-- The second officer confirms or refuses; the first may withdraw. Confirmed, it is a version from its date on. Returns the version.
-- UD010 'no-such-proposal', 'done-already', 'same-person', 'table-changed', 'no-such-outcome'.
CREATE OR REPLACE FUNCTION cases.decide_rights(proposal uuid, decision text, words text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    r cases.rights_proposal;
    mine boolean;
    made integer;
    task uuid;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['protect']);
    SELECT * INTO r FROM cases.rights_proposal p WHERE p.id = proposal FOR UPDATE;
    mine := (SELECT h.human_id FROM registry.person h WHERE h.id = r.made_by) = (SELECT h.human_id FROM registry.person h WHERE h.id = l.person_id);
    CASE
        WHEN r.id IS NULL THEN RAISE EXCEPTION 'no-such-proposal' USING ERRCODE = 'UD010';
        WHEN r.state <> 'waiting' THEN RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
        WHEN decision NOT IN ('confirmed', 'refused', 'withdrawn') THEN RAISE EXCEPTION 'no-such-outcome' USING ERRCODE = 'UD010';
        WHEN mine <> (decision = 'withdrawn') THEN RAISE EXCEPTION 'same-person' USING ERRCODE = 'UD010';
        ELSE NULL;
    END CASE;
    IF decision = 'confirmed' THEN
        made := gate.change_rights(r.base, r.changes, r.from_at, r.reason, (SELECT string_agg(h.given || ' ' || h.family, ', ') FROM registry.person h WHERE h.id IN (r.made_by, l.person_id)));
    END IF;
    UPDATE cases.rights_proposal p SET state = decision, version = made, decided_at = clock_timestamp(), decided_by = l.person_id WHERE p.id = proposal;
    FOR task IN UPDATE cases.task c SET state = 'done', outcome = decision, done_at = clock_timestamp(), done_by = l.person_id WHERE c.subject_id = proposal AND c.state <> 'done' RETURNING c.id LOOP
        PERFORM cases.note(task, l.person_id, 'done', concat_ws(': ', decision, nullif(btrim(words), '')), l.id);
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION cases.decide_rights(uuid, text, text) IS 'application';
