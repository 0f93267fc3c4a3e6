-- The log read by the one who runs the database: for the notice of a breach (GDPR art. 33), or handed out whole. He is no user of the product, and could read past it:
-- the product's own command at least says first who, why and what. Not for the application's role. UD010 'ground-missing', 'no-such-reading'.
CREATE OR REPLACE FUNCTION log.open_handout(verb text, operator text, ground text, asked jsonb) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF verb NOT IN ('breach-scope', 'export-audit-events', 'export-log') THEN
        RAISE EXCEPTION 'no-such-reading' USING ERRCODE = 'UD010';
    ELSIF length(btrim(coalesce(ground, ''))) < 10 OR btrim(coalesce(operator, '')) = '' THEN
        RAISE EXCEPTION 'ground-missing' USING ERRCODE = 'UD010';
    END IF;
    RETURN gate.write_entry(jsonb_populate_record(NULL::gate.session, jsonb_build_object('person_name', btrim(operator), 'function', 'machine', 'purpose', 'governance', 'face', 'command')),
                            NULL, NULL, verb, 0, NULL, asked || jsonb_build_object('ground', btrim(ground)), 'LOG-1.operator', true);
END
$$;
