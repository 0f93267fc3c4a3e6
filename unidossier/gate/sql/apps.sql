-- Apps, as those see them who answer for them: the person who let one in, and the officers of the Desk who register them (ACS-4). No content of any record.

-- What a person let in, newest first, what is over for 30 days too. A patient also sees what was let into his record by those who act for him.
CREATE OR REPLACE FUNCTION gate.my_apps(secret bytea) RETURNS TABLE (id uuid, name text, about text, institution_names jsonb, scope text, stays boolean, given_at timestamptz, used_at timestamptz, until_at timestamptz,
    ended_at timestamptz, ended_why text, given_by text, is_mine boolean, patient_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    s gate.session := gate.session_of(secret);
BEGIN
    IF gate.holds(s, at) IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    END IF;
    PERFORM gate.write_entry(s, s.patient_id, NULL, 'list-apps', 0, NULL, '{}', 'XCH-1.app', true);
    RETURN QUERY SELECT c.id, a.name, a.about, i.names, c.scope, c.stays, c.given_at, c.used_at, least(c.until_at, CASE WHEN NOT c.stays THEN p.ends_at END),
        coalesce(c.ended_at, a.suspended_at, CASE WHEN NOT c.stays THEN p.ended_at END, CASE WHEN c.until_at <= at OR NOT c.stays AND p.ends_at <= at THEN least(c.until_at, CASE WHEN NOT c.stays THEN p.ends_at END) END),
        c.ended_why, p.person_name, c.person_id = s.person_id, c.patient_id
    FROM gate.app_access c JOIN gate.app a ON a.id = c.app_id JOIN registry.institution i ON i.id = a.institution_id JOIN gate.session p ON p.id = c.parent_id
    WHERE gate.is_own_access(s, c) AND coalesce(c.ended_at, c.until_at) > at - interval '30 days' AND c.used_at IS NOT NULL  -- an app that never came for its code has nothing
    ORDER BY c.given_at DESC, c.id LIMIT 100;
END
$$;
COMMENT ON FUNCTION gate.my_apps(bytea) IS 'application';

-- Whose access it is to end: his who gave it, and the patient's whose record it opens when somebody who acts for him gave it.
CREATE OR REPLACE FUNCTION gate.is_own_access(s gate.session, c gate.app_access) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT c.person_id = s.person_id OR s.actor = 'patient' AND s.patient_id = gate.kept(c.patient_id)
        AND EXISTS (SELECT FROM gate.session p WHERE p.id = c.parent_id AND p.actor = 'representative')
$$;

-- UD010 'no-such-access'. Ended already: false.
CREATE OR REPLACE FUNCTION gate.end_app(secret bytea, access uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    c gate.app_access;
    a gate.app;
BEGIN
    IF gate.holds(s, clock_timestamp()) IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    END IF;
    SELECT * INTO c FROM gate.app_access WHERE id = access;
    IF c.id IS NULL OR NOT gate.is_own_access(s, c) THEN
        RAISE EXCEPTION 'no-such-access' USING ERRCODE = 'UD010';
    END IF;
    IF c.ended_at IS NOT NULL THEN
        RETURN false;
    END IF;
    SELECT * INTO a FROM gate.app WHERE id = c.app_id;
    PERFORM gate.end_access(access, 'person');
    PERFORM gate.write_entry(s, coalesce(c.patient_id, s.patient_id), NULL, 'end-app-access', 0, NULL, jsonb_build_object('app', a.id, 'by-way-of', a.name, 'access', access), 'XCH-1.app', true);
    RETURN true;
END
$$;
COMMENT ON FUNCTION gate.end_app(bytea, uuid) IS 'application';

-- The officers of the Desk: a grant of governance under "register-app", and a function that answers for systems or for data protection.
CREATE OR REPLACE FUNCTION gate.app_officer() RETURNS gate.live LANGUAGE plpgsql STABLE AS $$
DECLARE
    l gate.live := gate.desk();
BEGIN
    IF l.verb <> 'register-app' OR l.function NOT IN ('security-officer', 'data-protection-officer') THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    END IF;
    RETURN l;
END
$$;

-- The apps of the institution, with how many accesses stand now, and what was changed of each, newest first. Names no patient.
DROP FUNCTION IF EXISTS gate.desk_apps();
CREATE FUNCTION gate.desk_apps() RETURNS TABLE (id uuid, name text, about text, kind text, redirect_uris text[], launch_uri text, jwks jsonb, scopes text, registered_by text, registered_at timestamptz, suspended_at timestamptz,
    version integer, accesses bigint, changes jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.app_officer();
BEGIN
    RETURN QUERY SELECT a.id, a.name, a.about, a.kind, a.redirect_uris, a.launch_uri, a.jwks, a.scopes, a.registered_by, a.registered_at, a.suspended_at, a.version,
        (SELECT count(*) FROM gate.app_access c WHERE c.app_id = a.id AND c.ended_at IS NULL AND c.until_at > clock_timestamp()),
        (SELECT coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'person', h.person_name, 'reason', h.reason, 'version', h.version, 'was', h.was, 'becomes', h.becomes) ORDER BY h.version DESC), '[]')
         FROM gate.app_change h WHERE h.app_id = a.id)
    FROM gate.app a WHERE a.institution_id = l.institution_id ORDER BY a.suspended_at IS NOT NULL, a.name, a.id;
END
$$;
COMMENT ON FUNCTION gate.desk_apps() IS 'application';

-- app: {"id", "name", "about", "kind", "redirect_uris": [], "launch_uri": text|null, "jwks": object|null, "scopes", "opens"}. The id again is the same app. A backend uses the machine account of the institution. UD010 'no-machine', 'taken'.
CREATE OR REPLACE FUNCTION gate.register_app(app jsonb) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.app_officer();
    machine uuid;
    made uuid := (app ->> 'id')::uuid;
BEGIN
    IF EXISTS (SELECT FROM gate.app a WHERE a.id = made) THEN
        IF NOT EXISTS (SELECT FROM gate.app a WHERE a.id = made AND a.institution_id = l.institution_id) THEN
            RAISE EXCEPTION 'taken' USING ERRCODE = 'UD010';
        END IF;
        RETURN made;
    END IF;
    IF app ->> 'kind' = 'backend' THEN
        SELECT e.id INTO machine FROM registry.employment e WHERE e.institution_id = l.institution_id AND e.function = 'machine' AND e.from_at <= clock_timestamp() AND (e.until_at IS NULL OR clock_timestamp() < e.until_at) ORDER BY e.from_at, e.id LIMIT 1;
        IF machine IS NULL THEN
            RAISE EXCEPTION 'no-machine' USING ERRCODE = 'UD010';
        END IF;
    END IF;
    INSERT INTO gate.app (id, name, about, institution_id, kind, redirect_uris, launch_uri, jwks, scopes, opens, machine_id, registered_by)
    VALUES (made, btrim(app ->> 'name'), coalesce(btrim(app ->> 'about'), ''), l.institution_id, app ->> 'kind', ARRAY(SELECT jsonb_array_elements_text(app -> 'redirect_uris')), app ->> 'launch_uri',
            nullif(app -> 'jwks', 'null'), app ->> 'scopes', app -> 'opens', machine, l.person_name);
    RETURN made;
END
$$;
COMMENT ON FUNCTION gate.register_app(jsonb) IS 'application';
