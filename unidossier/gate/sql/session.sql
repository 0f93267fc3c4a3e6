-- Sessions are opened by the sign-in alone: the claims carry an HMAC by a key that lives outside the database.
-- SQL slipped into a query of the application therefore cannot make itself anybody else.

CREATE OR REPLACE FUNCTION gate.hmac(message bytea, key bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    inner_pad bytea := ''; outer_pad bytea := ''; b int;
BEGIN  -- RFC 2104 with SHA-256; the key is 32 bytes. No key, or another length, is no proof of anything.
    IF length(key) IS DISTINCT FROM 32 THEN
        RAISE EXCEPTION 'the session key is missing' USING ERRCODE = 'UD004';
    END IF;
    FOR i IN 0..63 LOOP
        b := CASE WHEN i < length(key) THEN get_byte(key, i) ELSE 0 END;
        inner_pad := inner_pad || set_byte('\x00'::bytea, 0, b # 54);
        outer_pad := outer_pad || set_byte('\x00'::bytea, 0, b # 92);
    END LOOP;
    RETURN sha256(outer_pad || sha256(inner_pad || message));
END
$$;

-- claims: {"secret_hash": hex, "person": uuid, "face": "ward|consult|my|desk|api", "employment": uuid|null, "patient": uuid|null (own record),
--          "device": text|absent, "address": text|absent, "representative": bool, "purpose": text, "strong": bool, "strong_age_s": seconds since, "idle_s": int, "life_s": int, "at": epoch seconds}
CREATE OR REPLACE FUNCTION gate.open_session(claims text, mac bytea) RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := claims::jsonb;
    h registry.person;
    e registry.employment;
    actor text;
    s gate.session;
BEGIN
    -- an absent time must refuse, not pass as NULL
    IF mac IS DISTINCT FROM gate.hmac(convert_to(claims, 'UTF8'), (SELECT value FROM gate.key WHERE name = 'session'))
       OR (abs(extract(epoch FROM clock_timestamp()) - (c ->> 'at')::numeric) <= 60) IS NOT TRUE THEN
        RAISE EXCEPTION 'these claims are not from the sign-in' USING ERRCODE = 'UD004';
    END IF;
    SELECT * INTO h FROM registry.person WHERE id = (c ->> 'person')::uuid;
    IF h.id IS NULL THEN
        RAISE EXCEPTION 'no such person' USING ERRCODE = 'UD004';
    END IF;
    IF c ->> 'employment' IS NOT NULL THEN
        SELECT * INTO e FROM registry.employment
        WHERE id = (c ->> 'employment')::uuid AND person_id = h.id AND from_at <= clock_timestamp() AND (until_at IS NULL OR clock_timestamp() < until_at);
        IF e.id IS NULL THEN
            RAISE EXCEPTION 'this employment is not in force' USING ERRCODE = 'UD004';
        END IF;
        actor := (SELECT CASE f.kind WHEN 'carer' THEN CASE WHEN i.network THEN 'inside' ELSE 'outside' END ELSE f.kind END
                  FROM gate.function f, registry.institution i WHERE f.slug = e.function AND i.id = e.institution_id);
    ELSE
        actor := CASE WHEN (c ->> 'representative')::boolean THEN 'representative' ELSE 'patient' END;
    END IF;
    INSERT INTO gate.session (id, secret_hash, person_id, person_name, human_id, employment_id, institution_id, function, actor, patient_id, face, purpose, device, address, strong_at, idle, ends_at)
    VALUES (gen_random_uuid(), decode(c ->> 'secret_hash', 'hex'), h.id, h.given || ' ' || h.family, h.human_id, e.id, e.institution_id, coalesce(e.function, actor), actor,
            CASE WHEN actor = 'patient' THEN h.patient_id END, c ->> 'face', c ->> 'purpose', left(coalesce(c ->> 'device', ''), 80), left(coalesce(c ->> 'address', ''), 80),
            CASE WHEN (c ->> 'strong')::boolean THEN clock_timestamp() - make_interval(secs => coalesce((c ->> 'strong_age_s')::double precision, 0)) END,
            make_interval(secs => (c ->> 'idle_s')::int), clock_timestamp() + make_interval(secs => (c ->> 'life_s')::int))
    RETURNING * INTO s;
    PERFORM gate.write_entry(s, s.patient_id, NULL, 'sign-in', 0, NULL, '{}', 'ALL-3.sign-in', true);
    RETURN s.id;
END
$$;

-- The word of a process of ours that holds the key outside the database (the worker that sends mail), for one purpose: claims.what. UD004 when it is not.
CREATE OR REPLACE FUNCTION gate.check_word(claims text, mac bytea, wanted text) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF mac IS DISTINCT FROM gate.hmac(convert_to(claims, 'UTF8'), (SELECT value FROM gate.key WHERE name = 'session'))
       OR claims::jsonb ->> 'what' IS DISTINCT FROM wanted
       OR (abs(extract(epoch FROM clock_timestamp()) - (claims::jsonb ->> 'at')::numeric) <= 60) IS NOT TRUE THEN
        RAISE EXCEPTION 'these claims are not from the worker' USING ERRCODE = 'UD004';
    END IF;
    RETURN claims::jsonb;
END
$$;

CREATE OR REPLACE FUNCTION gate.close_session(secret bytea) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
BEGIN
    UPDATE gate.session SET ended_at = clock_timestamp() WHERE id = s.id AND ended_at IS NULL;
    PERFORM gate.bump(s.person_id);
    PERFORM gate.write_entry(s, s.patient_id, NULL, 'sign-out', 0, NULL, '{}', 'ALL-3.sign-in', true);
END
$$;

-- Grants of the last minute are evidence of nothing: the log is. Called by the worker.
CREATE OR REPLACE FUNCTION gate.purge() RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    DELETE FROM gate.live WHERE expires_at < clock_timestamp() - interval '60 seconds';
    GET DIAGNOSTICS n = ROW_COUNT;
    -- codes and words of apps are good for minutes; a day later nobody tries them again
    DELETE FROM gate.app_code WHERE expires_at < clock_timestamp() - interval '1 day';
    DELETE FROM gate.app_launch WHERE expires_at < clock_timestamp() - interval '1 day';
    RETURN n;
END
$$;
