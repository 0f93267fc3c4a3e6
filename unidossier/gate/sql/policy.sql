-- What the row policies ask. Whom or what a policy is about stands first in it and raises when there is no good grant: an empty record is a hazard, an error
-- is not (ALL-5). What the grant opens is looked up lightly beside it (docs/adr/0027).
-- STABLE, never IMMUTABLE: one such word showed the wrong patient in 390 of 400 reads of a prepared statement.

-- Asked several times by one statement: one plan for all parameters, or the look at the epochs is planned anew each time. And always by the keys:
-- a plan made while gate.live is empty (the purge of each minute) would read it from end to end when it holds the grants of a busy minute.
CREATE OR REPLACE FUNCTION gate.cur() RETURNS gate.live LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    setting text := current_setting('gate.grant', true);
    l gate.live;
BEGIN
    -- asked by every statement, so in few expressions: first whether it is good, with the sum of the epochs in the same look, and only then why not
    SELECT g.* INTO l FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(setting, '|', 1), 'hex'))
        AND g.epochs = (SELECT coalesce(sum(e.epoch), 0) FROM gate.epoch e WHERE e.subject = ANY (g.subjects));
    -- committed by an earlier transaction: a grant of this very transaction could be rolled back after reading
    IF split_part(setting, '|', 2) = extract(epoch FROM transaction_timestamp())::text AND l.expires_at > clock_timestamp()
        AND l.xid IS DISTINCT FROM pg_current_xact_id_if_assigned() AND current_setting('transaction_isolation') = 'read committed' THEN
        RETURN l;
    END IF;
    PERFORM gate.no_grant(setting);
END
$$;

-- Why a grant is not good. Always raises: UD003 when rights have changed since, else UD002.
CREATE OR REPLACE FUNCTION gate.no_grant(setting text) RETURNS void LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    l gate.live;
BEGIN
    IF coalesce(setting, '') = '' OR split_part(setting, '|', 2) <> extract(epoch FROM transaction_timestamp())::text THEN
        RAISE EXCEPTION 'no grant in this transaction' USING ERRCODE = 'UD002';
    END IF;
    SELECT g.* INTO l FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(setting, '|', 1), 'hex'));
    IF l.id IS NULL OR l.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'no such grant, or it has expired' USING ERRCODE = 'UD002';
    END IF;
    IF l.xid IS NOT DISTINCT FROM pg_current_xact_id_if_assigned() THEN
        RAISE EXCEPTION 'the grant is not committed' USING ERRCODE = 'UD002';
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'records are read in READ COMMITTED only' USING ERRCODE = 'UD002';
    END IF;
    RAISE EXCEPTION 'rights have changed since the grant' USING ERRCODE = 'UD003';
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

-- What another house calls the patient tells where else he is known: that is for himself, who acts for him, and the Desk, which keeps the numbers apart (REC-8).
CREATE OR REPLACE FUNCTION gate.sees_every_number() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.cur()).actor IN ('patient', 'representative', 'governance');
END
$$;

-- What a grant opens is looked up lightly: every policy that asks for it asks gate.patient() too, in the same statement, and that raises unless the grant holds.
CREATE OR REPLACE FUNCTION gate.mask_own() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.mask_own FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

CREATE OR REPLACE FUNCTION gate.mask_other() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.mask_other FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

CREATE OR REPLACE FUNCTION gate.mask_open() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.mask_open FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

CREATE OR REPLACE FUNCTION gate.closed() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.closed FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

CREATE OR REPLACE FUNCTION gate.sees_held() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.sees_held FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

CREATE OR REPLACE FUNCTION gate.sees_confidential() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.sees_confidential FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

CREATE OR REPLACE FUNCTION gate.items() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.items FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

-- A search opens the content of what it finds: which items these are is known only after the entry, which says by what words they were sought.
CREATE OR REPLACE FUNCTION gate.opens_found() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT g.opens_found FROM gate.live g WHERE g.token_hash = sha256(decode(split_part(current_setting('gate.grant', true), '|', 1), 'hex')));
END
$$;

-- The Desk: whose tasks may be read. Only under a grant of governance.
CREATE OR REPLACE FUNCTION gate.desk() RETURNS gate.live LANGUAGE plpgsql STABLE AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.act <> 'govern' THEN
        RAISE EXCEPTION 'this grant does not open the Desk' USING ERRCODE = 'UD002';
    END IF;
    RETURN l;
END
$$;

CREATE OR REPLACE FUNCTION gate.desk_institution() RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.desk()).institution_id;
END
$$;

CREATE OR REPLACE FUNCTION gate.desk_function() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (gate.desk()).function;
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

-- The raw entries of the log: for the Desk alone. The patient and those who act for him read them as they are shown (log/sql/accesses.sql).
CREATE OR REPLACE FUNCTION gate.desk_log_patients() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (gate.cur()).act <> 'govern' THEN
        RAISE EXCEPTION 'this grant opens the log as it is shown' USING ERRCODE = 'UD002';
    END IF;
    RETURN gate.log_patients();
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
