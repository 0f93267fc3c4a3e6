-- Professionals, their posts, institutions and teams, for the FHIR API: what of them is public (docs/adr/0026), and no more. Of a professional: name, NIHDI number, function,
-- institution; never the national number, sex, language, mail address or telephone. Each look-up is an entry, about no patient.

-- Does this session see that somebody holds such a post? Carers: everybody does. Staff and governance of an institution: those who work there, and its own system.
CREATE OR REPLACE FUNCTION registry.is_listed(s gate.session, kind text, person uuid, institution uuid) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT kind = 'carer' OR person = s.person_id OR kind IN ('staff', 'governance') AND institution = s.institution_id AND s.actor IN ('inside', 'staff', 'governance', 'machine')
$$;

CREATE OR REPLACE FUNCTION registry.nihdi_of(person uuid, OUT numbers jsonb) LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('system', n.system, 'value', n.value) ORDER BY n.system, n.value), '[]') FROM registry.person_identifier n
    WHERE n.person_id = person AND n.until_at IS NULL AND n.system IN ('https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi', 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-professional')
$$;

-- Names in each language, and as they are compared: without case, accents and signs.
CREATE OR REPLACE FUNCTION registry.names_of(names jsonb) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(value ORDER BY key), '{}') FROM jsonb_each_text(names)
$$;
CREATE OR REPLACE FUNCTION registry.name_keys(names jsonb) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(btrim(regexp_replace(translate(lower(public.unaccent(value)), '''’', ''), '[^[:alnum:]]+', ' ', 'g')) ORDER BY key), '{}') FROM jsonb_each_text(names)
$$;

-- All lines of one type that a session may know of; only those ids and those people, unless NULL.
-- `names` are sort keys: family and given of a person, or the name in each language.
CREATE OR REPLACE FUNCTION registry.directory(s gate.session, type text, only_ids uuid[], only_people uuid[]) RETURNS TABLE (id uuid, names text[], texts text[], numbers jsonb, active boolean, person_id uuid, institution_id uuid, function text, facts jsonb)
LANGUAGE sql STABLE AS $$
    SELECT h.id, string_to_array(h.sort_key, E'\x01'), ARRAY[h.family, h.given], registry.nihdi_of(h.id), p.active, h.id, NULL::uuid, NULL::text,
        jsonb_build_object('family', h.family, 'given', h.given, 'numbers', registry.nihdi_of(h.id), 'active', p.active)
    FROM registry.person h
    CROSS JOIN LATERAL (SELECT bool_or(e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)) AS active FROM registry.employment e JOIN gate.function f ON f.slug = e.function
        WHERE e.person_id = h.id AND registry.is_listed(s, f.kind, h.id, e.institution_id) HAVING count(*) > 0) p
    WHERE directory.type = 'Practitioner' AND h.professional AND (only_ids IS NULL OR h.id = ANY (only_ids)) AND (only_people IS NULL OR h.id = ANY (only_people))
    UNION ALL
    SELECT e.id, string_to_array(h.sort_key, E'\x01'), ARRAY[h.family, h.given], registry.nihdi_of(h.id), p.active, h.id, e.institution_id, e.function,
        jsonb_build_object('person', h.id, 'name', h.given || ' ' || h.family, 'institution', i.id, 'institution_names', i.names, 'language', i.language, 'function', e.function, 'words', f.words,
            'from', e.from_at, 'until', e.until_at, 'active', p.active)
    FROM registry.employment e JOIN registry.person h ON h.id = e.person_id JOIN registry.institution i ON i.id = e.institution_id JOIN gate.function f ON f.slug = e.function
    CROSS JOIN LATERAL (SELECT e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at) AS active) p
    WHERE directory.type = 'PractitionerRole' AND h.professional AND (only_ids IS NULL OR e.id = ANY (only_ids)) AND (only_people IS NULL OR h.id = ANY (only_people))
      AND registry.is_listed(s, f.kind, h.id, e.institution_id)
    UNION ALL
    SELECT i.id, registry.name_keys(i.names), registry.names_of(i.names), n.numbers, true, NULL, NULL, CASE WHEN i.network THEN 'prov' END,
        jsonb_build_object('names', i.names, 'language', i.language, 'network', i.network, 'numbers', n.numbers) || CASE WHEN i.network THEN jsonb_build_object('contact', i.contact) ELSE '{}' END
    FROM registry.institution i
    CROSS JOIN LATERAL (SELECT to_jsonb(array_remove(ARRAY[
        CASE WHEN i.nihdi IS NOT NULL THEN jsonb_build_object('system', 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-organization', 'value', i.nihdi) END,
        CASE WHEN i.cbe IS NOT NULL THEN jsonb_build_object('system', 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/cbe', 'value', i.cbe) END], NULL)) AS numbers) n
    WHERE directory.type = 'Organization' AND (only_ids IS NULL OR i.id = ANY (only_ids))
    UNION ALL
    SELECT t.id, registry.name_keys(t.names), registry.names_of(t.names), '[]'::jsonb, true, NULL, t.institution_id, CASE WHEN directory.type = 'Organization' THEN 'dept' END,
        jsonb_build_object('names', t.names, 'language', i.language, 'network', i.network, 'kind', t.kind, 'institution', t.institution_id, 'institution_names', i.names, 'numbers', '[]'::jsonb)
    FROM registry.team t JOIN registry.institution i ON i.id = t.institution_id WHERE directory.type IN ('Organization', 'Location', 'HealthcareService') AND (only_ids IS NULL OR t.id = ANY (only_ids))
$$;

-- What a sender named and no record holds (registry.keep_foreign): to its own institution as it came; of others who writes, with name and public numbers.
CREATE OR REPLACE FUNCTION registry.foreign_told(s gate.session, f registry.foreign_resource) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN s.actor = 'machine' AND s.institution_id = f.institution_id THEN jsonb_build_object('text', f.resource)
        WHEN f.type IN ('Practitioner', 'Organization') THEN jsonb_build_object('resource', jsonb_strip_nulls(jsonb_build_object('resourceType', f.type, 'id', f.id,
            'identifier', (SELECT jsonb_agg(jsonb_build_object('system', i -> 'system', 'value', i -> 'value')) FROM jsonb_array_elements(r -> 'identifier') i
                WHERE i ? 'value' AND i ->> 'system' LIKE 'https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/%' AND substring(i ->> 'system' FROM '[^/]*$') IN ('nihdi', 'nihdi-professional', 'nihdi-organization', 'cbe')),
            'name', CASE WHEN f.type = 'Organization' THEN r -> 'name' ELSE (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('family', n -> 'family', 'given', n -> 'given', 'text', n -> 'text')))
                FROM jsonb_array_elements(r -> 'name') n WHERE n ->> 'use' IS DISTINCT FROM 'old' AND n ->> 'use' IS DISTINCT FROM 'maiden') END))) END
    FROM (SELECT f.resource::jsonb AS r) one
$$;

-- May an app look up this type? By its scopes, for the patient it was opened for too; who its user is it may always know when it was told so (`fhirUser`).
CREATE OR REPLACE FUNCTION registry.may_look_up(s gate.session, interaction text, type text, ids uuid[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT s.app_id IS NULL OR coalesce(gate.app_reach(s, s.app_patient) -> interaction, '{}') ?| ARRAY[type, '*']
        OR interaction = 'r' AND type = 'Practitioner' AND ids = ARRAY[s.person_id] AND 'fhirUser' = ANY (string_to_array(s.app_scope, ' '))
$$;

-- Of a session that stands: UD001 when it is over.
CREATE OR REPLACE FUNCTION registry.asking(secret bytea) RETURNS gate.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
BEGIN
    IF gate.holds(s, clock_timestamp()) IS NULL OR s.strong_at IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    END IF;
    PERFORM gate.touch(s);
    RETURN s;
END
$$;

-- By id: {"Practitioner": [id], "Organization": [id] ...}. Facts of the registry, or {"text"} | {"resource"} of what a sender named. One entry; what the scopes of an app do not name is not there.
CREATE OR REPLACE FUNCTION registry.look_up(secret bytea, wanted jsonb) RETURNS TABLE (type text, id uuid, facts jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    s gate.session := registry.asking(secret);
    asked jsonb := (SELECT coalesce(jsonb_object_agg(w.key, w.value), '{}') FROM jsonb_each(wanted) w
                    WHERE registry.may_look_up(s, 'r', w.key, ARRAY(SELECT jsonb_array_elements_text(w.value)::uuid)));
    may boolean := asked <> '{}' OR wanted = '{}';
    kind text;
    ids uuid[];
    ours uuid[];
BEGIN
    PERFORM gate.write_entry(s, NULL, NULL, 'fhir-directory', 0, NULL, jsonb_build_object('ids', wanted), CASE WHEN may THEN 'XCH-1.directory' ELSE 'XCH-1.scope' END, may);
    FOR kind, ids IN SELECT w.key, ARRAY(SELECT jsonb_array_elements_text(w.value)::uuid) FROM jsonb_each(asked) w LOOP
        ours := ARRAY(SELECT d.id FROM registry.directory(s, kind, ids, NULL) d);
        RETURN QUERY SELECT kind, d.id, d.facts FROM registry.directory(s, kind, ids, NULL) d;
        -- to a system what its own house sent; to others what came first under this id: no other house speaks for it
        RETURN QUERY SELECT kind, f.id, f.told FROM (
            SELECT DISTINCT ON (x.id) x.id, registry.foreign_told(s, x) AS told FROM registry.foreign_resource x
            WHERE x.id = ANY (ids) AND x.type = kind AND x.id <> ALL (ours)
              AND (s.actor = 'machine' AND x.institution_id = s.institution_id
                OR x.institution_id = (SELECT y.institution_id FROM registry.foreign_resource y WHERE y.id = x.id AND y.type = kind ORDER BY y.entered_at LIMIT 1))
            ORDER BY x.id, x.institution_id IS NOT DISTINCT FROM s.institution_id DESC, x.entered_at DESC) f WHERE f.told IS NOT NULL;
    END LOOP;
END
$$;
COMMENT ON FUNCTION registry.look_up(bytea, jsonb) IS 'application';

-- Whom a search can mean at most, by the number, the name or the house that it names first; more than 1,000 are as many as too many. NULL: anybody.
CREATE OR REPLACE FUNCTION registry.people_meant(wanted jsonb, institutions uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    numbers text[] := ARRAY(SELECT w ->> 'value' FROM jsonb_array_elements(wanted -> 'numbers' -> 0) w);
    parts text[] := ARRAY(SELECT w ->> 'key' FROM jsonb_array_elements(wanted -> 'names' -> 0) w);
BEGIN
    IF wanted ? 'numbers' AND array_position(numbers, NULL) IS NULL THEN
        RETURN ARRAY(SELECT DISTINCT n.person_id FROM registry.person_identifier n WHERE n.until_at IS NULL AND n.value = ANY (numbers) LIMIT 1001);
    ELSIF wanted ? 'names' THEN
        RETURN ARRAY(SELECT h.id FROM registry.person h WHERE h.professional AND EXISTS (SELECT FROM unnest(parts) p WHERE position(p IN h.sort_key) > 0) LIMIT 1001);
    ELSIF wanted ? 'institutions' THEN
        RETURN ARRAY(SELECT DISTINCT e.person_id FROM registry.employment e WHERE e.institution_id = ANY (institutions));
    END IF;
    RETURN NULL;
END
$$;

-- By search. wanted: {"ids", "persons", "institutions": [id]} one of them each; "numbers": [[{"system"?, "value"?}]], "names": [[{"in": any|family|given, "as": start|exact|contains, "text": sort key, or as it is written for exact; "key": sort key}]],
-- "functions": [[text]], each list one of which must fit; "active": boolean; "descending": boolean; "after": [name, id]; "size"; "search": the words for the entry. `found`: how many fit in all.
-- People of another institution are sought by who they are (id, number, name of two letters), never all of a house or a function (ADR 26). UD010: too-wide.
CREATE OR REPLACE FUNCTION registry.search_directory(secret bytea, type text, wanted jsonb) RETURNS TABLE (allowed boolean, id uuid, facts jsonb, sort text, found bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    s gate.session := registry.asking(secret);
    may boolean := registry.may_look_up(s, 's', search_directory.type, NULL);
    ids uuid[] := CASE WHEN wanted ? 'ids' THEN ARRAY(SELECT jsonb_array_elements_text(wanted -> 'ids')::uuid) END;
    people uuid[] := CASE WHEN wanted ? 'persons' THEN ARRAY(SELECT jsonb_array_elements_text(wanted -> 'persons')::uuid) END;
    page uuid[];
    total bigint;
    institutions uuid[] := ARRAY(SELECT jsonb_array_elements_text(wanted -> 'institutions')::uuid);
    down boolean := coalesce((wanted ->> 'descending')::boolean, false);
BEGIN
    IF search_directory.type IN ('Practitioner', 'PractitionerRole') AND NOT wanted ?| ARRAY['ids', 'persons'] AND institutions <> ARRAY[s.institution_id]
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'numbers') a WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(a) n WHERE NOT n ? 'value'))
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'names') a WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(a) n WHERE length(n ->> 'text') < 2)) THEN
        RAISE EXCEPTION 'too-wide' USING ERRCODE = 'UD010';
    END IF;
    PERFORM gate.write_entry(s, NULL, NULL, 'fhir-directory', 0, NULL, jsonb_build_object('type', search_directory.type, 'search', left(wanted ->> 'search', 1000)),
        CASE WHEN may THEN 'XCH-1.directory' ELSE 'XCH-1.scope' END, may);
    IF search_directory.type LIKE 'Practitioner%' AND ids IS NULL AND people IS NULL THEN
        people := registry.people_meant(wanted, institutions);
        IF cardinality(people) > 1000 AND institutions <> ARRAY[s.institution_id] THEN
            RAISE EXCEPTION 'too-wide' USING ERRCODE = 'UD010';
        END IF;
    END IF;
    IF NOT may THEN
        RETURN QUERY SELECT false, NULL::uuid, NULL::jsonb, NULL::text, 0::bigint;
        RETURN;
    END IF;
    -- what is told of them is gathered for one page alone
    WITH fits AS (
        SELECT d.id, coalesce(array_to_string(d.names, ' '), '') AS sort FROM registry.directory(s, search_directory.type, ids, people) d
        WHERE (NOT wanted ? 'institutions' OR d.institution_id = ANY (institutions))
          AND (NOT wanted ? 'active' OR d.active = (wanted ->> 'active')::boolean)
          AND (NOT wanted ? 'functions' OR NOT EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'functions') a WHERE NOT EXISTS (SELECT FROM jsonb_array_elements_text(a) one WHERE one = d.function)))
          AND (NOT wanted ? 'numbers' OR NOT EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'numbers') a WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(a) w, jsonb_array_elements(d.numbers) n
                WHERE (NOT w ? 'system' OR n ->> 'system' = w ->> 'system') AND (NOT w ? 'value' OR n ->> 'value' = w ->> 'value'))))
          AND (NOT wanted ? 'names' OR NOT EXISTS (SELECT FROM jsonb_array_elements(wanted -> 'names') a WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(a) w, unnest(d.names, d.texts) WITH ORDINALITY k (name, told, nth)
                WHERE (w ->> 'in' = 'any' OR k.nth = CASE w ->> 'in' WHEN 'family' THEN 1 ELSE 2 END)
                  AND CASE w ->> 'as' WHEN 'exact' THEN k.told = w ->> 'text' WHEN 'contains' THEN position(w ->> 'text' IN k.name) > 0 ELSE gate.is_called(k.name, w ->> 'text') END)))
    )
    SELECT coalesce(array_agg(f.id), '{}'), (SELECT count(*) FROM fits) INTO page, total FROM (
        SELECT f.id FROM fits f, (SELECT wanted -> 'after' ->> 0 AS sort, (wanted -> 'after' ->> 1)::uuid AS id) a
        WHERE NOT wanted ? 'after' OR CASE WHEN down THEN (f.sort, f.id) < (a.sort, a.id) ELSE (f.sort, f.id) > (a.sort, a.id) END
        ORDER BY CASE WHEN NOT down THEN f.sort END, CASE WHEN down THEN f.sort END DESC, CASE WHEN NOT down THEN f.id END, CASE WHEN down THEN f.id END DESC LIMIT least((wanted ->> 'size')::integer, 200) + 1) f;
    RETURN QUERY SELECT true, d.id, d.facts, coalesce(array_to_string(d.names, ' '), '') AS sort, total FROM registry.directory(s, search_directory.type, page, NULL) d ORDER BY array_position(page, d.id);
END
$$;
COMMENT ON FUNCTION registry.search_directory(bytea, text, jsonb) IS 'application';
