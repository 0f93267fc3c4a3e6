-- What the row policies ask. Every function raises when there is no good grant: an empty record is a hazard, an error is not (ALL-5).
-- STABLE, never IMMUTABLE: one such word showed the wrong patient in 390 of 400 reads of a prepared statement.

-- Asked several times by one statement: one plan for all parameters, or the look at the epochs is planned anew each time. And always by the keys:
-- a plan made while gate.live is empty (the purge of each minute) would read it from end to end when it holds the grants of a busy minute.
CREATE OR REPLACE FUNCTION gate.cur() RETURNS gate.live LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    setting text := current_setting('gate.grant', true);
    l gate.live;
BEGIN
    IF coalesce(setting, '') = '' OR split_part(setting, '|', 2) <> extract(epoch FROM transaction_timestamp())::text THEN
        RAISE EXCEPTION 'no grant in this transaction' USING ERRCODE = 'UD002';
    END IF;
    SELECT g.* INTO l FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(setting, '|', 1), 'hex'));
    IF l.id IS NULL OR l.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'no such grant, or it has expired' USING ERRCODE = 'UD002';
    END IF;
    -- committed by an earlier transaction: a grant of this very transaction could be rolled back after reading
    IF l.xid IS NOT DISTINCT FROM pg_current_xact_id_if_assigned() THEN
        RAISE EXCEPTION 'the grant is not committed' USING ERRCODE = 'UD002';
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'records are read in READ COMMITTED only' USING ERRCODE = 'UD002';
    END IF;
    IF gate.epochs(l.subjects) <> l.epochs THEN
        RAISE EXCEPTION 'rights have changed since the grant' USING ERRCODE = 'UD003';
    END IF;
    RETURN l;
END
$$;

CREATE OR REPLACE FUNCTION gate.patient() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.patient_id IS NULL THEN
        RAISE EXCEPTION 'a list opens no record' USING ERRCODE = 'UD002';
    END IF;
    RETURN l.patient_id;
END
$$;

CREATE OR REPLACE FUNCTION gate.patients() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).patients;
END
$$;

-- Whose appointments and stays: the category agenda must be open, by function and by relation.
CREATE OR REPLACE FUNCTION gate.agenda() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).agenda;
END
$$;

-- The reader himself: to tell "mine" in a list of relations.
CREATE OR REPLACE FUNCTION gate.person() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).person_id;
END
$$;

CREATE OR REPLACE FUNCTION gate.institution() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- patients have no institution: the nil id is nobody's
    RETURN coalesce((gate.cur()).institution_id, '00000000-0000-0000-0000-000000000000');
END
$$;

CREATE OR REPLACE FUNCTION gate.mask_own() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).mask_own;
END
$$;

CREATE OR REPLACE FUNCTION gate.mask_other() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).mask_other;
END
$$;

CREATE OR REPLACE FUNCTION gate.mask_open() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).mask_open;
END
$$;

CREATE OR REPLACE FUNCTION gate.closed() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).closed;
END
$$;

CREATE OR REPLACE FUNCTION gate.sees_held() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).sees_held;
END
$$;

CREATE OR REPLACE FUNCTION gate.sees_confidential() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).sees_confidential;
END
$$;

CREATE OR REPLACE FUNCTION gate.items() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).items;
END
$$;

-- The Desk: whose tasks may be read. Only under a grant of governance.
CREATE OR REPLACE FUNCTION gate.desk_institution() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.act <> 'govern' THEN
        RAISE EXCEPTION 'this grant does not open the Desk' USING ERRCODE = 'UD002';
    END IF;
    RETURN l.institution_id;
END
$$;

CREATE OR REPLACE FUNCTION gate.desk_function() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.act <> 'govern' THEN
        RAISE EXCEPTION 'this grant does not open the Desk' USING ERRCODE = 'UD002';
    END IF;
    RETURN l.function;
END
$$;

-- The patient of the log and those merged into him, whose entries stayed where they were (REC-8).
CREATE OR REPLACE FUNCTION gate.log_patients() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose uuid := gate.log_patient();
BEGIN
    RETURN ARRAY(WITH RECURSIVE merged (id) AS (
        SELECT whose UNION SELECT m.merged FROM merged k JOIN registry.merge m ON m.kept = k.id AND m.undone_at IS NULL
    ) SELECT id FROM merged);
END
$$;

-- Whose log may be read in this transaction: only under the verb that says so.
CREATE OR REPLACE FUNCTION gate.log_patient() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF NOT l.reads_log THEN
        RAISE EXCEPTION 'this grant does not open the log' USING ERRCODE = 'UD002';
    END IF;
    RETURN l.patient_id;
END
$$;
