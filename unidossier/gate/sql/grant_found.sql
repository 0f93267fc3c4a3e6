-- A grant for what a search over several patients has found (record/sql/search_across.sql): each patient is decided like one who is opened alone, each is
-- named in the entry (LOG-1), and only the items found are opened. Called by that search, never by the application.
DROP FUNCTION IF EXISTS gate.grant_found(gate.session, uuid[], uuid[], jsonb, bytea);
CREATE FUNCTION gate.grant_found(s gate.session, whose uuid[], items uuid[], detail jsonb, token_hash bytea, OUT allowed boolean, OUT rule text, OUT entry bigint, OUT patients uuid[], OUT lasts timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v gate.verb;
    about uuid[] := whose || ARRAY[s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before numeric := gate.epochs(about);  -- before the facts, the instant and the session among them, as in grant_access
    at timestamptz := clock_timestamp();
    idle_at timestamptz := s.seen_at + s.idle;
    mask bigint := 0;
BEGIN
    s := gate.standing(s.id);
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = 'fhir-search';
    s.idle := CASE WHEN at < idle_at THEN interval '100 years' ELSE s.idle END;
    rule := CASE WHEN gate.holds(s, at) IS NULL THEN 'ACD-7.ended' WHEN s.strong_at IS NULL THEN 'ALL-3.second-factor'
                 WHEN s.purpose NOT IN ('care', 'own', 'governance', 'exchange') THEN 'ACD-6.purpose'
                 WHEN s.actor <> 'machine' OR gate.rights_of(s.function, v.action) = 0 THEN 'ACS-1.function' ELSE 'ACS-5.institution' END;
    allowed := rule = 'ACS-5.institution';
    patients := '{}';
    IF allowed THEN
        SELECT coalesce(array_agg(p.id), '{}'), coalesce(bit_and(w.mask_own), 0), least(min(w.lasts), gate.holds(s, at)) INTO patients, mask, lasts
        FROM registry.patient p, LATERAL gate.weigh(s, p, v, 'none', '{}', 'infinity', at) w WHERE p.id = ANY (whose) AND w.permits;
    END IF;
    entry := gate.write_entry(s, NULL, CASE WHEN allowed THEN patients END, v.slug, mask & 2097151, CASE WHEN allowed THEN items END, detail, rule, allowed);
    IF allowed THEN
        INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patients, agenda, mask_own, mask_other, sees_held, sees_confidential, items, verb, subjects, epochs, function, actor, act, rule, app_reads, app_writes)
        VALUES (entry, grant_found.token_hash, least(at + interval '60 seconds', idle_at, lasts), s.id, s.person_id, s.person_name, s.institution_id, patients, '{}', mask, 0, true, true, items, v.slug, about, before,
                s.function, s.actor, v.act, grant_found.rule, CASE WHEN s.app_id IS NOT NULL THEN coalesce(gate.app_reach(s, NULL) -> 's', '{}') END, CASE WHEN s.app_id IS NOT NULL THEN '{}'::jsonb END);
        PERFORM gate.touch(s);
    END IF;
END
$$;
