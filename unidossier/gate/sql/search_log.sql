-- The log as those who oversee it read it (LOG-6): entries of their own institution, by what they asked for; never what stood in a record (ACS-4).
-- The medical director and the data protection officer search all of it; the ombuds service only about the patient of a request that is open.

-- A record and those merged into it, whose entries stayed where they were (REC-8).
CREATE OR REPLACE FUNCTION gate.with_merged(patient uuid) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(WITH RECURSIVE merged (id) AS (
        SELECT patient UNION SELECT m.merged FROM merged k JOIN registry.merge m ON m.kept = k.id AND m.undone_at IS NULL
    ) SELECT id FROM merged)
$$;

-- The app of an entry, {"id", "name"}: by way of which it was, or which it is about; NULL when of none.
CREATE OR REPLACE FUNCTION gate.by_way_of(detail jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN detail ? 'by-way-of' THEN jsonb_build_object('id', detail ->> 'app', 'name', detail ->> 'by-way-of') END
$$;

-- What was done to the items of an entry, where its verb alone does not tell: an interaction of FHIR, or a step of a report.
CREATE OR REPLACE FUNCTION gate.step_of(detail jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(detail ->> 'interaction', detail ->> 'step')
$$;

-- How a person is shown to the ombuds service: as the setting of the institution says (MY-15); the others see the names.
CREATE OR REPLACE FUNCTION gate.shown_in_log(institution uuid, a_function text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a_function = 'ombuds' THEN gate.setting(institution, 'log.presentation') ELSE 'named' END
$$;

-- One page of entries, newest first. What is asked stands in the entry of the search itself, so what was searched is what is on record.
-- wanted: {"log": "search", "why": ground, "since", "until": instants, "person"?, "patient"?, "verb"?, "rule"?, "outcome"?: permitted | refused, "glass"?, "people"?: no machines, "task"?, "before"?: {"at", "id"}, "size"?}
--       | {"log": "task", "task"}: those gathered in one task.
-- Each condition stands in the text of the query, or one plan would have to serve all of them.
CREATE OR REPLACE FUNCTION gate.log_page(institution uuid, a_function text, wanted jsonb) RETURNS SETOF log.entry LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    since timestamptz := (wanted ->> 'since')::timestamptz;
    until timestamptz := (wanted ->> 'until')::timestamptz;
    whose uuid[] := gate.with_merged((wanted ->> 'patient')::uuid);
    here text := 'e.institution_id = $1 AND e.at >= $2 AND e.at < $3 AND e.id >= $4 AND e.id < $5';
    places text := 'SELECT e.* FROM log.entry e WHERE ';
BEGIN
    IF wanted ->> 'log' = 'task' THEN
        RETURN QUERY SELECT e.* FROM log.entry e WHERE e.id = ANY (ARRAY(SELECT g.entry_id FROM cases.gathered g JOIN cases.task t ON t.id = g.task_id
            WHERE t.id = (wanted ->> 'task')::uuid AND t.institution_id = log_page.institution AND t.function = a_function AND g.removed_at IS NULL)) ORDER BY e.at, e.id LIMIT 500;
        RETURN;
    END IF;
    IF wanted ? 'person' THEN here := here || ' AND e.person_id = $6'; END IF;
    IF wanted ? 'verb' THEN here := here || ' AND e.verb = $8'; END IF;
    IF wanted ? 'rule' THEN here := here || ' AND e.rule = $9'; END IF;
    IF wanted ? 'outcome' THEN here := here || CASE wanted ->> 'outcome' WHEN 'refused' THEN ' AND NOT e.permitted' ELSE ' AND e.permitted' END; END IF;
    IF wanted ? 'glass' THEN here := here || ' AND e.glass_reason IS NOT NULL'; END IF;
    IF wanted ? 'people' THEN here := here || ' AND e.function <> ''machine'''; END IF;
    IF wanted ? 'before' THEN here := here || ' AND (e.at, e.id) < ($10, $11)'; END IF;
    places := places || here || CASE WHEN wanted ? 'patient' THEN ' AND e.patient_id = ANY ($7) UNION ALL SELECT e.* FROM log.listed t JOIN log.entry e ON e.id = t.entry_id WHERE t.patient_id = ANY ($7) AND ' || here ELSE '' END;
    -- an entry's month is that of its transaction's start, its instant a moment later
    RETURN QUERY EXECUTE 'SELECT * FROM (' || places || ') e ORDER BY e.at DESC, e.id DESC LIMIT $12'
        USING institution, since, until, to_char((since AT TIME ZONE 'UTC') - interval '1 hour', 'YYYYMM')::bigint * 10000000000000,
            to_char((until AT TIME ZONE 'UTC') + interval '1 month', 'YYYYMM')::bigint * 10000000000000, (wanted ->> 'person')::uuid, whose, wanted ->> 'verb', wanted ->> 'rule',
            (wanted #>> '{before,at}')::timestamptz, (wanted #>> '{before,id}')::bigint, least(coalesce((wanted ->> 'size')::integer, 50), 100);
END
$$;

-- May this function ask that? The ombuds service: only about the patient of a request of its own that is not done.
CREATE OR REPLACE FUNCTION gate.may_search(institution uuid, a_function text, wanted jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT a_function IN ('medical-director', 'data-protection-officer') OR wanted ->> 'log' = 'task'
        OR EXISTS (SELECT FROM cases.task t WHERE t.id = (wanted ->> 'task')::uuid AND t.institution_id = may_search.institution AND t.function = a_function
                   AND t.state <> 'done' AND t.patient_id = (wanted ->> 'patient')::uuid)
$$;

-- Whom a page of the log would name: asked by the gate before the grant; each is weighed like anybody at the Desk.
CREATE OR REPLACE FUNCTION gate.named_in_log(institution uuid, a_function text, wanted jsonb) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT gate.may_search(institution, a_function, wanted) THEN
        RETURN '{}';
    ELSIF wanted ? 'patient' THEN
        RETURN array_remove(ARRAY[gate.kept((wanted ->> 'patient')::uuid)], NULL);  -- whom nobody knows
    END IF;
    RETURN array_remove(ARRAY(SELECT DISTINCT gate.kept(e.patient_id) FROM gate.log_page(institution, a_function, wanted) e WHERE e.patient_id IS NOT NULL), NULL);
END
$$;

-- Under `search-log`, `gather-entries` and the verbs of cases: the page that the entry of this very grant asked for. A patient whom the reader may not deal with is not named, and
-- what was asked about him finds nothing (EXC-2, ACD-8). who: the name, a code, or '' (gate.shown_in_log). UD010 'request-missing'.
DROP FUNCTION IF EXISTS gate.found_entries();
CREATE FUNCTION gate.found_entries() RETURNS TABLE (id bigint, at timestamptz, person_id uuid, who text, presentation text, function text, verb text, categories bigint, rule text, permitted boolean,
    purpose text, glass_reason text, acting_for uuid, patient_id uuid, elsewhere boolean, named integer, origin text, device text, address text, app jsonb, step text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    wanted jsonb := (SELECT e.detail FROM log.entry e WHERE e.id = l.id);
    shown text := gate.shown_in_log(l.institution_id, l.function);
BEGIN
    IF l.act <> 'govern' OR l.verb NOT IN ('search-log', 'gather-entries', 'mediate', 'direct', 'protect') OR NOT wanted ? 'log' THEN
        RAISE EXCEPTION 'this grant does not open the log' USING ERRCODE = 'UD002';
    ELSIF NOT gate.may_search(l.institution_id, l.function, wanted) THEN
        RAISE EXCEPTION 'request-missing' USING ERRCODE = 'UD010';
    ELSIF wanted ? 'patient' AND cardinality(l.patients) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT e.id, e.at, CASE WHEN shown = 'named' THEN e.person_id END,
        CASE shown WHEN 'named' THEN e.person_name WHEN 'pseudonymised' THEN coalesce(gate.pseudonym_for(k.patient, e.person_id), '') ELSE '' END, shown,
        e.function, e.verb, e.categories, e.rule, e.permitted, e.purpose, e.glass_reason, e.acting_for,
        CASE WHEN k.patient = ANY (l.patients) THEN k.patient END, k.patient IS NOT NULL AND k.patient <> ALL (l.patients), coalesce(cardinality(e.patients), 0),
        -- from where (LOG-1): for those who answer for the log; a browser's name would tell the ombuds service what a code hides
        CASE WHEN l.function <> 'ombuds' THEN e.origin END, CASE WHEN l.function <> 'ombuds' THEN e.device END, CASE WHEN l.function <> 'ombuds' THEN e.address END,
        CASE WHEN shown <> 'anonymised' THEN gate.by_way_of(e.detail) END, gate.step_of(e.detail)
    FROM gate.log_page(l.institution_id, l.function, wanted) WITH ORDINALITY AS e,
        LATERAL (SELECT CASE WHEN wanted ? 'patient' THEN gate.kept((wanted ->> 'patient')::uuid) ELSE gate.kept(e.patient_id) END AS patient) k
    ORDER BY e.ordinality;
END
$$;
COMMENT ON FUNCTION gate.found_entries() IS 'application';

-- LOG-5: who stands behind a code of an overview or of "who looked" of the patient of the grant, at the own institution. Nobody: no row; at another one: its names alone.
-- A name is told to the ombuds service alone, for a request or an overview of its own, and with the reason. UD010 'reason-missing', 'request-missing'.
CREATE OR REPLACE FUNCTION gate.resolve_pseudonym(code text, reason text, task uuid, overview bigint) RETURNS TABLE (person_id uuid, person_name text, function text, institution jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'resolve-pseudonym' THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    ELSIF length(btrim(coalesce(reason, ''))) < 10 THEN
        RAISE EXCEPTION 'reason-missing' USING ERRCODE = 'UD010';
    ELSIF NOT EXISTS (SELECT FROM cases.task t WHERE t.id = resolve_pseudonym.task AND t.institution_id = l.institution_id AND t.function = l.function AND t.patient_id = l.patient_id AND t.state <> 'done')
          AND NOT EXISTS (SELECT FROM cases.overview o WHERE o.number = overview AND o.institution_id = l.institution_id AND o.patient_id = l.patient_id) THEN
        RAISE EXCEPTION 'request-missing' USING ERRCODE = 'UD010';
    END IF;
    RETURN QUERY
    WITH seen AS (
        SELECT e.person_id, e.person_name, e.function, e.institution_id, e.at FROM log.entry e WHERE e.patient_id = ANY (gate.with_merged(l.patient_id)) AND e.person_id IS NOT NULL
        UNION ALL SELECT t.person_id, t.person_name, t.function, t.institution_id, t.at FROM log.listed t WHERE t.patient_id = ANY (gate.with_merged(l.patient_id)) AND t.person_id IS NOT NULL
    ), people AS (
        SELECT DISTINCT ON (s.person_id, s.institution_id) s.* FROM seen s ORDER BY s.person_id, s.institution_id, s.at DESC
    )
    SELECT CASE WHEN p.institution_id = l.institution_id THEN p.person_id END, CASE WHEN p.institution_id = l.institution_id THEN p.person_name ELSE '' END, p.function, i.names
    FROM people p LEFT JOIN registry.institution i ON i.id = p.institution_id WHERE gate.pseudonym_for(l.patient_id, p.person_id) = upper(btrim(code));
END
$$;
COMMENT ON FUNCTION gate.resolve_pseudonym(text, text, uuid, bigint) IS 'application';

-- May this entry be gathered: about the patient and by the person that a case is about; where it names only one of them, at the own institution alone. A NULL asks nothing.
DROP FUNCTION IF EXISTS gate.is_entry_of(bigint, uuid, uuid);
CREATE OR REPLACE FUNCTION gate.is_entry_of(entry bigint, patient uuid, person uuid, institution uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM log.entry e WHERE e.id = entry AND num_nonnulls(is_entry_of.patient, person) > 0
        AND (is_entry_of.patient IS NULL OR e.patient_id = ANY (gate.with_merged(is_entry_of.patient))
             OR EXISTS (SELECT FROM log.listed t WHERE t.patient_id = ANY (gate.with_merged(is_entry_of.patient)) AND t.entry_id = e.id))
        AND (person IS NULL OR e.person_id = person) AND (is_entry_of.patient IS NOT NULL OR e.institution_id = is_entry_of.institution))
$$;

-- Of these entries of one institution: the patient they are all about and the person who made them all; NULL where they differ. NULL `entries`: some are not there.
CREATE OR REPLACE FUNCTION gate.in_common(entries bigint[], institution uuid, OUT patient uuid, OUT person uuid, OUT found bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN count(DISTINCT e.patient_id) = 1 AND bool_and(e.patient_id IS NOT NULL) THEN min(e.patient_id::text)::uuid END,
        CASE WHEN count(DISTINCT e.person_id) = 1 AND bool_and(e.person_id IS NOT NULL) THEN min(e.person_id::text)::uuid END, count(*)
    FROM log.entry e WHERE e.id = ANY (entries) AND e.institution_id = in_common.institution
$$;
