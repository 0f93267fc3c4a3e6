-- Who signs in, and where he may go from there. Asked by the sign-in alone, about the human being who has just proven who he is: the claims carry
-- the same HMAC as those of gate.open_session. No content of any record, so no entry; the session that follows writes one.
-- claims: {"whoami": uuid of the person, "at": epoch seconds}. Errors: UD004 when the claims are not the sign-in's, or nobody has this id.
CREATE OR REPLACE FUNCTION gate.whoami(claims text, mac bytea) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := claims::jsonb;
    h registry.person;
BEGIN
    -- an absent time must refuse, not pass as NULL
    IF mac IS DISTINCT FROM gate.hmac(convert_to(claims, 'UTF8'), (SELECT value FROM gate.key WHERE name = 'session'))
       OR (abs(extract(epoch FROM clock_timestamp()) - (c ->> 'at')::numeric) <= 60) IS NOT TRUE THEN
        RAISE EXCEPTION 'these claims are not from the sign-in' USING ERRCODE = 'UD004';
    END IF;
    SELECT * INTO h FROM registry.person WHERE id = (c ->> 'whoami')::uuid;
    IF h.id IS NULL THEN
        RAISE EXCEPTION 'no such person' USING ERRCODE = 'UD004';
    END IF;
    RETURN jsonb_build_object(
        'name', h.given || ' ' || h.family,
        'language', h.language,
        'patient', h.patient_id,
        'represents', EXISTS (SELECT FROM relations.representation r
                              WHERE r.person_id = h.id AND r.kind <> 'designated' AND r.state = 'in-force' AND r.starts_at <= now() AND now() < r.ends_at),
        'employments', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', e.id, 'function', e.function, 'kind', f.kind, 'function_words', f.words,
                'institution', i.id, 'institution_key', i.key, 'institution_names', i.names, 'network', i.network,
                'may_write', gate.rights_of(e.function, 'enter') & (1 << 9) <> 0,
                'may_break_glass', f.kind = 'carer' AND gate.rights_of(e.function, 'break-the-glass') <> 0) ORDER BY e.from_at, e.id), '[]')
            FROM registry.employment e
            JOIN registry.institution i ON i.id = e.institution_id
            JOIN gate.function f ON f.slug = e.function
            WHERE e.person_id = h.id AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at))
    );
END
$$;

-- ACD-6: somebody stated a purpose that is never allowed. No session is opened; the attempt is written down.
-- claims: {"person": uuid, "employment": uuid, "face": text, "purpose": text, "device": text|absent, "address": text|absent, "at": epoch seconds}. Errors: UD004, as above.
CREATE OR REPLACE FUNCTION gate.refuse_purpose(claims text, mac bytea) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c jsonb := claims::jsonb;
    s gate.session;
BEGIN
    IF mac IS DISTINCT FROM gate.hmac(convert_to(claims, 'UTF8'), (SELECT value FROM gate.key WHERE name = 'session'))
       OR (abs(extract(epoch FROM clock_timestamp()) - (c ->> 'at')::numeric) <= 60) IS NOT TRUE THEN
        RAISE EXCEPTION 'these claims are not from the sign-in' USING ERRCODE = 'UD004';
    END IF;
    SELECT h.id, h.given || ' ' || h.family, e.function, e.institution_id INTO s.person_id, s.person_name, s.function, s.institution_id
    FROM registry.person h JOIN registry.employment e ON e.person_id = h.id WHERE h.id = (c ->> 'person')::uuid AND e.id = (c ->> 'employment')::uuid;
    IF s.person_id IS NULL THEN
        RAISE EXCEPTION 'no such employment of this person' USING ERRCODE = 'UD004';
    END IF;
    s.purpose := c ->> 'purpose';
    s.face := c ->> 'face';
    s.device := left(c ->> 'device', 80);
    s.address := left(c ->> 'address', 80);
    PERFORM gate.write_entry(s, NULL, NULL, 'sign-in', 0, NULL, '{}', 'ACD-6.purpose', false);
END
$$;
COMMENT ON FUNCTION gate.refuse_purpose IS 'application';
