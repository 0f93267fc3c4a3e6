-- How long the log is kept (LOG-4: at least 5 years and as long as the record, never under 3; EHDS art. 9), and the months whose time is over.
-- Months hold the entries of all institutions: the longest time that any of the network has set counts for all.

CREATE OR REPLACE FUNCTION cases.kept_years() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT greatest(3, max(gate.setting(i.id, 'log.retention')::integer), (SELECT d.value::integer FROM gate.setting_default d WHERE d.name = 'log.retention' AND NOT EXISTS (SELECT FROM registry.institution WHERE network)))
    FROM registry.institution i WHERE i.network
$$;

-- Every month that is there, why it stays (running, period, and the reasons of gate.still_needed and log.still_needed; none: it goes with the next run), and those that went.
-- Only of months whose period is over is it looked at what needs them.
DROP FUNCTION IF EXISTS cases.preview_retention();
CREATE FUNCTION cases.preview_retention() RETURNS TABLE (month integer, entries bigint, reasons text[], ends_at timestamptz, dropped_at timestamptz, years integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept integer := cases.kept_years();
BEGIN
    PERFORM cases.stands_on(gate.cur(), ARRAY['keep-log']);
    RETURN QUERY SELECT m.month, log.count_entries(m.low, m.high), CASE
            WHEN m.ends_at > clock_timestamp() THEN ARRAY['running']
            WHEN m.ends_at + make_interval(years => kept) > clock_timestamp() THEN ARRAY['period']
            ELSE log.still_needed(m.low, m.high) || gate.still_needed(m.low, m.high) END, m.ends_at + make_interval(years => kept), NULL::timestamptz, kept
        FROM log.months() m WHERE m.ends_at <= clock_timestamp() + interval '1 month'
    UNION ALL SELECT d.month, d.entries, '{}', NULL, d.dropped_at, d.years FROM log.dropped() d ORDER BY 1;
END
$$;
COMMENT ON FUNCTION cases.preview_retention() IS 'application';

-- Drop the oldest month that nothing needs any more; NULL when there is none. By the worker: nobody's session, and an entry all the same. It decides by itself whatever asks.
CREATE OR REPLACE FUNCTION cases.drop_old_month() RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept integer := cases.kept_years();
    m record;
    told bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('log.drop_month', 16));
    SELECT o.* INTO m FROM log.months() o WHERE o.ends_at + make_interval(years => kept) <= clock_timestamp()
        AND log.still_needed(o.low, o.high) = '{}' AND gate.still_needed(o.low, o.high) = '{}' ORDER BY o.month LIMIT 1;
    IF m.month IS NULL THEN
        RETURN NULL;
    END IF;
    told := gate.write_entry(jsonb_populate_record(NULL::gate.session, jsonb_build_object('person_name', 'Unidossier', 'function', 'machine', 'purpose', 'governance', 'face', 'worker')),
        NULL, NULL, 'month-dropped', 0, NULL, jsonb_build_object('month', m.month, 'years', kept, 'entries', log.count_entries(m.low, m.high)), 'LOG-3.tree', true);
    PERFORM log.drop_month(m.month, kept, told);
    RETURN m.month;
END
$$;
COMMENT ON FUNCTION cases.drop_old_month() IS 'application';

-- A setting that two officers change together. The id again is the same proposal.
-- UD010 'not-by-two', 'value-not-allowed', 'reason-missing', 'changed-meanwhile', 'nothing-changes', 'asked-already', 'no-second'.
CREATE OR REPLACE FUNCTION cases.propose_setting(proposal uuid, a_name text, wanted text, shown text, words text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    code text;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['keep-log']);
    IF EXISTS (SELECT FROM cases.setting_proposal p WHERE p.id = proposal AND p.made_by = l.person_id) THEN
        RETURN proposal;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(l.institution_id || a_name, 11));
    code := CASE WHEN NOT registry.is_by_two(a_name) THEN 'not-by-two'
        WHEN NOT registry.setting_fits(a_name, wanted) THEN 'value-not-allowed'
        WHEN gate.setting(l.institution_id, a_name) IS DISTINCT FROM shown THEN 'changed-meanwhile'
        WHEN wanted = shown THEN 'nothing-changes'
        WHEN EXISTS (SELECT FROM cases.setting_proposal p WHERE p.institution_id = l.institution_id AND p.name = a_name AND p.state = 'waiting') THEN 'asked-already' END;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO cases.setting_proposal (id, institution_id, name, value, expected, reason, made_by, entry_id)
    VALUES (proposal, l.institution_id, a_name, wanted, shown, cases.said(words, 10, 'reason-missing'), l.person_id, l.id);
    PERFORM cases.ask_second(l, 'setting-change', proposal, jsonb_build_object('setting', a_name, 'reason', btrim(words)), interval '14 days');
    RETURN proposal;
END
$$;
COMMENT ON FUNCTION cases.propose_setting(uuid, text, text, text, text) IS 'application';

-- The second officer confirms or refuses; the first may withdraw. Confirmed, it counts at once.
-- UD010 'no-such-proposal', 'changed-meanwhile', and those of cases.may_decide.
CREATE OR REPLACE FUNCTION cases.decide_setting(proposal uuid, decision text, remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    p cases.setting_proposal;
BEGIN
    PERFORM cases.stands_on(l, ARRAY['keep-log']);
    SELECT * INTO p FROM cases.setting_proposal o WHERE o.id = proposal FOR UPDATE;
    IF p.id IS NULL THEN
        RAISE EXCEPTION 'no-such-proposal' USING ERRCODE = 'UD010';
    END IF;
    PERFORM cases.may_decide(l, p.state, p.made_by, p.institution_id, decision);
    IF decision = 'confirmed' THEN
        PERFORM registry.write_setting(p.institution_id, p.name, p.value, p.expected, p.reason, l.person_id);
    END IF;
    UPDATE cases.setting_proposal o SET state = decision, decided_at = clock_timestamp(), decided_by = l.person_id WHERE o.id = proposal;
    PERFORM cases.close_tasks_of(l, proposal, decision, remark);
END
$$;
COMMENT ON FUNCTION cases.decide_setting(uuid, text, text) IS 'application';
