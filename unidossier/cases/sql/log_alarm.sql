-- An alarm of the log (LOG-8) is an entry, and a task of everybody who answers for it: data protection and security officers of every institution of the network.
-- Called by the worker after each comparison; returns how many alarms were told.
CREATE OR REPLACE FUNCTION cases.tell_log_alarms() RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
    entry bigint;
    n integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cases.tell_log_alarms', 12));
    FOR one IN SELECT * FROM log.untold_alarms() LOOP
        entry := gate.write_entry(jsonb_populate_record(NULL::gate.session, '{"person_name": "Unidossier", "function": "machine", "purpose": "governance", "face": "worker"}'),
                                  NULL, NULL, 'log-alarm', 0, NULL, jsonb_build_object('alarm', one.id, 'kind', one.kind, 'gaps', one.gaps), 'LOG-8.compared', true);
        PERFORM cases.open_task(w.institution_id, w.function, 'log-alarm', NULL, NULL, one.id, jsonb_build_object('alarm', one.kind, 'gaps', one.gaps), interval '4 hours', NULL, entry)
        FROM (SELECT DISTINCT m.institution_id, m.function FROM registry.employment m JOIN registry.institution i ON i.id = m.institution_id AND i.network
              WHERE m.function IN ('data-protection-officer', 'security-officer') AND m.from_at <= now() AND (m.until_at IS NULL OR now() < m.until_at)) w;
        PERFORM log.mark_alarm_told(one.id, entry);
        n := n + 1;
    END LOOP;
    RETURN n;
END
$$;
COMMENT ON FUNCTION cases.tell_log_alarms() IS 'application';
