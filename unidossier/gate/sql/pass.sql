-- Both steps in one call: the grant, whose entry is committed here, then the transaction that reads under it (docs/adr/0028). It has no rights of its own: what
-- it does the application may do one after the other. Inside a transaction it fails (2D000), so its entry cannot be rolled back after reading.
-- A refusal uses no grant: every policy behind it raises UD002. When rights changed meanwhile UD003 is raised; the entry stands.
DROP PROCEDURE IF EXISTS gate.pass(bytea, uuid, text, uuid[], jsonb, jsonb, bytea);
CREATE PROCEDURE gate.pass(
    secret bytea, patient uuid, verb text, items uuid[], detail jsonb, glass jsonb, token bytea,
    OUT allowed boolean, OUT rule text, OUT entry bigint, OUT whom uuid, OUT opens bigint, OUT lasts timestamptz, OUT subjects text, OUT epochs bigint
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT g.allowed, g.rule, g.entry, g.whom, g.opens, g.lasts, g.subjects::text, g.epochs::bigint INTO allowed, rule, entry, whom, opens, lasts, subjects, epochs
    FROM gate.grant_access(secret, patient, verb, items, detail, pg_catalog.sha256(token), glass) g;
    COMMIT;
    IF allowed THEN
        entry := gate.use_grant(token);
    END IF;
END
$$;
COMMENT ON PROCEDURE gate.pass(bytea, uuid, text, uuid[], jsonb, jsonb, bytea) IS 'application';
