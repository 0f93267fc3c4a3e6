-- What a reader takes home as proof (LOG-3, MY-15): of each entry that "who looked" shows him, the canonical text, the salt of its leaf, and the values that are
-- shown, each with its key. A field is opened exactly when the list shows it as it was written: one rule for both (gate.accesses_shown). The salt itself never leaves.

CREATE OR REPLACE FUNCTION log.opened(e log.entry, names text[], whose uuid[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(f.key, jsonb_build_object('value', f.value, 'key', encode(log.opening_key(e.salt, f.key), 'hex'))), '{}')
        -- of a list the reader's own name on it and nobody else's
        || CASE WHEN e.patients && whose THEN jsonb_build_object('patients', (
            SELECT jsonb_agg(jsonb_build_object('value', p, 'key', encode(log.opening_key(e.salt, 'patients:' || p), 'hex'))) FROM unnest(e.patients) p WHERE p = ANY (whose)))
           ELSE '{}' END
    FROM jsonb_each_text(log.fields(e)) f WHERE f.key = ANY (names) AND f.value IS NOT NULL
$$;

-- Has every entry about these patients before a number (or the one wanted) its place in the tree?
CREATE OR REPLACE FUNCTION log.all_placed(whose uuid[], before bigint, wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM log.entry e WHERE e.patient_id = ANY (whose) AND e.permitted AND e.id < before AND (wanted IS NULL OR e.id = wanted)
                       AND NOT EXISTS (SELECT FROM log.leaf f WHERE f.entry_id = e.id))
       AND NOT EXISTS (SELECT FROM log.listed t WHERE t.patient_id = ANY (whose) AND t.entry_id < before AND (wanted IS NULL OR t.entry_id = wanted)
                       AND NOT EXISTS (SELECT FROM log.leaf f WHERE f.entry_id = t.entry_id))
$$;

-- The rows of a bundle: one entry, or all. What is so new that it has no leaf is waited for, two seconds at most; then its place is NULL.
-- gone: 'erased', with the leaf alone; the patient himself learns of it, somebody who acts for him may not know whether it was his to see.
DROP FUNCTION IF EXISTS log.proofs(bigint);
CREATE FUNCTION log.proofs(wanted bigint) RETURNS TABLE (number text, year smallint, place bigint, leaf bytea, canonical text, salt bytea, fields jsonb, gone text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l gate.live := gate.cur();
    mine uuid[] := gate.log_patients();
BEGIN
    IF l.verb <> 'take-proof' THEN
        RAISE EXCEPTION 'this grant gives no proof' USING ERRCODE = 'UD002';
    END IF;
    FOR i IN 1..10 LOOP
        EXIT WHEN log.all_placed(mine, l.id, wanted);
        PERFORM pg_sleep(0.2);
    END LOOP;
    RETURN QUERY
    SELECT DISTINCT ON (e.id) e.id::text, f.year, f.position, f.hash, log.canonical(e), log.opening_key(e.salt, 'leaf'), log.opened(e, ARRAY['verb', 'purpose', 'rule', 'permitted', 'institution_id',
        CASE WHEN a.at = e.at THEN 'at' END, CASE WHEN a.presentation = 'named' AND a.who = e.person_name THEN 'person_name' END, CASE WHEN a.function = e.function THEN 'function' END,
        CASE WHEN a.categories = e.categories THEN 'categories' END, CASE WHEN a.items = e.items THEN 'items' END, CASE WHEN a.glass_reason = e.glass_reason THEN 'glass_reason' END,
        CASE WHEN e.patient_id = ANY (mine) THEN 'patient_id' END], mine), NULL
    FROM gate.accesses_shown(NULL) a JOIN log.entry e ON e.id = a.id LEFT JOIN log.leaf f ON f.entry_id = e.id
    WHERE a.id < l.id AND (wanted IS NULL OR a.id = wanted);
    RETURN QUERY
    SELECT x.entry_id::text, x.year, x.position, x.leaf, NULL, NULL::bytea, NULL::jsonb, 'erased' FROM log.erasure x
    WHERE l.actor = 'patient' AND x.about && mine AND (wanted IS NULL OR x.entry_id = wanted);
END
$$;
COMMENT ON FUNCTION log.proofs(bigint) IS 'application';
