-- What the keeping of the log asks of the gate: who is behind a grant, whether a second factor was just proven, and what a month is still needed for.

-- The session of a grant, without its secret: to write the entry of what was done under it.
CREATE OR REPLACE FUNCTION gate.session_behind(l gate.live) RETURNS gate.session LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session;
BEGIN
    SELECT * INTO STRICT s FROM gate.session WHERE id = l.session_id;
    s.secret_hash := NULL;
    RETURN s;
END
$$;

-- A grave step wants a second factor of the last five minutes (as BTG-2). UD010 'not-fresh'.
CREATE OR REPLACE FUNCTION gate.must_be_fresh(l gate.live) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM gate.session s WHERE s.id = l.session_id AND s.strong_at > clock_timestamp() - interval '5 minutes') THEN
        RAISE EXCEPTION 'not-fresh' USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- Why the entries numbered low to high (excluded) must stay (LOG-4): record (of a patient who is still in the registry), hold, case (that is running).
CREATE OR REPLACE FUNCTION gate.still_needed(low bigint, high bigint) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM log.entry e JOIN registry.patient p ON p.id = e.patient_id WHERE e.id >= low AND e.id < high)
               OR EXISTS (SELECT FROM log.entry e, unnest(e.patients) one JOIN registry.patient p ON p.id = one WHERE e.id >= low AND e.id < high AND e.patients IS NOT NULL) THEN 'record' END,
        CASE WHEN EXISTS (SELECT FROM log.entry e JOIN cases.legal_hold h ON h.until_at IS NULL AND (h.patient_id = e.patient_id OR h.patient_id = ANY (e.patients)
               OR h.patient_id IS NULL AND h.institution_id = e.institution_id) WHERE e.id >= low AND e.id < high) THEN 'hold' END,
        CASE WHEN EXISTS (SELECT FROM cases.gathered g JOIN cases.task t ON t.id = g.task_id AND t.state <> 'done' WHERE g.removed_at IS NULL AND g.entry_id >= low AND g.entry_id < high)
               OR EXISTS (SELECT FROM cases.task t WHERE t.state <> 'done' AND t.entry_id >= low AND t.entry_id < high) THEN 'case' END], NULL);
END
$$;
