-- The roles of the database; run once by an administrator (`unidossier roles`), idempotent. Two may log in, the others only own things.
--   unidossier_migrate  changes the schema           unidossier_app   runs the product: owns nothing, creates nothing
--   unidossier_owner    owns the tables               unidossier_gate  owns the gate's functions: the only role that reads what decides
--   unidossier_log      owns the log                  unidossier_store owns the one writer   unidossier_sequencer  reads the log to sign it
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['unidossier_owner', 'unidossier_gate', 'unidossier_log', 'unidossier_store', 'unidossier_sequencer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', one);
        END IF;
    END LOOP;
    FOREACH one IN ARRAY ARRAY['unidossier_migrate', 'unidossier_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', one);
        END IF;
    END LOOP;
END $$;
GRANT unidossier_owner, unidossier_gate, unidossier_log, unidossier_store TO unidossier_migrate WITH INHERIT TRUE, SET TRUE;
ALTER ROLE unidossier_app SET statement_timeout = '30s';
ALTER ROLE unidossier_app SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE unidossier_app SET transaction_timeout = '60s';
