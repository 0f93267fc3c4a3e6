-- How a person lets an app in, and how it gets its tokens. The person proves himself by his session; the token endpoint has checked the app and
-- gives its word for it (gate.check_word). Bad codes and tokens are answered, not raised: what their misuse ends must be committed.

-- An app as the pages and the endpoints know it; no row when nobody registered it.
CREATE OR REPLACE FUNCTION gate.app_facts(app uuid) RETURNS TABLE (id uuid, name text, about text, institution_id uuid, institution_names jsonb, kind text, redirect_uris text[], launch_uri text, jwks jsonb, scopes text, is_suspended boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.id, a.name, a.about, a.institution_id, i.names, a.kind, a.redirect_uris, a.launch_uri, a.jwks, a.scopes, a.suspended_at IS NOT NULL
    FROM gate.app a JOIN registry.institution i ON i.id = a.institution_id WHERE a.id = app_facts.app
$$;
COMMENT ON FUNCTION gate.app_facts(uuid) IS 'application';

-- May this session use that app at all? Carers and staff inside: those of their institution. Nobody from the Desk.
CREATE OR REPLACE FUNCTION gate.app_for(s gate.session, app uuid) RETURNS gate.app LANGUAGE plpgsql STABLE AS $$
DECLARE
    a gate.app;
BEGIN
    SELECT x.* INTO a FROM gate.app x WHERE x.id = app_for.app AND x.suspended_at IS NULL AND x.kind <> 'backend';
    IF a.id IS NULL OR s.actor NOT IN ('patient', 'representative', 'inside', 'outside', 'staff') OR s.actor IN ('inside', 'staff') AND a.institution_id <> s.institution_id THEN
        RAISE EXCEPTION 'no-such-app' USING ERRCODE = 'UD010';
    END IF;
    RETURN a;
END
$$;

-- For whom Ward opens the app: asked before the person is, spent when he agrees. No row: unknown, over, used, of another session or another app.
CREATE OR REPLACE FUNCTION gate.app_launch_of(secret bytea, app uuid, launch_hash bytea) RETURNS TABLE (patient_id uuid, encounter_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
BEGIN
    RETURN QUERY SELECT t.patient_id, t.encounter_id FROM gate.app_launch t
        WHERE t.token_hash = launch_hash AND t.app_id = app AND t.session_id = s.id AND t.used_at IS NULL AND clock_timestamp() < t.expires_at;
END
$$;
COMMENT ON FUNCTION gate.app_launch_of(bytea, uuid, bytea) IS 'application';

-- From Ward, under a grant of this very patient: a word for the app, once, for five minutes, for this session alone. UD010 'no-such-app', 'no-such-encounter'.
CREATE OR REPLACE FUNCTION gate.launch_app(app uuid, encounter uuid, launch_hash bytea) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    s gate.session;
    a gate.app;
BEGIN
    IF l.verb <> 'launch-app' THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    END IF;
    SELECT * INTO s FROM gate.session WHERE id = l.session_id;
    a := gate.app_for(s, app);
    IF a.launch_uri IS NULL THEN
        RAISE EXCEPTION 'no-such-app' USING ERRCODE = 'UD010';
    END IF;
    IF encounter IS NOT NULL AND NOT EXISTS (SELECT FROM record.directory d WHERE d.id = encounter AND d.patient_id = l.patient_id) THEN
        RAISE EXCEPTION 'no-such-encounter' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO gate.app_launch (token_hash, app_id, session_id, patient_id, encounter_id, expires_at)
    VALUES (launch_hash, app, s.id, l.patient_id, encounter, clock_timestamp() + interval '5 minutes');
    RETURN a.launch_uri;
END
$$;
COMMENT ON FUNCTION gate.launch_app(uuid, uuid, bytea) IS 'application';

-- The apps that Ward can open for the patient of this grant.
CREATE OR REPLACE FUNCTION gate.launchable_apps() RETURNS TABLE (id uuid, name text, about text, launch_uri text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'launch-app' THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    END IF;
    RETURN QUERY SELECT a.id, a.name, a.about, a.launch_uri FROM gate.app a
        WHERE a.launch_uri IS NOT NULL AND a.suspended_at IS NULL AND a.institution_id = l.institution_id AND l.actor IN ('inside', 'staff') ORDER BY a.name, a.id;
END
$$;
COMMENT ON FUNCTION gate.launchable_apps() IS 'application';

-- Does an institution have any? To show the way to them, or not. It says nothing of anybody.
CREATE OR REPLACE FUNCTION gate.has_apps(institution uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM gate.app a WHERE a.institution_id = institution AND a.launch_uri IS NOT NULL AND a.suspended_at IS NULL)
$$;
COMMENT ON FUNCTION gate.has_apps(uuid) IS 'application';

-- The person agrees: {"access", "app", "scope", "opens", "patient", "launch": hex|null, "stays": bool, "lasts_s", "code": hex of its hash, "redirect_uri", "challenge", "nonce"}.
-- UD010 'given-already' (the same form sent twice), 'no-such-app', 'no-such-redirect', 'no-such-launch', 'not-own', 'not-allowed'.
CREATE OR REPLACE FUNCTION gate.give_app_access(secret bytea, given jsonb) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    s gate.session := gate.session_of(secret);
    a gate.app;
    patient uuid := (given ->> 'patient')::uuid;
    encounter uuid;
    access uuid := (given ->> 'access')::uuid;
    rule text := CASE WHEN gate.holds(s, at) IS NULL THEN 'ACD-7.ended' WHEN s.strong_at IS NULL THEN 'ALL-3.second-factor' ELSE 'XCH-1.app' END;
BEGIN
    IF rule <> 'XCH-1.app' THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    END IF;
    PERFORM FROM gate.app x WHERE x.id = (given ->> 'app')::uuid FOR SHARE;  -- as it is registered now, and until this is stored
    a := gate.app_for(s, (given ->> 'app')::uuid);
    IF NOT (gate.app_within(given -> 'opens', a.opens) AND gate.app_words_within(given ->> 'scope', a.scopes)) THEN
        RAISE EXCEPTION 'not-allowed' USING ERRCODE = 'UD010';
    END IF;
    IF EXISTS (SELECT FROM gate.app_access c WHERE c.id = access) THEN
        RAISE EXCEPTION 'given-already' USING ERRCODE = 'UD010';
    END IF;
    IF NOT (given ->> 'redirect_uri') = ANY (a.redirect_uris) OR given ->> 'challenge' !~ '^[A-Za-z0-9_-]{43}$' THEN
        RAISE EXCEPTION 'no-such-redirect' USING ERRCODE = 'UD010';
    END IF;
    IF given ->> 'launch' IS NOT NULL THEN
        UPDATE gate.app_launch t SET used_at = at WHERE t.token_hash = decode(given ->> 'launch', 'hex') AND t.app_id = a.id AND t.session_id = s.id AND t.used_at IS NULL AND at < t.expires_at
        RETURNING t.patient_id, t.encounter_id INTO patient, encounter;
        IF patient IS NULL THEN
            RAISE EXCEPTION 'no-such-launch' USING ERRCODE = 'UD010';
        END IF;
    ELSIF s.actor = 'patient' AND patient <> s.patient_id THEN
        RAISE EXCEPTION 'not-own' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO gate.app_access (id, app_id, person_id, parent_id, stays, patient_id, encounter_id, scope, opens, until_at)
    VALUES (access, a.id, s.person_id, s.id, (given ->> 'stays')::boolean, patient, encounter, given ->> 'scope', given -> 'opens', at + make_interval(secs => least((given ->> 'lasts_s')::integer, 31622400)));
    INSERT INTO gate.app_code (code_hash, access_id, app_id, redirect_uri, challenge, nonce, expires_at)
    VALUES (decode(given ->> 'code', 'hex'), access, a.id, given ->> 'redirect_uri', given ->> 'challenge', given ->> 'nonce', at + interval '1 minute');
    RETURN gate.write_entry(s, coalesce(patient, s.patient_id), NULL, 'give-app-access', 0, NULL,
        jsonb_build_object('app', a.id, 'by-way-of', a.name, 'access', access, 'scope', given ->> 'scope', 'stays', (given ->> 'stays')::boolean), rule, true);
END
$$;
COMMENT ON FUNCTION gate.give_app_access(bytea, jsonb) IS 'application';

-- End an access and everything that hangs on it, at once: the next statement of a grant already given fails too (ACD-7).
CREATE OR REPLACE FUNCTION gate.end_access(access uuid, why text) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a gate.app_access;
BEGIN
    UPDATE gate.app_access SET ended_at = clock_timestamp(), ended_why = why WHERE id = access AND ended_at IS NULL RETURNING * INTO a;
    IF a.id IS NOT NULL THEN
        UPDATE gate.session SET ended_at = clock_timestamp() WHERE app_access_id = access AND ended_at IS NULL;
        PERFORM gate.bump(a.person_id);
    END IF;
END
$$;

-- A session of the app, as the person himself stood when he agreed. NULL when he could not go in any more.
CREATE OR REPLACE FUNCTION gate.open_app_session(access gate.app_access, secret_hash bytea, life_s integer, address text) RETURNS gate.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    at timestamptz := clock_timestamp();
    p gate.session;
    s gate.session;
    a gate.app;
BEGIN
    SELECT * INTO p FROM gate.session WHERE id = access.parent_id;
    SELECT * INTO a FROM gate.app WHERE id = access.app_id;
    IF access.ended_at IS NOT NULL OR at >= access.until_at OR a.suspended_at IS NOT NULL OR gate.employed(p, at) IS NULL OR NOT access.stays AND (p.ended_at IS NOT NULL OR at >= p.ends_at) THEN
        RETURN NULL;
    END IF;
    INSERT INTO gate.session (id, secret_hash, person_id, person_name, human_id, employment_id, institution_id, function, actor, patient_id, face, purpose, device, address, strong_at, idle, ends_at,
                              app_id, app_name, app_access_id, app_scope, app_opens, app_patient)
    VALUES (gen_random_uuid(), secret_hash, p.person_id, p.person_name, p.human_id, p.employment_id, p.institution_id, p.function, p.actor, p.patient_id, 'api', p.purpose,
            left('app: ' || a.name, 80), left(coalesce(address, ''), 80), p.strong_at, make_interval(secs => life_s),
            least(at + make_interval(secs => life_s), access.until_at, CASE WHEN NOT access.stays THEN p.ends_at END), a.id, a.name, access.id, access.scope, access.opens, access.patient_id)
    RETURNING * INTO s;
    UPDATE gate.app_access SET used_at = at WHERE id = access.id;
    RETURN s;
END
$$;

-- What a token is answered with, and what introspection tells.
CREATE OR REPLACE FUNCTION gate.app_told(s gate.session, access gate.app_access) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('app', s.app_id, 'scope', s.app_scope, 'patient', gate.kept(access.patient_id), 'encounter', access.encounter_id, 'person', s.person_id, 'name', s.person_name,
        'actor', s.actor, 'own_patient', s.patient_id, 'expires_s', greatest(0, floor(extract(epoch FROM s.ends_at - clock_timestamp())))::integer, 'ends', extract(epoch FROM s.ends_at)::bigint,
        'began', extract(epoch FROM s.started_at)::bigint, 'stays', access.stays)
$$;

-- claims: {"what": "app-code", "app", "code": hex of its hash, "redirect_uri", "verifier", "secret": hex of its hash, "refresh": hex of its hash, "with_refresh_s", "alone_s", "address"} -> as gate.app_told, "nonce" and "refreshes"; {} when it is no good.
-- A code that comes twice ends what the first one got (RFC 6749, 4.1.2).
CREATE OR REPLACE FUNCTION gate.redeem_app_code(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'app-code');
    k gate.app_code;
    access gate.app_access;
    s gate.session;
    refreshes boolean;
BEGIN
    SELECT * INTO k FROM gate.app_code WHERE code_hash = decode(c ->> 'code', 'hex') AND app_id = (c ->> 'app')::uuid FOR UPDATE;
    IF k.code_hash IS NULL THEN
        RETURN '{}';
    END IF;
    IF k.used_at IS NOT NULL THEN
        PERFORM gate.end_access(k.access_id, 'code-reuse');
        RETURN '{}';
    END IF;
    UPDATE gate.app_code SET used_at = clock_timestamp() WHERE code_hash = k.code_hash;  -- a wrong verifier spends it too: nobody tries twice
    IF clock_timestamp() >= k.expires_at OR k.redirect_uri IS DISTINCT FROM c ->> 'redirect_uri'
       OR k.challenge IS DISTINCT FROM rtrim(translate(encode(sha256(convert_to(coalesce(c ->> 'verifier', ''), 'UTF8')), 'base64'), '+/', '-_'), '=') THEN
        PERFORM gate.end_access(k.access_id, 'code-refused');
        RETURN '{}';
    END IF;
    SELECT * INTO access FROM gate.app_access WHERE id = k.access_id;
    refreshes := access.scope ~ '(^| )(offline|online)_access( |$)';
    s := gate.open_app_session(access, decode(c ->> 'secret', 'hex'), (CASE WHEN refreshes THEN c ->> 'with_refresh_s' ELSE c ->> 'alone_s' END)::integer, c ->> 'address');
    IF s.id IS NULL THEN
        RETURN '{}';
    END IF;
    IF refreshes THEN
        INSERT INTO gate.app_refresh (token_hash, access_id) VALUES (decode(c ->> 'refresh', 'hex'), access.id);
    END IF;
    RETURN gate.app_told(s, access) || jsonb_build_object('nonce', k.nonce, 'refreshes', refreshes);
END
$$;
COMMENT ON FUNCTION gate.redeem_app_code(text, bytea) IS 'application';

-- claims: {"what": "app-refresh", "app", "token": hex of its hash, "secret", "refresh": hashes of the new ones, "life_s", "address", "scope": narrower text|null, "opens": the same for the gate|null}.
-- The old token is spent; one that comes again ends the access: two hold it, and nobody knows which is the thief.
CREATE OR REPLACE FUNCTION gate.refresh_app(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'app-refresh');
    r gate.app_refresh;
    access gate.app_access;
    s gate.session;
BEGIN
    SELECT t.* INTO r FROM gate.app_refresh t JOIN gate.app_access a ON a.id = t.access_id WHERE t.token_hash = decode(c ->> 'token', 'hex') AND a.app_id = (c ->> 'app')::uuid FOR UPDATE OF t;
    IF r.token_hash IS NULL THEN
        RETURN '{}';
    END IF;
    IF r.used_at IS NOT NULL THEN
        PERFORM gate.end_access(r.access_id, 'refresh-reuse');
        RETURN '{}';
    END IF;
    SELECT * INTO access FROM gate.app_access WHERE id = r.access_id;
    access.scope := coalesce(c ->> 'scope', access.scope);
    access.opens := coalesce(nullif(c -> 'opens', 'null'), access.opens);
    s := gate.open_app_session(access, decode(c ->> 'secret', 'hex'), (c ->> 'life_s')::integer, c ->> 'address');
    IF s.id IS NULL THEN
        RETURN '{}';
    END IF;
    UPDATE gate.app_refresh SET used_at = clock_timestamp() WHERE token_hash = r.token_hash;
    INSERT INTO gate.app_refresh (token_hash, access_id) VALUES (decode(c ->> 'refresh', 'hex'), access.id);
    RETURN gate.app_told(s, access) || jsonb_build_object('refreshes', true);
END
$$;
COMMENT ON FUNCTION gate.refresh_app(text, bytea) IS 'application';

-- claims: {"what": "app-introspect", "app", "token": hex of its hash} -> as gate.app_told with "kind": "access"|"refresh"; {} unless it is this app's own and good (RFC 7662, 2.2).
CREATE OR REPLACE FUNCTION gate.introspect_app(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'app-introspect');
    asked bytea := decode(c ->> 'token', 'hex');
    found record;
    access gate.app_access;
    s gate.session;
    raw gate.session;
BEGIN
    SELECT x.* INTO raw FROM gate.session x WHERE x.secret_hash = asked AND x.app_id = (c ->> 'app')::uuid;
    IF raw.id IS NOT NULL THEN
        SELECT a.* INTO access FROM gate.app_access a WHERE a.id = raw.app_access_id;
        s := gate.app_standing(raw);
        IF gate.holds(s, clock_timestamp()) IS NULL THEN
            RETURN '{}';
        END IF;
        RETURN gate.app_told(s, access) || jsonb_build_object('kind', 'access');
    END IF;
    SELECT a.* INTO access FROM gate.app_refresh t JOIN gate.app_access a ON a.id = t.access_id
    WHERE t.token_hash = asked AND t.used_at IS NULL AND a.app_id = (c ->> 'app')::uuid AND a.ended_at IS NULL AND clock_timestamp() < a.until_at
        AND NOT EXISTS (SELECT FROM gate.app p WHERE p.id = a.app_id AND p.suspended_at IS NOT NULL);
    IF access.id IS NULL THEN
        RETURN '{}';
    END IF;
    SELECT * INTO s FROM gate.session WHERE id = access.parent_id;
    s.app_id := access.app_id;
    s.app_scope := access.scope;
    s.ends_at := access.until_at;
    s.started_at := access.given_at;
    RETURN gate.app_told(s, access) || jsonb_build_object('kind', 'refresh');
END
$$;
COMMENT ON FUNCTION gate.introspect_app(text, bytea) IS 'application';

-- claims: {"what": "app-revoke", "app", "token": hex of its hash}. A refresh token takes its whole access along, an access token itself alone (RFC 7009, 2.1). What is not this app's own stays.
CREATE OR REPLACE FUNCTION gate.revoke_app_token(claims text, mac bytea) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'app-revoke');
    asked bytea := decode(c ->> 'token', 'hex');
    person uuid;
BEGIN
    UPDATE gate.session SET ended_at = clock_timestamp() WHERE secret_hash = asked AND app_id = (c ->> 'app')::uuid AND ended_at IS NULL RETURNING person_id INTO person;
    IF person IS NOT NULL THEN
        PERFORM gate.bump(person);
    END IF;
    PERFORM gate.end_access(a.id, 'revoked') FROM gate.app_refresh t JOIN gate.app_access a ON a.id = t.access_id WHERE t.token_hash = asked AND a.app_id = (c ->> 'app')::uuid;
END
$$;
COMMENT ON FUNCTION gate.revoke_app_token(text, bytea) IS 'application';

-- claims: {"what": "app-assertion", "app", "jti": hex of its hash, "lasts_s"}. False when this assertion was seen before.
CREATE OR REPLACE FUNCTION gate.spend_assertion(claims text, mac bytea) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'app-assertion');
BEGIN
    DELETE FROM gate.app_assertion WHERE expires_at < clock_timestamp();
    INSERT INTO gate.app_assertion (app_id, jti_hash, expires_at) VALUES ((c ->> 'app')::uuid, decode(c ->> 'jti', 'hex'), clock_timestamp() + make_interval(secs => (c ->> 'lasts_s')::integer)) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;
COMMENT ON FUNCTION gate.spend_assertion(text, bytea) IS 'application';

-- Backend services: the machine account of an institution, by a key instead of a person. claims: {"what": "app-backend", "app", "secret": hex of its hash, "scope", "opens", "life_s", "address"} -> as gate.app_told; {} when it may not.
CREATE OR REPLACE FUNCTION gate.open_backend(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
    c jsonb := gate.check_word(claims, mac, 'app-backend');
    a gate.app;
    e registry.employment;
    h registry.person;
    s gate.session;
BEGIN
    SELECT * INTO a FROM gate.app WHERE id = (c ->> 'app')::uuid AND kind = 'backend' AND suspended_at IS NULL FOR SHARE;
    SELECT * INTO e FROM registry.employment WHERE id = a.machine_id AND function = 'machine' AND institution_id = a.institution_id AND from_at <= at AND (until_at IS NULL OR at < until_at);
    IF e.id IS NULL OR NOT gate.app_within(c -> 'opens', a.opens) THEN
        RETURN '{}';
    END IF;
    SELECT * INTO h FROM registry.person WHERE id = e.person_id;
    INSERT INTO gate.session (id, secret_hash, person_id, person_name, human_id, employment_id, institution_id, function, actor, face, purpose, device, address, strong_at, idle, ends_at, app_id, app_name, app_scope, app_opens)
    VALUES (gen_random_uuid(), decode(c ->> 'secret', 'hex'), h.id, h.given || ' ' || h.family, h.human_id, e.id, e.institution_id, 'machine', 'machine', 'api', 'exchange',
            left('app: ' || a.name, 80), left(coalesce(c ->> 'address', ''), 80), at, make_interval(secs => (c ->> 'life_s')::integer), at + make_interval(secs => (c ->> 'life_s')::integer),
            a.id, a.name, c ->> 'scope', c -> 'opens')
    RETURNING * INTO s;
    PERFORM gate.write_entry(s, NULL, NULL, 'sign-in', 0, NULL, jsonb_build_object('scope', s.app_scope), 'ALL-3.sign-in', true);
    RETURN gate.app_told(s, NULL::gate.app_access);
END
$$;
COMMENT ON FUNCTION gate.open_backend(text, bytea) IS 'application';
