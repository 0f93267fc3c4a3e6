-- THE ONE WRITER. The application has no INSERT on a table of a record; it calls this function under a committed grant that writes.
-- deliveries: a JSON array, each element one version with its description, its attachments and the work it is about (see record/store.py).
-- Nothing is overwritten: a change is a new version; the same text twice changes nothing (outcome 'unchanged').

DO $$ BEGIN
    IF to_regtype('record.delivery') IS NULL THEN
        CREATE TYPE record.delivery AS (
            id uuid, type text, category smallint, status text, title text, language text, code_system text, code text, clinical_at timestamptz, author_id uuid, author_name text,
            value_num numeric, value_text text, unit text, low numeric, high numeric, flag text, part_of uuid, short jsonb, search_text text, reason text, resource text,
            expected integer, internal_only boolean, attachments jsonb, work jsonb
        );
    END IF;
END $$;

-- Words of the text's own language (stemmed) and the plain words (for search as you type, in any language). Nothing is ranked: no weights.
CREATE OR REPLACE FUNCTION record.words(language text, title text, body text) RETURNS tsvector LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT to_tsvector('record.plain', concat_ws(' ', title, body))
        || to_tsvector(CASE language WHEN 'fr' THEN 'record.fr' WHEN 'nl' THEN 'record.nl' WHEN 'de' THEN 'record.de' ELSE 'record.en' END::regconfig, concat_ws(' ', title, body))
$$;

-- Refuses what this grant may not write. UD005 changed meanwhile, UD006 of another institution or record, UD007 category, UD009 backward status.
CREATE OR REPLACE FUNCTION record.refuse(l gate.live, rows record.delivery[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    bad record;
BEGIN
    IF l.patient_id IS NULL OR l.institution_id IS NULL OR l.writes = 0 THEN
        RAISE EXCEPTION 'this grant writes nothing' USING ERRCODE = 'UD002';
    END IF;
    FOR bad IN
        SELECT d.id, d.category, i.category AS had, i.institution_id, i.version, d.expected, g.patient_id AS holder
        FROM unnest(rows) d
        LEFT JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id
        LEFT JOIN record.directory g ON g.id = d.id
        WHERE (l.writes & (1::bigint << d.category)) = 0 OR (l.writes & (1::bigint << i.category)) = 0 OR i.institution_id <> l.institution_id OR g.patient_id <> l.patient_id
           OR (d.expected IS NOT NULL AND d.expected <> coalesce(i.version, 0))
    LOOP
        IF bad.institution_id <> l.institution_id OR bad.holder <> l.patient_id THEN
            RAISE EXCEPTION 'item % is of another institution or record', bad.id USING ERRCODE = 'UD006';
        ELSIF bad.expected IS NOT NULL AND bad.expected <> coalesce(bad.version, 0) THEN
            RAISE EXCEPTION 'item % has changed meanwhile: version % expected, % found', bad.id, bad.expected, coalesce(bad.version, 0) USING ERRCODE = 'UD005';
        END IF;
        -- neither into a category nor out of one that is not his to write
        RAISE EXCEPTION 'category % may not be written under this grant', coalesce(bad.had, bad.category) USING ERRCODE = 'UD007';
    END LOOP;

    -- a person writes forward only: what is withdrawn stays so, what was validated is amended, never a draft again (REC-5)
    SELECT d.id, coalesce(i.status, 'new') AS was, d.status AS becomes INTO bad
    FROM unnest(rows) d LEFT JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id
    LEFT JOIN record.version v ON v.patient_id = l.patient_id AND v.item_id = d.id AND v.version = i.version
    WHERE l.verb = 'write-report' AND (v.sha256 IS DISTINCT FROM sha256(convert_to(d.resource, 'UTF8')) OR i.status <> d.status)
        AND (i.id IS NULL AND d.status IN ('amended', 'entered-in-error') OR i.status = 'entered-in-error' OR i.status IN ('final', 'amended') AND d.status IN ('draft', 'final') OR i.status = 'draft' AND d.status = 'amended')
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'item % is %, it cannot become %', bad.id, bad.was, bad.becomes USING ERRCODE = 'UD009';
    END IF;
END
$$;

-- What is really new among the deliveries: the same text in the same status is not.
CREATE OR REPLACE FUNCTION record.fresh(l gate.live, rows record.delivery[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(d.id), '{}') FROM unnest(rows) d
    LEFT JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id
    LEFT JOIN record.version v ON v.patient_id = l.patient_id AND v.item_id = d.id AND v.version = i.version
    WHERE v.sha256 IS DISTINCT FROM sha256(convert_to(d.resource, 'UTF8')) OR v.status IS DISTINCT FROM d.status
$$;

CREATE OR REPLACE FUNCTION record.store(deliveries jsonb)
RETURNS TABLE (item_id uuid, version integer, outcome text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l gate.live := gate.cur();
    rows record.delivery[];
    fresh_ids uuid[];
BEGIN
    rows := ARRAY(SELECT d FROM jsonb_populate_recordset(NULL::record.delivery, deliveries) d);  -- read once
    PERFORM record.refuse(l, rows);
    fresh_ids := record.fresh(l, rows);
    RETURN QUERY
    WITH incoming AS (
        SELECT d.*, coalesce(i.version, 0) AS last, d.id = ANY (fresh_ids) AS is_fresh
        FROM unnest(rows) d LEFT JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id
    ), fresh AS (
        SELECT *, sha256(convert_to(resource, 'UTF8')) AS sum FROM incoming WHERE is_fresh
    ), versions AS (
        INSERT INTO record.version (patient_id, item_id, version, institution_id, category, status, title, author_id, author_name, reason, entry_id, resource, sha256)
        SELECT l.patient_id, id, last + 1, l.institution_id, category, status, title, author_id, coalesce(author_name, ''), coalesce(reason, ''), l.id, resource, sum FROM fresh
    ), heads AS (
        INSERT INTO record.item AS it (patient_id, id, version, type, institution_id, category, status, internal_only, title, language, code_system, code, clinical_at, entered_at,
                                 author_id, author_name, value_num, value_text, unit, low, high, flag, part_of, short, search)
        SELECT l.patient_id, id, last + 1, type, l.institution_id, category, status, coalesce(internal_only, false), title, language, code_system, code, clinical_at, now(),
               author_id, coalesce(author_name, ''), value_num, value_text, unit, low, high, flag, part_of, coalesce(short, '{}'), record.words(language, title, search_text)
        FROM fresh
        ON CONFLICT (patient_id, id) DO UPDATE SET
            version = excluded.version, category = excluded.category, status = excluded.status, internal_only = excluded.internal_only OR it.internal_only, title = excluded.title,
            language = excluded.language, code_system = excluded.code_system, code = excluded.code, clinical_at = excluded.clinical_at, entered_at = excluded.entered_at,
            author_id = excluded.author_id, author_name = excluded.author_name, value_num = excluded.value_num, value_text = excluded.value_text, unit = excluded.unit,
            low = excluded.low, high = excluded.high, flag = excluded.flag, part_of = excluded.part_of, short = excluded.short, search = excluded.search
    ), places AS (
        INSERT INTO record.directory (id, patient_id, institution_id) SELECT id, l.patient_id, l.institution_id FROM fresh WHERE last = 0
    ), files AS (
        INSERT INTO record.attachment (patient_id, item_id, version, sha256, name, media_type, size)
        SELECT l.patient_id, f.id, f.last + 1, decode(a ->> 'sha256', 'hex'), a ->> 'name', a ->> 'media_type', (a ->> 'size')::integer FROM fresh f, jsonb_array_elements(f.attachments) a
        WHERE jsonb_typeof(f.attachments) = 'array' ON CONFLICT DO NOTHING
    )
    SELECT i.id, i.last + i.is_fresh::integer, CASE WHEN NOT i.is_fresh THEN 'unchanged' WHEN i.last = 0 THEN 'created' ELSE 'updated' END
    FROM incoming i;

    INSERT INTO record.presence (patient_id, institution_id) VALUES (l.patient_id, l.institution_id) ON CONFLICT DO NOTHING;
    PERFORM relations.from_work(l, d.id, d.type, d.work) FROM unnest(rows) d WHERE jsonb_typeof(d.work) = 'object' AND d.id = ANY (fresh_ids);
END
$$;
