-- Bulk Data export of an institution's own data (HL7 Bulk Data Access 2.0; ACS-5: a machine sees nothing of others).
-- The request is an entry; each page names its patients in an entry of its own under a new decision (T24); the fetching of a file is an entry.

-- The session of a machine account that may read, or the refusal as an entry.
CREATE OR REPLACE FUNCTION record.exporter(secret bytea, detail jsonb) RETURNS gate.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
BEGIN
    IF gate.holds(s, clock_timestamp()) IS NULL OR s.strong_at IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    ELSIF s.actor <> 'machine' OR gate.rights_of(s.function, 'read') = 0
       -- an app takes out whole types that its scopes name; how an export stands is told to any
       OR NOT gate.app_covers(s, CASE WHEN detail ? 'types' THEN detail -> 'types' WHEN detail ? 'fetched' THEN jsonb_build_array(detail -> 'fetched') WHEN detail ? 'export' THEN '[]' ELSE '["*"]' END) THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'bulk-export', 0, NULL, detail, 'ACS-1.function', false);
        RETURN NULL;
    END IF;
    RETURN s;
END
$$;

-- The condition on the line `of` that the filters of an export say: of types without one everything. An app passes by way of what its scopes reach alone. UD010 'too-deep'.
CREATE OR REPLACE FUNCTION record.export_filter(filters jsonb, of text, institution uuid, app jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    s gate.session;
BEGIN
    s.app_opens := app -> 'opens';
    RETURN (SELECT coalesce(string_agg(format('(%1$s.type <> %2$L OR (%3$s))', of, f.key,
        record.search_condition(f.value, of, institution, CASE WHEN app IS NOT NULL THEN coalesce(gate.app_reach(s, NULL) -> 's', '{}') END, 0)), ' AND '), 'true') FROM jsonb_each(coalesce(filters, '{}')) f);
END
$$;

-- One's own: of the same institution, and for an app what it asked for itself (Bulk Data 2.0, 2.2: files are for the client that asked).
CREATE OR REPLACE FUNCTION record.is_own(s gate.session, e record.export) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT e.institution_id = s.institution_id AND (s.app_id IS NULL OR (e.app ->> 'id')::uuid IS NOT DISTINCT FROM s.app_id)
$$;

-- wanted: {"request", "level", "team", "patients", "types", "since", "typeFilter": as asked, "filters": {type: term}, "elements"}. UD010 'too-many-running', 'too-many-kept', 'no-such-group', 'too-deep'. NULL: refused.
CREATE OR REPLACE FUNCTION record.start_export(secret bytea, new_id uuid, wanted jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := record.exporter(secret, wanted - ARRAY['patients', 'filters']);
    team uuid := (wanted ->> 'team')::uuid;
    count_all integer;
    entry bigint;
BEGIN
    IF s.id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('export|' || s.institution_id, 7));
    IF team IS NOT NULL AND NOT EXISTS (SELECT FROM registry.team t WHERE t.id = team AND t.institution_id = s.institution_id) THEN
        RAISE EXCEPTION 'no-such-group' USING ERRCODE = 'UD010';
    ELSIF (SELECT count(*) FROM record.export e WHERE e.institution_id = s.institution_id AND e.state IN ('waiting', 'running')) >= 2 THEN
        RAISE EXCEPTION 'too-many-running' USING ERRCODE = 'UD010';
    ELSIF (SELECT count(*) FROM record.export e WHERE e.institution_id = s.institution_id AND e.state = 'complete') >= 10 THEN
        RAISE EXCEPTION 'too-many-kept' USING ERRCODE = 'UD010';
    END IF;
    PERFORM record.export_filter(wanted -> 'filters', 'i', s.institution_id, gate.app_of(s));  -- told now, not by the worker
    count_all := (SELECT count(*) FROM record.presence h WHERE h.institution_id = s.institution_id);
    entry := gate.write_entry(s, NULL, NULL, 'bulk-export', 2097151, NULL, (wanted - ARRAY['patients', 'filters']) || jsonb_build_object('export', new_id, 'state', 'asked', 'patients', count_all), 'ACS-5.institution', true);
    INSERT INTO record.export (id, institution_id, person_id, employment_id, app, request, level, team_id, patients, types, since_at, filters, elements, waits_for, foreign_done, patients_all, entry_id)
    SELECT new_id, s.institution_id, s.person_id, s.employment_id, gate.app_of(s), wanted ->> 'request', wanted ->> 'level', team,
           -- a Patient is known by the id that his institution gave him, or by ours
           CASE WHEN wanted ? 'patients' THEN ARRAY(SELECT DISTINCT gate.kept(coalesce(d.patient_id, p::uuid)) FROM jsonb_array_elements_text(wanted -> 'patients') p LEFT JOIN record.directory d ON d.id = p::uuid) END,
           CASE WHEN wanted ? 'types' THEN ARRAY(SELECT jsonb_array_elements_text(wanted -> 'types')) END,
           (wanted ->> 'since')::timestamptz, wanted -> 'filters',
           CASE WHEN wanted ? 'elements' THEN ARRAY(SELECT jsonb_array_elements_text(wanted -> 'elements')) END,
           -- what the application had begun to store before this instant belongs to it, and is waited for
           ARRAY(SELECT k.virtualtransaction FROM pg_locks k JOIN pg_stat_activity a ON a.pid = k.pid AND a.datname = current_database() AND a.usename = session_user
                 WHERE k.locktype = 'virtualxid' AND k.pid <> pg_backend_pid()),
           wanted ->> 'level' <> 'system', count_all, entry;
    RETURN new_id;
END
$$;
COMMENT ON FUNCTION record.start_export IS 'application';

-- How an export stands: {"state", "fault", "request", "at", "ends", "looked_at", "patients_all", "files": [{"type", "lines"}]}; NULL when it is of nobody, of another institution or app, or over.
CREATE OR REPLACE FUNCTION record.export_state(secret bytea, export uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := record.exporter(secret, jsonb_build_object('export', export));
BEGIN
    RETURN (SELECT jsonb_build_object('state', e.state, 'fault', e.fault, 'request', e.request, 'at', e.at, 'ends', e.ends_at, 'looked_at', e.looked_at, 'patients_all', e.patients_all, 'files',
                (SELECT coalesce(jsonb_agg(jsonb_build_object('type', f.type, 'lines', f.lines) ORDER BY f.type), '[]')
                 FROM (SELECT p.type, sum(p.lines) AS lines FROM record.export_part p WHERE p.export_id = e.id GROUP BY p.type) f))
            FROM record.export e WHERE e.id = export AND record.is_own(s, e) AND e.state NOT IN ('cancelled', 'expired') AND e.ends_at > clock_timestamp());
END
$$;
COMMENT ON FUNCTION record.export_state IS 'application';

-- The pieces of one file, in order, with the entry that says that it was fetched; NULL when there is no such file.
CREATE OR REPLACE FUNCTION record.fetch_export(secret bytea, export uuid, type text) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := record.exporter(secret, jsonb_build_object('export', export, 'fetched', left(type, 60)));
    parts jsonb;
    lines bigint;
BEGIN
    SELECT jsonb_agg(p.nth ORDER BY p.nth), sum(p.lines) INTO parts, lines FROM record.export e JOIN record.export_part p ON p.export_id = e.id
    WHERE e.id = export AND record.is_own(s, e) AND e.state = 'complete' AND e.ends_at > clock_timestamp() AND p.type = fetch_export.type;
    IF s.id IS NOT NULL THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'bulk-export', CASE WHEN parts IS NULL THEN 0 ELSE 2097151 END, NULL,
            jsonb_build_object('export', export, 'fetched', left(type, 60), 'resources', lines), CASE WHEN parts IS NULL THEN 'ACS-5.machine' ELSE 'ACS-5.institution' END, parts IS NOT NULL);
    END IF;
    RETURN parts;
END
$$;
COMMENT ON FUNCTION record.fetch_export IS 'application';

-- The machine ends its export, or throws the files away. False when there is none.
CREATE OR REPLACE FUNCTION record.end_export(secret bytea, export uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := record.exporter(secret, jsonb_build_object('export', export));
BEGIN
    UPDATE record.export e SET state = 'cancelled' WHERE e.id = export AND record.is_own(s, e) AND e.state NOT IN ('cancelled', 'expired');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM gate.write_entry(s, NULL, NULL, 'bulk-export', 0, NULL, jsonb_build_object('export', export, 'state', 'cancelled'), 'ACS-5.institution', true);
    RETURN true;
END
$$;
COMMENT ON FUNCTION record.end_export IS 'application';

-- Whom an item of this kind would be handed out of: the same condition for counting and for reading.
CREATE OR REPLACE FUNCTION record.is_exported(e record.export, type text, entered_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (e.types IS NULL OR type = ANY (e.types)) AND (e.since_at IS NULL OR entered_at > e.since_at)
$$;

-- The patients of the next page: at most 100 and about 2,000 items; `upto` is the last one looked at, `is_last` when nobody follows.
CREATE OR REPLACE FUNCTION record.plan_export(e record.export) RETURNS jsonb LANGUAGE sql STABLE AS $$
    WITH near AS (
        SELECT h.patient_id FROM record.presence h
        WHERE h.institution_id = e.institution_id AND (h.patient_id > e.after_patient OR e.after_item IS NOT NULL AND h.patient_id = e.after_patient)
        ORDER BY h.patient_id LIMIT 1000
    ), sized AS (
        SELECT n.patient_id, count(i.id) + (e.since_at IS NULL AND (e.types IS NULL OR 'Patient' = ANY (e.types)))::integer AS items
        FROM near n LEFT JOIN record.item i ON i.patient_id = n.patient_id AND i.institution_id = e.institution_id AND record.is_exported(e, i.type, i.entered_at)
            AND (NOT i.withdrawn OR e.since_at IS NOT NULL)
        WHERE (e.patients IS NULL OR n.patient_id = ANY (e.patients))
          AND (e.team_id IS NULL OR EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = n.patient_id AND r.team_id = e.team_id AND r.state = 'in-force'
                                            AND r.starts_at <= clock_timestamp() AND clock_timestamp() < r.ends_at))
        GROUP BY n.patient_id
    ), running AS (
        SELECT patient_id, sum(items) OVER w AS total, row_number() OVER w AS nth FROM sized WHERE items > 0 WINDOW w AS (ORDER BY patient_id)
    ), chosen AS (
        SELECT coalesce(array_agg(patient_id ORDER BY patient_id), '{}') AS patients FROM running WHERE nth = 1 OR nth <= 100 AND total <= 2000
    ), left_over AS (
        SELECT EXISTS (SELECT FROM running WHERE patient_id <> ALL ((SELECT patients FROM chosen)::uuid[])) AS any
    )
    SELECT jsonb_build_object('patients', to_jsonb(c.patients),
        'upto', CASE WHEN l.any THEN c.patients[cardinality(c.patients)] ELSE (SELECT n.patient_id FROM near n ORDER BY n.patient_id DESC LIMIT 1) END,
        'is_last', NOT l.any AND (SELECT count(*) FROM near) < 1000)
    FROM chosen c, left_over l
$$;

-- An export is complete, or failed, with the entry that says so and what it holds.
CREATE OR REPLACE FUNCTION record.close_export(s gate.session, e record.export, state text, fault text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE record.export x SET state = close_export.state, fault = close_export.fault, ends_at = clock_timestamp() + interval '1 day' WHERE x.id = e.id;
    PERFORM gate.write_entry(s, NULL, NULL, 'bulk-export', CASE state WHEN 'complete' THEN 2097151 ELSE 0 END, NULL,
        jsonb_build_object('export', e.id, 'state', state, 'fault', fault, 'types', (SELECT jsonb_agg(DISTINCT p.type) FROM record.export_part p WHERE p.export_id = e.id),
            'resources', (SELECT sum(p.lines) FROM record.export_part p WHERE p.export_id = e.id)), 'ACS-5.institution', true);
END
$$;

-- The worker takes the export that waits longest, for half a minute: {"id", "person", "employment", "institution", "page", "after_patient", "after_item", "foreign_done", "bytes", "next": a plan}.
-- Those whose files have had their day end here.
CREATE OR REPLACE FUNCTION record.take_export(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'take-export');
    e record.export;
    s gate.session;
BEGIN
    UPDATE record.export x SET state = 'expired' WHERE x.ends_at <= clock_timestamp() AND x.state NOT IN ('expired', 'cancelled');
    SELECT * INTO e FROM record.export x
    WHERE x.state IN ('waiting', 'running') AND x.leased_until < clock_timestamp() AND x.id = coalesce((c ->> 'export')::uuid, x.id)
      -- no transaction of the application lasts longer than ten seconds (database/sql/roles.sql)
      AND (x.at < clock_timestamp() - interval '12 seconds' OR NOT EXISTS (SELECT FROM pg_locks k WHERE k.locktype = 'virtualxid' AND k.virtualtransaction = ANY (x.waits_for)))
    ORDER BY x.at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF e.id IS NULL THEN
        RETURN NULL;
    END IF;
    s := gate.behind(e.id, e.person_id, e.employment_id, e.at, e.app);
    IF gate.holds(s, clock_timestamp()) IS NULL THEN  -- nor for an app that was suspended (ACD-7)
        PERFORM record.close_export(s, e, 'failed', 'rights-ended');
    ELSE
        UPDATE record.export x SET state = 'running', leased_until = clock_timestamp() + interval '30 seconds' WHERE x.id = e.id;
    END IF;
    RETURN record.export_told(e.id);
END
$$;
COMMENT ON FUNCTION record.take_export IS 'application';

CREATE OR REPLACE FUNCTION record.export_told(export uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', e.id, 'state', e.state, 'person', e.person_id, 'employment', e.employment_id, 'page', e.page, 'types', e.types, 'since', e.since_at, 'elements', e.elements, 'filtered', ARRAY(SELECT jsonb_object_keys(e.filters)),
        'after_patient', e.after_patient, 'after_item', e.after_item, 'foreign_done', e.foreign_done,
        'bytes', (SELECT coalesce(sum(p.bytes), 0) FROM record.export_part p WHERE p.export_id = e.id), 'next', record.plan_export(e))
    FROM record.export e WHERE e.id = export
$$;

-- A page lies on disk: claims {"export", "upto", "item", "parts": [{"type", "lines", "bytes"}], "foreign_done", "state", "fault", "rests": bool}. How it goes on, as take_export says.
CREATE OR REPLACE FUNCTION record.mark_export(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'mark-export');
    e record.export;
    s gate.session;
BEGIN
    SELECT * INTO e FROM record.export x WHERE x.id = (c ->> 'export')::uuid FOR UPDATE;
    s := gate.behind(e.id, e.person_id, e.employment_id, e.at, e.app);
    IF e.state = 'running' AND gate.holds(s, clock_timestamp()) IS NULL THEN
        c := c - ARRAY['parts', 'upto', 'item'] || '{"state": "failed", "fault": "rights-ended"}';
    END IF;
    IF e.state <> 'running' THEN  -- ended meanwhile: its folder goes
        RETURN record.export_told(e.id);
    END IF;
    INSERT INTO record.export_part (export_id, type, nth, lines, bytes)
    SELECT e.id, p ->> 'type', e.page, (p ->> 'lines')::integer, (p ->> 'bytes')::bigint FROM jsonb_array_elements(coalesce(c -> 'parts', '[]')) p;
    UPDATE record.export x SET page = x.page + (c ? 'parts')::integer, foreign_done = x.foreign_done OR coalesce((c ->> 'foreign_done')::boolean, false),
        after_patient = coalesce((c ->> 'upto')::uuid, x.after_patient), after_item = CASE WHEN c ? 'upto' THEN (c ->> 'item')::uuid ELSE x.after_item END,
        looked_at = CASE WHEN c ? 'upto' THEN (SELECT count(*) FROM record.presence h WHERE h.institution_id = x.institution_id AND h.patient_id <= (c ->> 'upto')::uuid) ELSE x.looked_at END,
        leased_until = CASE WHEN (c ->> 'rests')::boolean THEN clock_timestamp() ELSE clock_timestamp() + interval '30 seconds' END
    WHERE x.id = e.id;
    IF c ->> 'state' IN ('complete', 'failed') THEN
        PERFORM record.close_export(s, e, c ->> 'state', c ->> 'fault');
    END IF;
    RETURN record.export_told(e.id);
END
$$;
COMMENT ON FUNCTION record.mark_export IS 'application';

-- Which folders of exports may stay.
CREATE OR REPLACE FUNCTION record.exports_kept(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.check_word(claims, mac, 'exports-kept');
    RETURN (SELECT coalesce(jsonb_agg(e.id), '[]') FROM record.export e WHERE e.state IN ('waiting', 'running', 'complete') AND e.ends_at > clock_timestamp());
END
$$;
COMMENT ON FUNCTION record.exports_kept IS 'application';

-- The items of a page and how many are left with them (what was taken back since then too), under the grant that names its patients: own data alone, of the categories that machines read, as they were at the instant of the export.
CREATE OR REPLACE FUNCTION record.export_page(export uuid) RETURNS TABLE (patient_id uuid, item_id uuid, type text, withdrawn boolean, resource text, of_all bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l gate.live := gate.cur();
    e record.export;
    can bigint := gate.rights_of(l.function, 'read');
BEGIN
    SELECT * INTO e FROM record.export x WHERE x.id = export AND x.institution_id = l.institution_id AND x.state = 'running';
    IF l.verb <> 'bulk-export' OR e.id IS NULL THEN
        RAISE EXCEPTION 'this grant exports nothing of it' USING ERRCODE = 'UD002';
    END IF;
    -- what is filtered is found by the line as it is now; what was taken back is told whatever it was
    RETURN QUERY EXECUTE format($q$
    WITH page AS (
        SELECT i.patient_id, i.id, i.type, v.withdrawn, v.resource, row_number() OVER w AS nth, sum(octet_length(v.resource)
               + (SELECT coalesce(sum(a.size), 0) FROM record.attachment a WHERE a.patient_id = v.patient_id AND a.item_id = v.item_id AND a.version = v.version)) OVER w AS size, count(*) OVER () AS of_all
        FROM record.item i JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id
            AND v.version = CASE WHEN i.entered_at <= ($1).at THEN i.version ELSE (SELECT max(o.version) FROM record.version o WHERE o.patient_id = i.patient_id AND o.item_id = i.id AND o.entered_at <= ($1).at) END
        WHERE i.patient_id = ANY ($2) AND i.institution_id = $3 AND (i.patient_id, i.id) > (($1).after_patient, coalesce(($1).after_item, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
          AND record.is_exported($1, i.type, v.entered_at) AND (NOT v.withdrawn OR ($1).since_at IS NOT NULL) AND (v.vis & $4) <> 0 AND (v.withdrawn OR (%s))
        WINDOW w AS (ORDER BY i.patient_id, i.id)
    ) SELECT p.patient_id, p.id, p.type, p.withdrawn, p.resource, p.of_all FROM page p WHERE p.nth = 1 OR p.nth <= 2000 AND p.size <= 16777216 ORDER BY p.patient_id, p.id$q$,
        record.export_filter(e.filters, 'i', l.institution_id, e.app))
        USING e, l.patients, l.institution_id, can | (can << 21) | (can << 42);
END
$$;
COMMENT ON FUNCTION record.export_page IS 'application';

-- Those of the page whose Patient the institution never sent: shown as the registry knows them, as a reading by id does.
CREATE OR REPLACE FUNCTION record.unsent_patients() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    RETURN ARRAY(SELECT p FROM unnest(l.patients) p WHERE NOT EXISTS (SELECT FROM record.item i WHERE i.patient_id = p AND i.institution_id = l.institution_id AND i.type = 'Patient'));
END
$$;
COMMENT ON FUNCTION record.unsent_patients IS 'application';

-- What the institution sent that is about nobody (Organization, Practitioner, Location ...), of a system export: 500 at a time.
CREATE OR REPLACE FUNCTION record.export_foreign(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'export-foreign');
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'type', f.type, 'resource', f.resource) ORDER BY f.id), '[]') FROM (
        SELECT DISTINCT ON (f.id) f.id, f.type, f.resource FROM record.export e JOIN registry.foreign_resource f ON f.institution_id = e.institution_id
        WHERE e.id = (c ->> 'export')::uuid AND e.level = 'system' AND f.id > (c ->> 'after')::uuid AND record.is_exported(e, f.type, f.entered_at)
        ORDER BY f.id, f.entered_at DESC LIMIT 500) f);
END
$$;
COMMENT ON FUNCTION record.export_foreign IS 'application';
