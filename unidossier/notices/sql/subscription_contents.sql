-- Whole resources in notices: asked for when the entries of the telling stand, decided once more (no entry, no data).

-- May this version be shown too? The policy on record.version, for one who has no grant yet.
CREATE OR REPLACE FUNCTION notices.may_read(s gate.session, w gate.weighed, v record.version) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (v.vis & w.mask_other) <> 0 OR (v.vis & w.mask_own) <> 0 AND v.institution_id = s.institution_id OR (v.vis & w.mask_open) <> 0 AND v.institution_id <> ALL (w.closed)
$$;

-- The content of what was just told, of a subscription that wants whole resources: {entry: {"patient", "text"}}. Decided once more, after the entries of the telling stand; what may not be read any more is left out.
CREATE OR REPLACE FUNCTION notices.contents(u notices.subscription, entries bigint[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    s gate.session := gate.behind(u.id, u.person_id, u.employment_id, u.made_at, u.app);
    one record;
    i record.item;
    v record.version;
    w gate.weighed;
    said jsonb := '{}';
BEGIN
    IF u.content IS DISTINCT FROM 'full-resource' OR u.channel = 'rest-hook' AND NOT notices.is_allowed(u.endpoint) THEN
        RETURN said;
    END IF;
    FOR one IN SELECT * FROM gate.told_items(u.id, u.person_id, entries) LOOP
        SELECT x.* INTO i FROM record.directory d JOIN record.item x ON x.patient_id = d.patient_id AND x.id = d.id WHERE d.id = one.item;
        SELECT x.* INTO v FROM record.version x WHERE x.patient_id = i.patient_id AND x.item_id = i.id AND x.version = i.version;
        w := gate.weigh_behind(s, i.patient_id, 'notify');
        IF notices.may_see(s, w, i) AND notices.may_read(s, w, v) THEN
            said := said || jsonb_build_object(one.entry::text, jsonb_build_object('patient', i.patient_id, 'text', v.resource));
        END IF;
    END LOOP;
    RETURN said;
END
$$;

-- The worker, with the notice that it took: claims {"subscription", "version", "entries": [texts]} -> as notices.contents.
CREATE OR REPLACE FUNCTION notices.contents_for_hook(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'notice-contents');
    u notices.subscription;
BEGIN
    SELECT * INTO u FROM notices.subscription x WHERE x.id = (c ->> 'subscription')::uuid AND x.version = (c ->> 'version')::integer AND x.channel = 'rest-hook' AND x.state = 'active';
    RETURN notices.contents(u, ARRAY(SELECT jsonb_array_elements_text(c -> 'entries')::bigint));
END
$$;
COMMENT ON FUNCTION notices.contents_for_hook IS 'application';

-- One who asks for what his subscription was told, and a bound websocket: by its secret, or its token.
CREATE OR REPLACE FUNCTION notices.contents_for_own(secret bytea, subscription uuid, entries bigint[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := notices.subscriber(secret, jsonb_build_object('subscription', subscription));
    u notices.subscription;
BEGIN
    SELECT * INTO u FROM notices.subscription x WHERE x.id = subscription AND notices.is_own(s, x);
    RETURN notices.contents(u, entries);
END
$$;
COMMENT ON FUNCTION notices.contents_for_own IS 'application';

CREATE OR REPLACE FUNCTION notices.contents_for_socket(token bytea, subscription uuid, entries bigint[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u notices.subscription;
BEGIN
    SELECT x.* INTO u FROM notices.socket_token t JOIN notices.subscription x ON x.id = ANY (t.subscriptions)
    WHERE t.token_hash = sha256(token) AND t.bound_at IS NOT NULL AND t.ends_at > clock_timestamp() AND x.id = contents_for_socket.subscription AND x.channel = 'websocket';
    RETURN notices.contents(u, entries);
END
$$;
COMMENT ON FUNCTION notices.contents_for_socket IS 'application';
