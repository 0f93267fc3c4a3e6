-- THE ONE WRITER. The application has no INSERT on a table of a record; it calls this function under a committed grant that writes.
-- deliveries: a JSON array, each element one version with its description, its attachments and the work it is about (see record/store.py).
-- Nothing is overwritten: a change is a new version; the same text twice changes nothing (outcome 'unchanged').

DO $$ BEGIN
    IF to_regtype('record.delivery') IS NULL THEN
        CREATE TYPE record.delivery AS (
            id uuid, type text, category smallint, status text, title text, language text, code_system text, code text, clinical_at timestamptz, author_id uuid, author_name text,
            value_num numeric, value_text text, unit text, low numeric, high numeric, flag text, part_of uuid, short jsonb, search_text text, reason text, resource text,
            expected integer, internal_only boolean, withdrawn boolean, attachments jsonb, work jsonb, tokens bigint[], keys bigint[], facts jsonb, inside smallint, stamp integer
        );
    ELSIF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'record.delivery'::regclass AND a.attname = 'stamp') THEN
        ALTER TYPE record.delivery ADD ATTRIBUTE stamp integer;
    END IF;
END $$;

-- The text with its number and the instant it was stored, at the place that the sender's own had: hl7.org/fhir/R4/resource.html#Meta (record/stamp.py).
CREATE OR REPLACE FUNCTION record.stamped(resource text, stamp integer, version integer, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN stamp IS NULL THEN resource ELSE
        left(resource, stamp) || '"versionId":"' || version || '","lastUpdated":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'
        || CASE substr(resource, stamp + 1, 1) WHEN '}' THEN '' ELSE ',' END || substr(resource, stamp + 1) END
$$;

-- Words of the text's own language (stemmed) and the plain words (for search as you type, in any language). Nothing is ranked: no weights.
CREATE OR REPLACE FUNCTION record.words(language text, title text, body text) RETURNS tsvector LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT to_tsvector('record.plain', concat_ws(' ', title, body))
        || to_tsvector(CASE language WHEN 'fr' THEN 'record.fr' WHEN 'nl' THEN 'record.nl' WHEN 'de' THEN 'record.de' ELSE 'record.en' END::regconfig, concat_ws(' ', title, body))
$$;

-- Of an app: do its scopes name this type and category with any kind of writing? Whoever is no app: yes.
CREATE OR REPLACE FUNCTION record.app_writes_any(l gate.live, type text, category integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT l.app_writes IS NULL OR gate.app_fits(l.app_writes -> 'c', type, category) OR gate.app_fits(l.app_writes -> 'u', type, category) OR gate.app_fits(l.app_writes -> 'd', type, category)
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
        SELECT d.id, d.category, i.institution_id, i.version, d.expected, coalesce(g.patient_id, CASE WHEN p.id IS NOT NULL THEN gate.kept(p.id) END) AS holder,
            (l.writes & (1::bigint << d.category)) = 0 OR NOT record.app_writes_any(l, d.type, d.category) AS is_beyond,
            -- what stands there is of another type, or none of his to write: he learns that the id is taken, neither its kind nor its version (ACD-8)
            i.type <> d.type OR (l.writes & (1::bigint << i.category)) = 0 OR NOT record.app_writes_any(l, i.type, i.category) AS is_taken
        FROM unnest(rows) d
        LEFT JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id
        LEFT JOIN record.directory g ON g.id = d.id
        LEFT JOIN registry.patient p ON p.id = d.id  -- an id is one thing: the gate finds a record by that of a patient and by that of an item
        WHERE (l.writes & (1::bigint << d.category)) = 0 OR (l.writes & (1::bigint << i.category)) = 0 OR i.institution_id <> l.institution_id OR coalesce(g.patient_id, CASE WHEN p.id IS NOT NULL THEN gate.kept(p.id) END) <> l.patient_id
           OR i.type <> d.type OR (d.expected IS NOT NULL AND d.expected <> coalesce(i.version, 0))
           -- an app: no type, and nothing into or out of a category, that its scopes do not name
           OR l.app_writes IS NOT NULL AND NOT (gate.app_may_store(l, d.type, d.category, i.id IS NULL, coalesce(d.withdrawn, false))
                AND (i.id IS NULL OR gate.app_may_store(l, i.type, i.category, false, coalesce(d.withdrawn, false))))
    LOOP
        IF bad.is_beyond THEN
            RAISE EXCEPTION 'category % may not be written under this grant', bad.category USING ERRCODE = 'UD007';
        ELSIF bad.institution_id <> l.institution_id OR bad.holder <> l.patient_id OR bad.is_taken THEN
            RAISE EXCEPTION 'item % is of another institution or record, or of another kind', bad.id USING ERRCODE = 'UD006';
        ELSIF bad.expected IS NOT NULL AND bad.expected <> coalesce(bad.version, 0) THEN
            RAISE EXCEPTION 'item % has changed meanwhile: version % expected, % found', bad.id, bad.expected, coalesce(bad.version, 0) USING ERRCODE = 'UD005';
        END IF;
        RAISE EXCEPTION 'an app may not write this here: category %', bad.category USING ERRCODE = 'UD007';
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
    WHERE v.sha256 IS DISTINCT FROM sha256(convert_to(d.resource, 'UTF8')) OR v.status IS DISTINCT FROM d.status OR v.withdrawn <> coalesce(d.withdrawn, false)
$$;

-- Those of these that are part of themselves, or of what is a part of them. Each looked up by its key, as in record.inherit_marks.
CREATE OR REPLACE FUNCTION record.held_by_own_part(patient uuid, items uuid[]) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(k.id), '{}') FROM unnest(items) x (id)
    CROSS JOIN LATERAL (SELECT i.id, i.part_of FROM record.item i WHERE i.patient_id = patient AND i.id = x.id OFFSET 0) k
    CROSS JOIN LATERAL (SELECT i.id, i.part_of FROM record.item i WHERE i.patient_id = patient AND i.id = k.part_of OFFSET 0) w
    WHERE k.id IN (w.id, w.part_of)
$$;

-- entered_at: when the version that is now the newest was stored.
DROP FUNCTION IF EXISTS record.store(jsonb);
CREATE FUNCTION record.store(deliveries jsonb)
RETURNS TABLE (item_id uuid, version integer, outcome text, entered_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l gate.live := gate.cur();
    rows record.delivery[];
    fresh_ids uuid[];
    -- who writes himself is the author, whatever the resource says: nobody writes in another's name (LOG-1); a system tells who wrote
    writer uuid := CASE WHEN l.verb = 'write-report' THEN l.person_id END;
BEGIN
    rows := ARRAY(SELECT d FROM jsonb_populate_recordset(NULL::record.delivery, deliveries) d);  -- read once
    PERFORM record.refuse(l, rows);
    fresh_ids := record.fresh(l, rows);
    RETURN QUERY
    WITH incoming AS (
        -- what is taken back stays of its category: its text alone may tell less than what it came with
        SELECT d.*, CASE WHEN d.status = 'entered-in-error' THEN coalesce(i.category, d.category) ELSE d.category END AS kind, coalesce(i.version, 0) AS last, i.entered_at AS last_at, d.id = ANY (fresh_ids) AS is_fresh,
            d.status = 'entered-in-error' AND i.id IS NOT NULL AND NOT EXISTS (SELECT FROM record.version v WHERE v.patient_id = l.patient_id AND v.item_id = d.id AND v.status <> 'draft' AND NOT v.never_validated) AS never_validated
        FROM unnest(rows) d LEFT JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id
    ), fresh AS (
        -- the text may be narrower than its line: who sees that there is an appointment is not told why (ACS-2)
        SELECT *, sha256(convert_to(resource, 'UTF8')) AS sum /* of what was sent, without number and instant: the same sent again is the same */, CASE WHEN status = 'entered-in-error' THEN coalesce((SELECT v.category FROM record.version v WHERE v.patient_id = l.patient_id AND v.item_id = incoming.id AND v.version = last), inside, kind) ELSE coalesce(inside, kind) END AS inside_kind FROM incoming WHERE is_fresh
    ), versions AS (
        INSERT INTO record.version (patient_id, item_id, version, institution_id, category, status, title, author_id, author_name, reason, withdrawn, never_validated, entry_id, resource, sha256)
        SELECT l.patient_id, id, last + 1, l.institution_id, inside_kind, status, title, coalesce(writer, author_id), CASE WHEN writer IS NULL THEN coalesce(author_name, '') ELSE l.person_name END, coalesce(reason, ''), coalesce(withdrawn, false), never_validated, l.id, record.stamped(resource, stamp, last + 1, now()), sum FROM fresh
    ), heads AS (
        INSERT INTO record.item AS it (patient_id, id, version, type, institution_id, category, status, withdrawn, never_validated, internal_only, title, language, code_system, code, clinical_at, entered_at,
                                 author_id, author_name, value_num, value_text, unit, low, high, flag, part_of, short, search, tokens, keys, facts)
        SELECT l.patient_id, id, last + 1, type, l.institution_id, kind, status, coalesce(withdrawn, false), never_validated, coalesce(internal_only, false), title, language, code_system, code, clinical_at, now(),
               coalesce(writer, author_id), CASE WHEN writer IS NULL THEN coalesce(author_name, '') ELSE l.person_name END, value_num, value_text, unit, low, high, flag, part_of, coalesce(short, '{}'), record.words(language, title, search_text),
               coalesce(tokens, '{}'), coalesce(keys, '{}'), coalesce(facts, '{}')
        FROM fresh
        ON CONFLICT (patient_id, id) DO UPDATE SET
            version = excluded.version, category = excluded.category, status = excluded.status, withdrawn = excluded.withdrawn, never_validated = excluded.never_validated, internal_only = excluded.internal_only OR it.internal_only, title = excluded.title,
            language = excluded.language, code_system = excluded.code_system, code = excluded.code, clinical_at = excluded.clinical_at, entered_at = excluded.entered_at,
            author_id = excluded.author_id, author_name = excluded.author_name, value_num = excluded.value_num, value_text = excluded.value_text, unit = excluded.unit,
            low = excluded.low, high = excluded.high, flag = excluded.flag, part_of = excluded.part_of, short = excluded.short, search = excluded.search, tokens = excluded.tokens, keys = excluded.keys, facts = excluded.facts
    ), places AS (
        INSERT INTO record.directory (id, patient_id, institution_id, is_patient) SELECT id, l.patient_id, l.institution_id, type = 'Patient' FROM fresh WHERE last = 0
    ), files AS (
        INSERT INTO record.attachment (patient_id, item_id, version, sha256, name, media_type, size)
        SELECT l.patient_id, f.id, f.last + 1, decode(a ->> 'sha256', 'hex'), a ->> 'name', a ->> 'media_type', (a ->> 'size')::integer FROM fresh f, jsonb_array_elements(f.attachments) a
        WHERE jsonb_typeof(f.attachments) = 'array' ON CONFLICT DO NOTHING
    )
    SELECT i.id, i.last + i.is_fresh::integer, CASE WHEN NOT i.is_fresh THEN 'unchanged' WHEN i.last = 0 THEN 'created' ELSE 'updated' END, CASE WHEN i.is_fresh THEN now() ELSE i.last_at END
    FROM incoming i;

    IF EXISTS (SELECT FROM unnest(rows) d WHERE d.part_of IS NOT NULL AND d.id = ANY (fresh_ids)) THEN
        -- two that hold each other, or one itself: no list would show them
        UPDATE record.item k SET part_of = NULL WHERE k.patient_id = l.patient_id AND k.id = ANY (record.held_by_own_part(l.patient_id, fresh_ids));
        PERFORM record.inherit_marks(l.patient_id, fresh_ids);
    END IF;
    INSERT INTO record.presence (patient_id, institution_id) VALUES (l.patient_id, l.institution_id) ON CONFLICT DO NOTHING;
    IF EXISTS (SELECT FROM notices.subscription u WHERE u.state = 'active') THEN
        PERFORM notices.happened(l, rows, fresh_ids);
    END IF;
    PERFORM relations.from_work(l, d.id, d.type, d.work) FROM unnest(rows) d WHERE jsonb_typeof(d.work) = 'object' AND d.id = ANY (fresh_ids);
END
$$;
