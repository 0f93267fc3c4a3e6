-- What officers of the Desk change of an app after it was registered, with who did it and why (XCH-1, ACS-4). Whatever a token opens beyond it is over at once (ACD-7).

-- Is all of this, as {context: {interaction: {type: mask}}}, opened by that too?
CREATE OR REPLACE FUNCTION gate.app_within(opens jsonb, most jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (SELECT FROM jsonb_each(coalesce(opens, '{}')) c, jsonb_each(c.value) i, jsonb_each(i.value) t
        WHERE t.value::bigint & ~(coalesce((most #>> ARRAY[c.key, i.key, t.key])::bigint, 0) | coalesce((most #>> ARRAY[c.key, i.key, '*'])::bigint, 0)) <> 0)
$$;

-- The scopes that are over no resource (openid, offline_access ...): are all of them among those?
CREATE OR REPLACE FUNCTION gate.app_words_within(scope text, most text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(string_to_array(scope, ' ')) one WHERE one <> '' AND one !~ '^(patient|user|system)/' AND NOT one = ANY (string_to_array(most, ' ')))
$$;

-- The app of these officers, held until the end of the transaction. UD010 'reason-missing', 'no-such-app'.
CREATE OR REPLACE FUNCTION gate.app_to_change(l gate.live, app uuid, reason text) RETURNS gate.app LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    a gate.app;
BEGIN
    IF length(btrim(coalesce(reason, ''))) < 10 THEN
        RAISE EXCEPTION 'reason-missing' USING ERRCODE = 'UD010';
    END IF;
    SELECT x.* INTO a FROM gate.app x WHERE x.id = app_to_change.app AND x.institution_id = l.institution_id FOR UPDATE;
    IF a.id IS NULL THEN
        RAISE EXCEPTION 'no-such-app' USING ERRCODE = 'UD010';
    END IF;
    RETURN a;
END
$$;

-- One line of the history, and the version that it makes.
CREATE OR REPLACE FUNCTION gate.note_app_change(l gate.live, made uuid, app uuid, reason text, was jsonb, becomes jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n integer;
BEGIN
    UPDATE gate.app a SET version = a.version + 1 WHERE a.id = note_app_change.app RETURNING a.version INTO n;
    INSERT INTO gate.app_change (id, app_id, version, person_id, person_name, reason, was, becomes) VALUES (made, app, n, l.person_id, l.person_name, btrim(reason), was, becomes);
END
$$;

-- Stop an app, or let it go on. What people gave it stays given, and is worth nothing while it is stopped. False: it stood so already. UD010 'reason-missing', 'no-such-app'.
DROP FUNCTION IF EXISTS gate.suspend_app(uuid, boolean);
CREATE OR REPLACE FUNCTION gate.suspend_app(app uuid, stop boolean, reason text) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.app_officer();
    a gate.app := gate.app_to_change(l, app, reason);
BEGIN
    IF (a.suspended_at IS NOT NULL) = stop THEN
        RETURN false;
    END IF;
    UPDATE gate.app x SET suspended_at = CASE WHEN stop THEN clock_timestamp() END WHERE x.id = a.id;
    PERFORM gate.note_app_change(l, gen_random_uuid(), a.id, reason, jsonb_build_object('suspended', NOT stop), jsonb_build_object('suspended', stop));
    -- grants already given to it fail at their next statement
    PERFORM gate.bump(p) FROM (SELECT DISTINCT s.person_id AS p FROM gate.session s WHERE s.app_id = a.id AND s.ends_at > clock_timestamp()) one;
    RETURN true;
END
$$;
COMMENT ON FUNCTION gate.suspend_app(uuid, boolean, text) IS 'application';

-- What a changed registration no longer covers: codes for an address that is gone, accesses and tokens that open more than it does, tokens that a key may have got which is gone. How many accesses it ended.
CREATE OR REPLACE FUNCTION gate.end_beyond(a gate.app, keys_gone boolean) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    at timestamptz := clock_timestamp();
    n bigint := 0;
    one uuid;
BEGIN
    UPDATE gate.app_code k SET expires_at = least(k.expires_at, at) WHERE k.app_id = a.id AND k.used_at IS NULL AND NOT k.redirect_uri = ANY (a.redirect_uris);
    FOR one IN SELECT c.id FROM gate.app_access c
        WHERE c.app_id = a.id AND c.ended_at IS NULL AND c.until_at > at AND NOT (gate.app_within(c.opens, a.opens) AND gate.app_words_within(c.scope, a.scopes)) LOOP
        PERFORM gate.end_access(one, 'narrowed');
        n := n + 1;
    END LOOP;
    FOR one IN WITH over AS (
            UPDATE gate.session s SET ended_at = at WHERE s.app_id = a.id AND s.ended_at IS NULL AND s.ends_at > at AND (keys_gone OR NOT gate.app_within(s.app_opens, a.opens)) RETURNING s.person_id
        ) SELECT DISTINCT o.person_id FROM over o LOOP
        PERFORM gate.bump(one);
    END LOOP;
    RETURN n;
END
$$;

-- The parts of a registration that an officer may change, as columns. The kind stays: another kind is another app.
CREATE OR REPLACE FUNCTION gate.app_parts(a gate.app) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('name', a.name, 'about', a.about, 'redirect_uris', a.redirect_uris, 'launch_uri', a.launch_uri, 'jwks', a.jwks, 'scopes', a.scopes)
$$;

-- change: {"id", "app", "version": that the form showed, "reason", and what gate.register_app takes but the kind} -> how many accesses it ended. The id again is the same change: 0.
-- UD010 'reason-missing', 'no-such-app', 'changed-meanwhile', 'nothing-changes', 'taken'.
CREATE OR REPLACE FUNCTION gate.change_app(change jsonb) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.app_officer();
    made uuid := (change ->> 'id')::uuid;
    a gate.app := gate.app_to_change(l, (change ->> 'app')::uuid, change ->> 'reason');
    was jsonb := gate.app_parts(a);
    becomes jsonb;
    keys_gone boolean;
    parts text[];
BEGIN
    IF EXISTS (SELECT FROM gate.app_change x WHERE x.id = made) THEN
        IF NOT EXISTS (SELECT FROM gate.app_change x WHERE x.id = made AND x.app_id = a.id) THEN
            RAISE EXCEPTION 'taken' USING ERRCODE = 'UD010';
        END IF;
        RETURN 0;
    ELSIF a.version IS DISTINCT FROM (change ->> 'version')::integer THEN
        RAISE EXCEPTION 'changed-meanwhile' USING ERRCODE = 'UD010';
    END IF;
    UPDATE gate.app x SET name = btrim(change ->> 'name'), about = coalesce(btrim(change ->> 'about'), ''), redirect_uris = ARRAY(SELECT jsonb_array_elements_text(change -> 'redirect_uris')),
        launch_uri = change ->> 'launch_uri', jwks = nullif(change -> 'jwks', 'null'), scopes = change ->> 'scopes', opens = change -> 'opens' WHERE x.id = a.id RETURNING x.* INTO a;
    becomes := gate.app_parts(a);
    SELECT array_agg(p.key) INTO parts FROM jsonb_each(was) p WHERE p.value IS DISTINCT FROM becomes -> p.key;
    IF parts IS NULL THEN
        RAISE EXCEPTION 'nothing-changes' USING ERRCODE = 'UD010';
    END IF;
    PERFORM gate.note_app_change(l, made, a.id, change ->> 'reason', (SELECT jsonb_object_agg(p, was -> p) FROM unnest(parts) p), (SELECT jsonb_object_agg(p, becomes -> p) FROM unnest(parts) p));
    keys_gone := EXISTS (SELECT FROM jsonb_array_elements(was #> '{jwks,keys}') k WHERE NOT coalesce(a.jwks -> 'keys', '[]') @> jsonb_build_array(k.value));
    RETURN gate.end_beyond(a, keys_gone);
END
$$;
COMMENT ON FUNCTION gate.change_app(jsonb) IS 'application';
