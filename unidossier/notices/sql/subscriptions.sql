-- Subscriptions: kept by their owners, filled by what is stored, told after a decision of the gate for the subscriber at that moment. No grant, no notice.

-- What of the versions just stored is of a topic: a letter or result once it is no draft, the begin and end of a stay or contact. Called by the one writer when anybody subscribes.
CREATE OR REPLACE FUNCTION notices.happened(l gate.live, rows record.delivery[], fresh_ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO notices.happening (topic, item_id, version, type, institution_id)
    SELECT t.topic, d.id, i.version, d.type, l.institution_id
    FROM unnest(rows) d JOIN record.item i ON i.patient_id = l.patient_id AND i.id = d.id,
        LATERAL (SELECT CASE
            WHEN d.type = 'Encounter' THEN CASE d.resource::jsonb ->> 'status' WHEN 'arrived' THEN 'encounter-start' WHEN 'in-progress' THEN 'encounter-start' WHEN 'finished' THEN 'encounter-end' END
            WHEN d.status NOT IN ('final', 'amended') OR i.part_of IS NOT NULL THEN NULL
            WHEN d.category IN (10, 11) THEN 'new-letter'
            WHEN d.category IN (8, 9, 13, 14) AND d.type IN ('Observation', 'DiagnosticReport', 'DocumentReference', 'Composition', 'ImagingStudy') THEN 'new-result' END AS topic) t
    WHERE d.id = ANY (fresh_ids) AND t.topic IS NOT NULL AND EXISTS (SELECT FROM notices.subscription s WHERE s.state = 'active' AND s.topic = t.topic);
END
$$;

-- The account behind a secret, when it may subscribe: machines of an institution, and carers outside for their own package.
CREATE OR REPLACE FUNCTION notices.subscriber(secret bytea, detail jsonb) RETURNS gate.session LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
BEGIN
    IF gate.holds(s, clock_timestamp()) IS NULL OR s.strong_at IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    ELSIF s.actor NOT IN ('machine', 'outside') OR gate.rights_of(s.function, 'read') = 0
       -- an app, when its scopes say so: user/Subscription.c, system/Subscription.c; what it is told ends with its access
       OR NOT gate.app_may(s, 'c', 'Subscription') THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'subscribe', 0, NULL, detail, 'ACS-1.function', false);
        RETURN NULL;
    END IF;
    RETURN s;
END
$$;

-- One's own: of the same account, and for an app what it made itself.
CREATE OR REPLACE FUNCTION notices.is_own(s gate.session, u notices.subscription) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT u.person_id = s.person_id AND u.institution_id = s.institution_id AND (s.app_id IS NULL OR (u.app ->> 'id')::uuid IS NOT DISTINCT FROM s.app_id)
$$;

CREATE OR REPLACE FUNCTION notices.subscription_told(u notices.subscription) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('id', u.id, 'version', u.version, 'topic', u.topic, 'patient', u.about, 'channel', u.channel, 'endpoint', u.endpoint, 'content', u.content, 'heartbeat', u.heartbeat_s,
        'timeout', u.timeout_s, 'most', u.most, 'reason', u.reason, 'state', CASE WHEN u.ends_at <= clock_timestamp() THEN 'off' ELSE u.state END, 'fault', u.fault, 'told', u.told, 'changed', u.changed_at, 'ends', u.ends_at)
$$;

-- wanted: {"topic", "patient"|absent, "channel", "endpoint"|null, "headers": hex|null, "content", "heartbeat"|null, "timeout", "most", "reason", "ends", "off": bool, "expected": version|null}
-- A new one or a change of one's own; each change starts anew with a handshake. NULL: refused. UD010 'address-not-allowed', 'too-many', 'of-another', 'changed'.
CREATE OR REPLACE FUNCTION notices.keep_subscription(secret bytea, new_id uuid, wanted jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    detail jsonb := jsonb_build_object('subscription', new_id, 'topic', wanted -> 'topic', 'channel', wanted -> 'channel', 'endpoint', wanted -> 'endpoint');
    s gate.session := notices.subscriber(secret, detail);
    u notices.subscription;
    entry bigint;
BEGIN
    IF s.id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO u FROM notices.subscription x WHERE x.id = new_id FOR UPDATE;
    IF u.id IS NOT NULL AND NOT notices.is_own(s, u) THEN
        RAISE EXCEPTION 'of-another' USING ERRCODE = 'UD010';
    ELSIF wanted ->> 'expected' IS NOT NULL AND (wanted ->> 'expected')::integer <> coalesce(u.version, 0) THEN
        RAISE EXCEPTION 'changed' USING ERRCODE = 'UD010';
    ELSIF wanted ->> 'channel' = 'rest-hook' AND NOT notices.is_allowed(wanted ->> 'endpoint') THEN
        RAISE EXCEPTION 'address-not-allowed' USING ERRCODE = 'UD010';
    ELSIF u.id IS NULL AND (SELECT count(*) FROM notices.subscription x WHERE x.person_id = s.person_id AND x.state <> 'off') >= 50 THEN
        RAISE EXCEPTION 'too-many' USING ERRCODE = 'UD010';
    END IF;
    entry := gate.write_entry(s, NULL, NULL, 'subscribe', 0, NULL, detail || jsonb_build_object('state', CASE WHEN (wanted ->> 'off')::boolean THEN 'off' ELSE 'requested' END),
        CASE WHEN s.actor = 'machine' THEN 'ACS-5.institution' ELSE 'ACD-1.list' END, true);
    INSERT INTO notices.subscription AS x (id, person_id, employment_id, institution_id, actor, app, topic, about, channel, endpoint, headers, content, heartbeat_s, timeout_s, most, reason, state, ends_at, entry_id)
    VALUES (new_id, s.person_id, s.employment_id, s.institution_id, s.actor, gate.app_of(s), wanted ->> 'topic',
            gate.kept(coalesce((SELECT d.patient_id FROM record.directory d WHERE d.id = (wanted ->> 'patient')::uuid), (wanted ->> 'patient')::uuid)),
            wanted ->> 'channel', wanted ->> 'endpoint', decode(wanted ->> 'headers', 'hex'), wanted ->> 'content', (wanted ->> 'heartbeat')::integer, (wanted ->> 'timeout')::integer,
            (wanted ->> 'most')::integer, wanted ->> 'reason', CASE WHEN (wanted ->> 'off')::boolean THEN 'off' WHEN wanted ->> 'channel' = 'websocket' THEN 'active' ELSE 'requested' END,
            least((wanted ->> 'ends')::timestamptz, clock_timestamp() + interval '1 year'), entry)
    ON CONFLICT (id) DO UPDATE SET version = x.version + 1, employment_id = excluded.employment_id, app = excluded.app, topic = excluded.topic, about = excluded.about, channel = excluded.channel, endpoint = excluded.endpoint,
        headers = excluded.headers, content = excluded.content, heartbeat_s = excluded.heartbeat_s, timeout_s = excluded.timeout_s, most = excluded.most, reason = excluded.reason, state = excluded.state,
        fault = NULL, changed_at = clock_timestamp(), ends_at = excluded.ends_at, tries = 0, next_at = clock_timestamp(), leased_until = '-infinity', entry_id = excluded.entry_id
    RETURNING * INTO u;
    RETURN notices.subscription_told(u);
END
$$;
COMMENT ON FUNCTION notices.keep_subscription IS 'application';

-- One's own, by id or all that are not over. No content of any record, so no entry.
CREATE OR REPLACE FUNCTION notices.own_subscriptions(secret bytea, wanted uuid DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := notices.subscriber(secret, '{}');
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(notices.subscription_told(u) ORDER BY u.made_at, u.id), '[]') FROM notices.subscription u
            WHERE u.person_id = s.person_id AND notices.is_own(s, u) AND (u.id = wanted OR wanted IS NULL));
END
$$;
COMMENT ON FUNCTION notices.own_subscriptions IS 'application';

-- It ends, with what it was still to be told. False when there is none.
CREATE OR REPLACE FUNCTION notices.end_subscription(secret bytea, subscription uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := notices.subscriber(secret, jsonb_build_object('subscription', subscription));
BEGIN
    IF NOT EXISTS (SELECT FROM notices.subscription u WHERE u.id = subscription AND notices.is_own(s, u) FOR UPDATE) THEN
        RETURN false;
    END IF;
    PERFORM gate.write_entry(s, NULL, NULL, 'subscribe', 0, NULL, jsonb_build_object('subscription', subscription, 'state', 'deleted'), CASE WHEN s.actor = 'machine' THEN 'ACS-5.institution' ELSE 'ACD-1.list' END, true);
    DELETE FROM notices.event e WHERE e.subscription_id = subscription;
    DELETE FROM notices.subscription u WHERE u.id = subscription;
    RETURN true;
END
$$;
COMMENT ON FUNCTION notices.end_subscription IS 'application';

-- May this item be shown to this account now? The conditions of the policy on record.item (database/sql/policies.sql), for one who has no grant yet.
CREATE OR REPLACE FUNCTION notices.may_see(s gate.session, w gate.weighed, i record.item) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT w.permits AND i.status IN ('final', 'amended')
        AND ((i.vis & w.mask_other) <> 0 OR (i.vis & w.mask_own) <> 0 AND i.institution_id = s.institution_id OR (i.vis & w.mask_open) <> 0 AND i.institution_id <> ALL (w.closed))
        AND (i.held_until IS NULL OR i.held_until <= now() OR w.sees_held) AND (NOT i.confidential OR w.sees_confidential)
        AND (w.app_reads IS NULL OR gate.app_fits(w.app_reads, i.type, i.category))
$$;

-- Decides about the events of one subscription in order, each with its entry; answers those that may be told: [{"number", "at", "type", "item", "entry"}].
-- What may not be told leaves no trace at the subscriber: it gets no number.
CREATE OR REPLACE FUNCTION notices.decide_events(u notices.subscription, ids bigint[]) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    s gate.session := gate.behind(u.id, u.person_id, u.employment_id, u.made_at, u.app);
    one notices.event;
    i record.item;
    w gate.weighed;
    said jsonb := '[]';
    last bigint := u.told;
    entry bigint;
BEGIN
    FOR one IN SELECT * FROM notices.event e WHERE e.subscription_id = u.id AND e.id = ANY (ids) ORDER BY e.id LOOP
        SELECT x.* INTO i FROM record.directory d JOIN record.item x ON x.patient_id = d.patient_id AND x.id = d.id WHERE d.id = one.item_id;
        w := gate.weigh_behind(s, i.patient_id, 'notify');
        IF i.id IS NULL OR notices.may_see(s, w, i) IS NOT TRUE THEN
            -- one that was told before keeps its number and says nothing more
            DELETE FROM notices.event e WHERE e.subscription_id = u.id AND e.id = one.id AND e.number IS NULL;
            UPDATE notices.event e SET told_at = coalesce(e.told_at, clock_timestamp()) WHERE e.subscription_id = u.id AND e.id = one.id;
            CONTINUE;
        END IF;
        IF one.number IS NULL THEN
            last := last + 1;
            one.number := last;
            UPDATE notices.event e SET number = one.number WHERE e.subscription_id = u.id AND e.id = one.id;
        END IF;
        entry := gate.write_entry(s, i.patient_id, NULL, 'notify', (1::bigint << i.category), ARRAY[i.id],
            jsonb_build_object('subscription', u.id, 'number', one.number, 'topic', u.topic, 'channel', u.channel, 'content', u.content), w.rule, true);
        said := said || jsonb_build_array(jsonb_build_object('id', one.id, 'number', one.number, 'at', one.at, 'type', one.type, 'item', one.item_id, 'entry', entry::text));
    END LOOP;
    UPDATE notices.subscription x SET told = last WHERE x.id = u.id AND x.told <> last;
    RETURN said;
END
$$;

-- Sorts what happened to those who asked: machines hear of their own institution's data, carers of patients with whom they have a relation. Decided is later.
CREATE OR REPLACE FUNCTION notices.sort_happenings() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n bigint;
BEGIN
    WITH gone AS (
        DELETE FROM notices.happening h WHERE h.id IN (SELECT x.id FROM notices.happening x ORDER BY x.id LIMIT 500 FOR UPDATE SKIP LOCKED) RETURNING *
    ), taken AS (
        SELECT g.*, d.patient_id FROM gone g JOIN record.directory d ON d.id = g.item_id
    ), whom AS (
        SELECT u.id AS subscription_id, t.* FROM taken t JOIN notices.subscription u ON u.topic = t.topic AND u.state = 'active' AND u.actor = 'machine' AND u.institution_id = t.institution_id
        WHERE u.about IS NULL OR gate.kept(u.about) = t.patient_id
        UNION SELECT u.id, t.* FROM taken t JOIN relations.relation r ON r.patient_id = t.patient_id AND r.state = 'in-force' AND r.ends_at > clock_timestamp()
            JOIN notices.subscription u ON u.topic = t.topic AND u.state = 'active' AND u.actor = 'outside' AND (u.about IS NULL OR gate.kept(u.about) = t.patient_id)
                AND (u.person_id = r.person_id OR EXISTS (SELECT FROM registry.duty d WHERE d.team_id = r.team_id AND d.person_id = u.person_id AND d.starts_at <= clock_timestamp() AND clock_timestamp() < d.ends_at))
    )
    INSERT INTO notices.event (subscription_id, id, at, item_id, type)
    SELECT w.subscription_id, w.id, w.at, w.item_id, w.type FROM whom w
    -- a stay begins once and ends once, however often it is sent
    WHERE w.topic NOT IN ('encounter-start', 'encounter-end') OR NOT EXISTS (SELECT FROM notices.event o WHERE o.subscription_id = w.subscription_id AND o.item_id = w.item_id)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;

-- The events of one subscription that wait, decided: a notice to send, or NULL when there is nothing to say.
CREATE OR REPLACE FUNCTION notices.next_notice(u notices.subscription) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    ids bigint[];
    said jsonb;
BEGIN
    LOOP
        ids := ARRAY(SELECT e.id FROM notices.event e WHERE e.subscription_id = u.id AND e.told_at IS NULL ORDER BY e.id LIMIT u.most);
        EXIT WHEN cardinality(ids) = 0;
        said := notices.decide_events(u, ids);
        SELECT * INTO u FROM notices.subscription x WHERE x.id = u.id;
        EXIT WHEN said <> '[]';
    END LOOP;
    IF coalesce(said, '[]') = '[]' AND (u.heartbeat_s IS NULL OR u.sent_at + make_interval(secs => u.heartbeat_s) > clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    RETURN notices.subscription_told(u) || jsonb_build_object('events', coalesce(said, '[]'), 'kind', CASE WHEN coalesce(said, '[]') = '[]' THEN 'heartbeat' ELSE 'event-notification' END);
END
$$;

-- The worker: sorts what happened and takes the next notice that is due at a rest-hook, for half a minute: a subscription with "headers", "kind", "events", "allowed", "private"; NULL: nothing.
CREATE OR REPLACE FUNCTION notices.take_hook(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    u notices.subscription;
    notice jsonb;
BEGIN
    PERFORM gate.check_word(claims, mac, 'take-hook');
    PERFORM notices.sort_happenings();
    UPDATE notices.subscription x SET state = 'off' WHERE x.state <> 'off' AND x.ends_at <= clock_timestamp();
    FOR u IN
        SELECT * FROM notices.subscription x
        WHERE x.channel = 'rest-hook' AND x.next_at <= clock_timestamp() AND x.leased_until < clock_timestamp()
          AND (x.state = 'requested' OR x.state = 'active' AND (EXISTS (SELECT FROM notices.event e WHERE e.subscription_id = x.id AND e.told_at IS NULL)
               OR x.sent_at + make_interval(secs => x.heartbeat_s) <= clock_timestamp()))
        ORDER BY x.next_at LIMIT 20 FOR UPDATE SKIP LOCKED
    LOOP
        -- where nothing may be sent nothing is decided
        notice := CASE WHEN u.state = 'requested' OR NOT notices.is_allowed(u.endpoint) THEN notices.subscription_told(u) || '{"kind": "handshake", "events": []}' ELSE notices.next_notice(u) END;
        IF notice IS NOT NULL THEN
            UPDATE notices.subscription x SET leased_until = clock_timestamp() + interval '45 seconds' WHERE x.id = u.id;
            RETURN notice || jsonb_build_object('headers', encode(u.headers, 'hex'), 'allowed', notices.is_allowed(u.endpoint),
                'private', (SELECT a.private FROM notices.hook_address a WHERE a.origin = notices.origin_of(u.endpoint) AND a.ended_at IS NULL));
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION notices.take_hook IS 'application';

-- How it went: claims {"subscription", "kind", "events": [ids], "fault": text|null, "off": bool}. After six tries in vain (about three hours) the subscription stands in error.
CREATE OR REPLACE FUNCTION notices.mark_hook(claims text, mac bytea) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := gate.check_word(claims, mac, 'mark-hook');
    gaps constant interval[] := ARRAY['10 seconds', '1 minute', '5 minutes', '30 minutes', '2 hours']::interval[];
    u notices.subscription;
BEGIN
    SELECT * INTO u FROM notices.subscription x WHERE x.id = (c ->> 'subscription')::uuid AND x.version = (c ->> 'version')::integer FOR UPDATE;
    IF u.id IS NULL THEN
        RETURN NULL;  -- deleted or changed meanwhile
    ELSIF c ->> 'fault' IS NULL THEN
        UPDATE notices.event e SET told_at = clock_timestamp() WHERE e.subscription_id = u.id AND e.id IN (SELECT x::bigint FROM jsonb_array_elements_text(c -> 'events') x);
        UPDATE notices.subscription x SET state = 'active', fault = NULL, tries = 0, sent_at = clock_timestamp(), next_at = clock_timestamp(), leased_until = '-infinity' WHERE x.id = u.id RETURNING * INTO u;
    ELSE
        UPDATE notices.subscription x SET tries = x.tries + 1, fault = left(c ->> 'fault', 200), leased_until = '-infinity',
            state = CASE WHEN u.tries >= cardinality(gaps) OR (c ->> 'final')::boolean THEN 'error' ELSE x.state END, next_at = clock_timestamp() + gaps[least(u.tries + 1, cardinality(gaps))]
        WHERE x.id = u.id RETURNING * INTO u;
    END IF;
    RETURN u.state;
END
$$;
COMMENT ON FUNCTION notices.mark_hook IS 'application';

-- $events: what one's own subscription was told, by number, decided anew; {"subscription", "events"}; NULL when there is no such subscription.
CREATE OR REPLACE FUNCTION notices.list_events(secret bytea, subscription uuid, since bigint, until bigint) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := notices.subscriber(secret, jsonb_build_object('subscription', subscription));
    u notices.subscription;
BEGIN
    SELECT * INTO u FROM notices.subscription x WHERE x.id = subscription AND notices.is_own(s, x) FOR UPDATE;
    IF u.id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN notices.subscription_told(u) || jsonb_build_object('events', notices.decide_events(u,
        ARRAY(SELECT e.id FROM notices.event e WHERE e.subscription_id = u.id AND e.number BETWEEN coalesce(since, 1) AND coalesce(until, 9223372036854775807) ORDER BY e.number LIMIT 100)));
END
$$;
COMMENT ON FUNCTION notices.list_events IS 'application';

-- $get-ws-binding-token: of one's own active websocket subscriptions; which ones.
CREATE OR REPLACE FUNCTION notices.make_socket_token(secret bytea, wanted uuid[], token_hash bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := notices.subscriber(secret, '{"socket": true}');
    ids uuid[];
    until timestamptz := clock_timestamp() + interval '5 minutes';
BEGIN
    ids := ARRAY(SELECT u.id FROM notices.subscription u WHERE u.person_id = s.person_id AND notices.is_own(s, u) AND u.channel = 'websocket' AND u.state = 'active'
                 AND (wanted IS NULL OR u.id = ANY (wanted)) ORDER BY u.made_at, u.id);
    IF cardinality(ids) = 0 OR cardinality(ids) < cardinality(wanted) THEN
        RETURN NULL;
    END IF;
    DELETE FROM notices.socket_token t WHERE t.ends_at < clock_timestamp();
    PERFORM gate.write_entry(s, NULL, NULL, 'subscribe', 0, NULL, jsonb_build_object('socket', true, 'subscriptions', ids), CASE WHEN s.actor = 'machine' THEN 'ACS-5.institution' ELSE 'ACD-1.list' END, true);
    INSERT INTO notices.socket_token (token_hash, subscriptions, ends_at) VALUES (make_socket_token.token_hash, ids, until);
    RETURN jsonb_build_object('subscriptions', ids, 'ends', until);
END
$$;
COMMENT ON FUNCTION notices.make_socket_token IS 'application';

-- A websocket shows its token, once: the handshakes to send; NULL when it is unknown, used or over. It may then listen for an hour.
CREATE OR REPLACE FUNCTION notices.bind_socket(token bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t notices.socket_token;
BEGIN
    UPDATE notices.socket_token x SET bound_at = clock_timestamp(), ends_at = clock_timestamp() + interval '1 hour'
    WHERE x.token_hash = sha256(token) AND x.bound_at IS NULL AND x.ends_at > clock_timestamp() RETURNING * INTO t;
    RETURN CASE WHEN t.token_hash IS NOT NULL THEN (SELECT jsonb_agg(notices.subscription_told(u) || '{"kind": "handshake", "events": []}') FROM notices.subscription u WHERE u.id = ANY (t.subscriptions)) END;
END
$$;
COMMENT ON FUNCTION notices.bind_socket IS 'application';

-- What a bound websocket is to be told now: a list of notices; NULL when its hour is over.
CREATE OR REPLACE FUNCTION notices.listen_socket(token bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t notices.socket_token;
    u notices.subscription;
    notice jsonb;
    said jsonb := '[]';
BEGIN
    SELECT * INTO t FROM notices.socket_token x WHERE x.token_hash = sha256(token) AND x.bound_at IS NOT NULL AND x.ends_at > clock_timestamp();
    IF t.token_hash IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM notices.sort_happenings();
    FOR u IN SELECT * FROM notices.subscription x WHERE x.id = ANY (t.subscriptions) AND x.channel = 'websocket' AND x.state = 'active' AND x.ends_at > clock_timestamp() FOR UPDATE SKIP LOCKED LOOP
        notice := notices.next_notice(u);
        IF notice IS NOT NULL THEN
            -- a line that breaks loses what was just sent; $events has it
            UPDATE notices.event e SET told_at = clock_timestamp() WHERE e.subscription_id = u.id AND e.id IN (SELECT (x ->> 'id')::bigint FROM jsonb_array_elements(notice -> 'events') x);
            UPDATE notices.subscription x SET sent_at = clock_timestamp() WHERE x.id = u.id;
            said := said || jsonb_build_array(notice);
        END IF;
    END LOOP;
    RETURN said;
END
$$;
COMMENT ON FUNCTION notices.listen_socket IS 'application';

-- What was told a month ago is forgotten, and what nobody came for; how many.
CREATE OR REPLACE FUNCTION notices.forget_events(claims text, mac bytea) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM gate.check_word(claims, mac, 'forget-events');
    DELETE FROM notices.event e WHERE e.at < clock_timestamp() - interval '30 days';
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
COMMENT ON FUNCTION notices.forget_events IS 'application';
