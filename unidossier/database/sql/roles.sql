-- The roles of the database; run once by an administrator (`unidossier roles`), idempotent. Three may log in, the others only own things.
--   unidossier_migrate  changes the schema           unidossier_app   runs the product: owns nothing, creates nothing
--   unidossier_owner    owns the tables               unidossier_gate  owns the gate's functions: the only role that reads what decides
--   unidossier_log      owns the log                  unidossier_store owns the one writer
--   unidossier_sequencer  grows the tree over the log: calls its few functions, reads no table
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['unidossier_owner', 'unidossier_gate', 'unidossier_log', 'unidossier_store'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', one);
        END IF;
    END LOOP;
    FOREACH one IN ARRAY ARRAY['unidossier_migrate', 'unidossier_app', 'unidossier_sequencer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', one);
        END IF;
    END LOOP;
END $$;
ALTER ROLE unidossier_sequencer LOGIN;
ALTER ROLE unidossier_sequencer SET client_connection_check_interval = '1s';  -- a killed sequencer leaves its lock soon
GRANT unidossier_owner, unidossier_gate, unidossier_log, unidossier_store TO unidossier_migrate WITH INHERIT TRUE, SET TRUE;
ALTER ROLE unidossier_app SET statement_timeout = '30s';
ALTER ROLE unidossier_app SET jit = off;  -- on a server of others too: compiling a decision takes a thousand times as long as deciding
ALTER ROLE unidossier_app SET timezone = 'UTC';  -- instants read alike whatever the server is set to
ALTER ROLE unidossier_app SET idle_in_transaction_session_timeout = '10s';
-- an open transaction that has written holds back the signing of the log (docs/adr/0015)
ALTER ROLE unidossier_app SET transaction_timeout = '10s';
