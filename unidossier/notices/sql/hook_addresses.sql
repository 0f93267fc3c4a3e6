-- T29: notices leave to allowed addresses alone. The list is one for the network; a security officer of any house keeps it at the Desk.

CREATE OR REPLACE FUNCTION notices.origin_of(endpoint text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT substring(lower(endpoint) FROM '^(https?://[^/?#@ ]+)(?:[/?#]|$)') $$;

CREATE OR REPLACE FUNCTION notices.is_allowed(endpoint text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM notices.hook_address a WHERE a.origin = notices.origin_of(endpoint) AND a.ended_at IS NULL)
$$;

-- The session of a security officer who may keep the list; a refusal is an entry.
CREATE OR REPLACE FUNCTION notices.address_keeper(secret bytea, detail jsonb) RETURNS gate.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    s gate.session := gate.session_of(secret);
BEGIN
    IF gate.holds(s, clock_timestamp()) IS NULL OR s.strong_at IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    ELSIF s.actor <> 'governance' OR s.function <> 'security-officer' OR gate.rights_of(s.function, 'guard') = 0 THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'allow-address', 0, NULL, detail, 'ACS-1.function', false);
        RETURN NULL;
    END IF;
    RETURN s;
END
$$;

-- [{"id", "origin", "private", "reason", "by", "at", "subscriptions": how many are told there, "ended"}]; NULL: refused.
CREATE OR REPLACE FUNCTION notices.list_addresses(secret bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := notices.address_keeper(secret, '{"list": true}');
BEGIN
    IF s.id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM gate.write_entry(s, NULL, NULL, 'allow-address', 0, NULL, '{"list": true}', 'ACS-4.task', true);
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'origin', a.origin, 'private', a.private, 'reason', a.reason, 'by', h.given || ' ' || h.family, 'house', i.names, 'at', a.made_at,
                'subscriptions', (SELECT count(*) FROM notices.subscription u WHERE u.state <> 'off' AND notices.origin_of(u.endpoint) = a.origin)) ORDER BY a.origin), '[]')
            FROM notices.hook_address a JOIN registry.person h ON h.id = a.made_by JOIN registry.institution i ON i.id = a.institution_id WHERE a.ended_at IS NULL);
END
$$;
COMMENT ON FUNCTION notices.list_addresses IS 'application';

-- UD010 'not-an-address', 'already-there'. The same id twice is done already. False: refused.
CREATE OR REPLACE FUNCTION notices.allow_address(secret bytea, new_id uuid, origin text, private boolean, reason text) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told text := notices.origin_of(allow_address.origin);
    s gate.session := notices.address_keeper(secret, jsonb_build_object('address', coalesce(told, '')));
BEGIN
    IF s.id IS NULL THEN
        RETURN false;
    ELSIF EXISTS (SELECT FROM notices.hook_address a WHERE a.id = new_id) THEN
        RETURN true;
    ELSIF told IS NULL OR told <> lower(btrim(allow_address.origin, '/')) OR told LIKE 'http://%' AND NOT allow_address.private THEN
        RAISE EXCEPTION 'not-an-address' USING ERRCODE = 'UD010';
    ELSIF EXISTS (SELECT FROM notices.hook_address a WHERE a.origin = told AND a.ended_at IS NULL) THEN
        RAISE EXCEPTION 'already-there' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO notices.hook_address (id, origin, private, reason, institution_id, made_by, entry_id)
    VALUES (new_id, told, allow_address.private, allow_address.reason, s.institution_id, s.person_id,
            gate.write_entry(s, NULL, NULL, 'allow-address', 0, NULL, jsonb_build_object('address', told, 'private', allow_address.private, 'reason', allow_address.reason), 'ACS-4.task', true));
    RETURN true;
END
$$;
COMMENT ON FUNCTION notices.allow_address IS 'application';

-- From now on nothing is sent there; subscriptions with that address stand in error at their next notice. False: refused.
CREATE OR REPLACE FUNCTION notices.disallow_address(secret bytea, address uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told text := (SELECT a.origin FROM notices.hook_address a WHERE a.id = address);
    s gate.session := notices.address_keeper(secret, jsonb_build_object('address', told, 'ended', true));
BEGIN
    IF s.id IS NULL THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM notices.hook_address a WHERE a.id = address AND a.ended_at IS NULL) THEN
        UPDATE notices.hook_address a SET ended_at = clock_timestamp(), ended_by = s.person_id,
            end_entry = gate.write_entry(s, NULL, NULL, 'allow-address', 0, NULL, jsonb_build_object('address', told, 'ended', true), 'ACS-4.task', true) WHERE a.id = address;
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION notices.disallow_address IS 'application';
