-- Search across the patients of one institution: for its own system alone, in what the institution itself made (ACS-5). Two transactions in one flush, as
-- everywhere: the first finds, names every patient found in the entry and hands out a grant; the second gives the content of exactly what was found.

-- A term (record/searching/across.py) as a condition on the line called `of`; `reach`: of an app, {type: mask of categories}. Built of quoted literals alone; `of` is a name of ours. UD010: too-deep.
DROP FUNCTION IF EXISTS record.search_condition(jsonb, text, uuid, integer);
CREATE OR REPLACE FUNCTION record.search_condition(term jsonb, of text, institution uuid, reach jsonb, depth integer) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    k text := 'k' || depth;
    -- a chain tells of the lines it leads through: an app may pass only by what its scopes reach
    fits text := CASE WHEN reach IS NULL THEN '' ELSE format(' AND gate.app_fits(%L::jsonb, %s.type, %s.category)', reach, k, k) END;
    joined text;
BEGIN
    IF depth > 12 THEN
        RAISE EXCEPTION 'too-deep' USING ERRCODE = 'UD010';
    ELSIF term ? 'keys' THEN
        RETURN format('%s.keys && %L::bigint[]', of, ARRAY(SELECT jsonb_array_elements_text(term -> 'keys')::bigint));
    ELSIF term ? 'tokens' THEN
        RETURN format('%s.tokens && %L::bigint[]', of, ARRAY(SELECT jsonb_array_elements_text(term -> 'tokens')::bigint));
    ELSIF term ? 'fact' THEN
        RETURN format('%s.facts @? %L::jsonpath', of, (term ->> 'fact')::jsonpath);
    ELSIF term ? 'ids' THEN
        -- by way of the directory: a record is found by its patient
        RETURN format('EXISTS (SELECT FROM record.directory d WHERE d.id = ANY (%2$L::uuid[]) AND d.patient_id = %1$s.patient_id AND d.id = %1$s.id)', of, ARRAY(SELECT jsonb_array_elements_text(term -> 'ids')::uuid));
    ELSIF term ? 'entered' THEN
        RETURN format('%s.entered_at >= %L::timestamptz AND %s.entered_at < %L::timestamptz', of, coalesce(term -> 'entered' ->> 'since', '-infinity')::timestamptz, of, coalesce(term -> 'entered' ->> 'until', 'infinity')::timestamptz);
    ELSIF term ? 'words' THEN
        RETURN format('%1$s.search @@ (to_tsquery(''record.plain'', %2$L) || websearch_to_tsquery(''record.nl'', %3$L) || websearch_to_tsquery(''record.fr'', %3$L) || websearch_to_tsquery(''record.de'', %3$L) || websearch_to_tsquery(''record.en'', %3$L))',
                      of, term -> 'words' ->> 'prefix', term -> 'words' ->> 'text');
    ELSIF term ? 'not' THEN
        RETURN format('NOT coalesce((%s), false)', record.search_condition(term -> 'not', of, institution, reach, depth + 1));
    ELSIF term ? 'all' OR term ? 'either' THEN
        joined := (SELECT string_agg('(' || record.search_condition(one, of, institution, reach, depth + 1) || ')', CASE WHEN term ? 'all' THEN ' AND ' ELSE ' OR ' END)
                   FROM jsonb_array_elements(coalesce(term -> 'all', term -> 'either')) one);
        RETURN coalesce(joined, CASE WHEN term ? 'all' THEN 'true' ELSE 'false' END);
    ELSIF term ? 'leads' THEN
        term := term -> 'leads';
        RETURN format('EXISTS (SELECT FROM record.item %1$s WHERE %1$s.patient_id = %2$s.patient_id AND %1$s.institution_id = %3$L::uuid AND NOT %1$s.withdrawn AND %1$s.type = ANY (%4$L::text[])
            AND (EXISTS (SELECT FROM unnest(%5$L::text[]) n (name) WHERE %2$s.facts -> n.name ? (%1$s.type || ''/'' || %1$s.id)) OR %1$s.type = ''Patient'' AND %2$s.tokens && %6$L::bigint[]) AND (%7$s)%8$s)',
            k, of, institution, ARRAY(SELECT jsonb_array_elements_text(term -> 'types')), ARRAY(SELECT jsonb_array_elements_text(term -> 'names')),
            ARRAY(SELECT jsonb_array_elements_text(term -> 'own')::bigint), record.search_condition(term -> 'term', k, institution, reach, depth + 1), fits);
    ELSIF term ? 'led-to' THEN
        term := term -> 'led-to';
        RETURN format('EXISTS (SELECT FROM record.item %1$s WHERE %1$s.patient_id = %2$s.patient_id AND %1$s.institution_id = %3$L::uuid AND NOT %1$s.withdrawn AND %1$s.type = %4$L
            AND (EXISTS (SELECT FROM unnest(%5$L::text[]) n (name) WHERE %1$s.facts -> n.name ? (%2$s.type || ''/'' || %2$s.id)) OR %2$s.type = ''Patient'' AND %1$s.tokens && %6$L::bigint[]) AND (%7$s)%8$s)',
            k, of, institution, term ->> 'type', ARRAY(SELECT jsonb_array_elements_text(term -> 'names')),
            ARRAY(SELECT jsonb_array_elements_text(term -> 'own')::bigint), record.search_condition(term -> 'term', k, institution, reach, depth + 1), fits);
    END IF;
    RAISE EXCEPTION 'no such term' USING ERRCODE = 'UD010';
END
$$;

-- What the found items bring along (_include, _revinclude), each in the record of its own patient and of the same institution; `again` in turns.
DROP FUNCTION IF EXISTS record.search_along(uuid[], jsonb, uuid);
CREATE OR REPLACE FUNCTION record.search_along(ids uuid[], includes jsonb, institution uuid, reach jsonb) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    along uuid[] := '{}';
    begin_at uuid[] := ids;
    more uuid[];
BEGIN
    FOR turn IN 1..5 LOOP
        more := ARRAY(
            SELECT DISTINCT k.id FROM unnest(begin_at) b (id) JOIN record.directory d ON d.id = b.id
                -- each line looked up by its key, however short the records seem (record/searching/page.py)
                CROSS JOIN LATERAL (SELECT i.patient_id, i.id, i.type, i.facts FROM record.item i WHERE i.patient_id = d.patient_id AND i.id = b.id OFFSET 0) s,
                jsonb_to_recordset(includes) AS n (source text, names text[], target text, again boolean, reverse boolean, own bigint[]),
                LATERAL (SELECT substring(f.one FROM '^[A-Za-z]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$')::uuid AS id, split_part(f.one, '/', 1) AS type
                         FROM unnest(n.names) m (name), jsonb_array_elements_text(s.facts -> m.name) f (one) WHERE NOT n.reverse AND s.type = n.source
                         UNION ALL
                         SELECT r.id, r.type FROM record.item r WHERE n.reverse AND r.patient_id = s.patient_id AND r.type = n.source AND n.target IN ('', s.type)
                           AND (EXISTS (SELECT FROM unnest(n.names) m (name) WHERE r.facts -> m.name ? (s.type || '/' || s.id)) OR s.type = 'Patient' AND r.tokens && n.own)) l
                CROSS JOIN LATERAL (SELECT i.id, i.type, i.category, i.institution_id, i.withdrawn FROM record.item i WHERE i.patient_id = s.patient_id AND i.id = l.id OFFSET 0) k
            WHERE (turn = 1 OR n.again) AND k.type = l.type AND (n.reverse OR n.target IN ('', k.type)) AND k.institution_id = institution AND NOT k.withdrawn AND k.id <> ALL (search_along.ids || along)
              AND (reach IS NULL OR gate.app_fits(reach, k.type, k.category))
            LIMIT 1001);
        EXIT WHEN more = '{}';
        along := along || more;
        begin_at := more;
        EXIT WHEN cardinality(along) > 1000;
    END LOOP;
    RETURN along[1:1001];
END
$$;

-- An order by what a search asked for (record/searching/page.py has the same for one record): [{"by": clinical_at | entered_at | id | number | text, "name", "descending"}], the last one unique.
-- keys: their values as texts; sorted: what ORDER BY takes; beyond: what follows the line with these values. UD010: no-such-order.
CREATE OR REPLACE FUNCTION record.search_order(sort jsonb, of text, after jsonb, OUT keys text, OUT sorted text, OUT beyond text) RETURNS record LANGUAGE plpgsql STABLE AS $$
DECLARE
    one record;
    value text;
    same text := '';
BEGIN
    FOR one IN SELECT s.nth - 1 AS nth, s.key ->> 'by' AS kind, s.key ->> 'name' AS name, (s.key ->> 'descending')::boolean AS down FROM jsonb_array_elements(sort) WITH ORDINALITY AS s (key, nth) ORDER BY s.nth LOOP
        value := CASE one.kind
            WHEN 'number' THEN format('coalesce((%s.facts #>> ARRAY[%L, ''0'', ''v''])::numeric, %s)', of, one.name, CASE WHEN one.down THEN '-1e301' ELSE '1e301' END)
            WHEN 'text' THEN format('coalesce(%s.facts #>> ARRAY[%L, ''0''], %L) COLLATE "C"', of, one.name, CASE WHEN one.down THEN '' ELSE U&'\+10FFFF' END)
            WHEN 'clinical_at' THEN of || '.clinical_at' WHEN 'entered_at' THEN of || '.entered_at' WHEN 'id' THEN of || '.id' END;
        IF value IS NULL THEN
            RAISE EXCEPTION 'no-such-order' USING ERRCODE = 'UD010';
        END IF;
        keys := concat_ws(', ', keys, format('(%s)::text', value));
        sorted := concat_ws(', ', sorted, value || CASE WHEN one.down THEN ' DESC' ELSE '' END);
        IF jsonb_array_length(after) > 0 THEN
            beyond := concat_ws(' OR ', beyond, format('(%s%s %s %L::%s)', same, value, CASE WHEN one.down THEN '<' ELSE '>' END, after ->> one.nth::integer,
                CASE one.kind WHEN 'number' THEN 'numeric' WHEN 'text' THEN 'text' WHEN 'id' THEN 'uuid' ELSE 'timestamptz' END));
            same := same || format('%s = %L AND ', value, after ->> one.nth::integer);
        END IF;
    END LOOP;
END
$$;

-- wanted: {"type", "term", "size", "by": entered_at | id, "descending", "after": [instant, id] or [id], "includes", "count": boolean, "search": the words for the entry}; instead of "by": "sort",
-- as record.search_order takes it, and "after" as it tells the last line. `lines`: how many from here on, at most size + 1; `counted`: of all, when asked; `last`: the keys of the page's last line. The entry names the patients of this page. UD010: too-deep.
DROP FUNCTION IF EXISTS record.search_across(bytea, jsonb, bytea);
CREATE FUNCTION record.search_across(secret bytea, wanted jsonb, token_hash bytea, OUT allowed boolean, OUT rule text, OUT entry bigint, OUT patients uuid[], OUT lasts timestamptz,
    OUT lines integer, OUT counted bigint, OUT last jsonb) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
    reach jsonb := CASE WHEN s.app_id IS NOT NULL THEN coalesce(gate.app_reach(s, NULL) -> 's', '{}') END;  -- of an app: {type: mask of categories}
    size integer := least((wanted ->> 'size')::integer, 1000);
    condition text;
    sign text := CASE WHEN (wanted ->> 'descending')::boolean THEN '<' ELSE '>' END;
    way text := CASE WHEN (wanted ->> 'descending')::boolean THEN 'DESC' ELSE 'ASC' END;
    beyond jsonb := wanted -> 'after';
    ids uuid[] := '{}';
    along uuid[] := '{}';
    whose uuid[] := '{}';
    told jsonb := '[]';
    o record;
BEGIN
    IF s.actor = 'machine' THEN
        condition := format('i.institution_id = %L::uuid AND i.type = %L AND NOT i.withdrawn AND (%s)', s.institution_id, wanted ->> 'type', record.search_condition(wanted -> 'term', 'i', s.institution_id, reach, 0));
        IF reach IS NOT NULL THEN
            condition := condition || format(' AND gate.app_fits(%L::jsonb, i.type, i.category)', reach);
        END IF;
        IF (wanted ->> 'count')::boolean THEN
            EXECUTE 'SELECT count(*) FROM record.item i WHERE ' || condition INTO counted;
        END IF;
        IF wanted ? 'sort' THEN
            SELECT * INTO o FROM record.search_order(wanted -> 'sort', 'i', beyond);
            EXECUTE format('SELECT coalesce(array_agg(q.id), ''{}''), coalesce(array_agg(q.patient_id), ''{}''), coalesce(jsonb_agg(q.keys), ''[]'')
                            FROM (SELECT i.id, i.patient_id, jsonb_build_array(%s) AS keys FROM record.item i WHERE %s AND (%s) ORDER BY %s LIMIT %s) q',
                           o.keys, condition, coalesce(o.beyond, 'true'), o.sorted, size + 1) INTO ids, whose, told;
        ELSE
            IF jsonb_array_length(beyond) > 0 THEN
                condition := condition || CASE WHEN wanted ->> 'by' = 'id' THEN format(' AND i.id %s %L::uuid', sign, (beyond ->> 0)::uuid)
                                               ELSE format(' AND (i.entered_at, i.id) %s (%L::timestamptz, %L::uuid)', sign, (beyond ->> 0)::timestamptz, (beyond ->> 1)::uuid) END;
            END IF;
            EXECUTE format('SELECT coalesce(array_agg(q.id), ''{}''), coalesce(array_agg(q.patient_id), ''{}'') FROM (SELECT i.id, i.patient_id FROM record.item i WHERE %s ORDER BY %s LIMIT %s) q',
                           condition, CASE WHEN wanted ->> 'by' = 'id' THEN 'i.id ' || way ELSE format('i.entered_at %s, i.id %s', way, way) END, size + 1) INTO ids, whose;
        END IF;
        last := told -> (size - 1);
        lines := cardinality(ids);
        ids := ids[1:size];
        whose := whose[1:size];
        along := record.search_along(ids, coalesce(wanted -> 'includes', '[]'), s.institution_id, reach);
    END IF;
    SELECT g.allowed, g.rule, g.entry, g.patients, g.lasts INTO allowed, rule, entry, patients, lasts
    FROM gate.grant_found(s, ARRAY(SELECT DISTINCT w FROM unnest(whose) w), ids || along, jsonb_build_object('type', left(wanted ->> 'type', 60), 'search', left(wanted ->> 'search', 1000)), token_hash) g;
    IF NOT allowed THEN
        lines := NULL;
        counted := NULL;
        last := NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION record.search_across(bytea, jsonb, bytea) IS 'application';

-- The content of what this grant found, and of nothing else: the lines of the page in their order, then what comes along.
CREATE OR REPLACE FUNCTION record.found() RETURNS TABLE (nth bigint, patient_id uuid, id uuid, type text, version integer, entered_at timestamptz, resource text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.patient_id IS NOT NULL OR l.verb <> 'fhir-search' OR l.actor <> 'machine' THEN
        RAISE EXCEPTION 'this grant found nothing' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY
    SELECT u.nth, i.patient_id, i.id, i.type, v.version, i.entered_at, v.resource
    FROM unnest(l.items) WITH ORDINALITY u (id, nth) JOIN record.directory d ON d.id = u.id
    JOIN record.item i ON i.patient_id = d.patient_id AND i.id = u.id JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id AND v.version = i.version
    WHERE i.patient_id = ANY (l.patients) AND i.institution_id = l.institution_id AND v.institution_id = l.institution_id
      AND (i.vis & l.mask_own) <> 0 AND (v.vis & l.mask_own) <> 0 AND NOT i.withdrawn
      AND (l.app_reads IS NULL OR gate.app_fits(l.app_reads, i.type, i.category))
    ORDER BY u.nth;
END
$$;
COMMENT ON FUNCTION record.found() IS 'application';
