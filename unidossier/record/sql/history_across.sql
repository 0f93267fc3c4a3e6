-- The versions of one type that an institution stored since an instant, over its patients, for its own system alone (ACS-5): in two transactions of one flush,
-- as a search is (search_across.sql). Every version of then belongs to an item whose newest version is of then or later: the index on arrival finds them.

-- wanted: {"type", "since", "size", "after": [instant, item, version] or []}. `lines`: how many from here on, at most size + 1. The entry names the patients of this page.
DROP FUNCTION IF EXISTS record.history_across(bytea, jsonb, bytea);
CREATE FUNCTION record.history_across(secret bytea, wanted jsonb, token_hash bytea, OUT allowed boolean, OUT rule text, OUT entry bigint, OUT patients uuid[], OUT lasts timestamptz,
    OUT lines integer, OUT counted bigint) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
    reach jsonb := CASE WHEN s.app_id IS NOT NULL THEN coalesce(gate.app_reach(s, NULL) -> 's', '{}') END;  -- of an app: {type: mask of categories}
    since timestamptz := (wanted ->> 'since')::timestamptz;
    beyond jsonb := wanted -> 'after';
    size integer := least((wanted ->> 'size')::integer, 1000);
    ids uuid[] := '{}';
    whose uuid[] := '{}';
BEGIN
    IF s.actor = 'machine' AND since IS NOT NULL THEN
        SELECT coalesce(array_agg(q.item_id), '{}'), coalesce(array_agg(q.patient_id), '{}') INTO ids, whose
        FROM (SELECT v.item_id, v.patient_id FROM record.item i JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id
              WHERE i.institution_id = s.institution_id AND i.type = wanted ->> 'type' AND i.entered_at >= since AND v.institution_id = s.institution_id AND v.entered_at >= since
                -- an item may have been of another category before (record/sql/store.sql)
                AND (reach IS NULL OR gate.app_fits(reach, i.type, i.category) AND gate.app_fits(reach, i.type, v.category))
                AND (jsonb_array_length(beyond) = 0 OR (v.entered_at, v.item_id, v.version) < ((beyond ->> 0)::timestamptz, (beyond ->> 1)::uuid, (beyond ->> 2)::integer))
              ORDER BY v.entered_at DESC, v.item_id DESC, v.version DESC LIMIT size + 1) q;
        lines := cardinality(ids);
        ids := ids[1:size];
        whose := whose[1:size];
    END IF;
    SELECT g.allowed, g.rule, g.entry, g.patients, g.lasts INTO allowed, rule, entry, patients, lasts
    FROM gate.grant_found(s, ARRAY(SELECT DISTINCT w FROM unnest(whose) w), ARRAY(SELECT DISTINCT o FROM unnest(ids) o),
                          jsonb_build_object('type', left(wanted ->> 'type', 60), 'interaction', 'history-type', 'since', since), token_hash) g;
    IF NOT allowed THEN
        lines := NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION record.history_across(bytea, jsonb, bytea) IS 'application';

-- The versions of what this grant found, the same page again: newest first.
CREATE OR REPLACE FUNCTION record.found_versions(since timestamptz, beyond jsonb, size integer)
RETURNS TABLE (patient_id uuid, id uuid, version integer, entered_at timestamptz, withdrawn boolean, resource text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.patient_id IS NOT NULL OR l.verb <> 'fhir-search' OR l.actor <> 'machine' THEN
        RAISE EXCEPTION 'this grant found nothing' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY
    SELECT v.patient_id, v.item_id, v.version, v.entered_at, v.withdrawn, v.resource
    FROM unnest(l.items) u (id) JOIN record.directory d ON d.id = u.id JOIN record.item i ON i.patient_id = d.patient_id AND i.id = u.id
    JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id
    WHERE i.patient_id = ANY (l.patients) AND i.institution_id = l.institution_id AND v.institution_id = l.institution_id
      AND (i.vis & l.mask_own) <> 0 AND (v.vis & l.mask_own) <> 0 AND v.entered_at >= found_versions.since
      AND (l.app_reads IS NULL OR gate.app_fits(l.app_reads, i.type, v.category))
      AND (jsonb_array_length(beyond) = 0 OR (v.entered_at, v.item_id, v.version) < ((beyond ->> 0)::timestamptz, (beyond ->> 1)::uuid, (beyond ->> 2)::integer))
    ORDER BY v.entered_at DESC, v.item_id DESC, v.version DESC LIMIT found_versions.size;
END
$$;
COMMENT ON FUNCTION record.found_versions(timestamptz, jsonb, integer) IS 'application';
