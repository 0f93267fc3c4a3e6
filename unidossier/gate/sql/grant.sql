-- Step 1 of every access: decide, write the entry (of a refusal too), hand out a grant. The caller commits before anything can be read.

CREATE OR REPLACE FUNCTION gate.session_of(secret bytea) RETURNS gate.session LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session;
BEGIN
    SELECT * INTO s FROM gate.session WHERE secret_hash = sha256(secret);
    IF s.id IS NULL THEN
        RAISE EXCEPTION 'no such session' USING ERRCODE = 'UD001';
    END IF;
    RETURN s;
END
$$;

CREATE OR REPLACE FUNCTION gate.write_entry(
    s gate.session, patient uuid, listed uuid[], verb text, categories bigint, items uuid[], detail jsonb, rule text, permitted boolean,
    acting_for uuid DEFAULT NULL, glass_reason text DEFAULT NULL, glass_text text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number bigint := to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number');
BEGIN
    INSERT INTO log.entry (id, session_id, person_id, person_name, function, institution_id, acting_for, patient_id, patients, verb, categories, items, detail, purpose,
                           rule, permitted, origin, glass_reason, glass_text)
    VALUES (number, s.id, s.person_id, s.person_name, s.function, s.institution_id, acting_for, patient, listed, verb, categories, items, detail, s.purpose,
            rule, permitted, s.face, glass_reason, glass_text);
    IF listed IS NOT NULL THEN
        INSERT INTO log.listed (patient_id, entry_id) SELECT DISTINCT one, number FROM unnest(listed) AS one;
    END IF;
    RETURN number;
END
$$;

CREATE OR REPLACE FUNCTION gate.touch(s gate.session) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- idle time is counted in half minutes, so that a busy session is not one hot row
    IF s.seen_at < now() - interval '30 seconds' AND s.ended_at IS NULL AND now() < s.seen_at + s.idle THEN
        UPDATE gate.session SET seen_at = now() WHERE id = s.id AND seen_at < now() - interval '30 seconds';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION gate.epochs(subjects uuid[]) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(epoch), 0) FROM gate.epoch WHERE subject = ANY (subjects)
$$;

-- One record. `patient` may be null when items name it (a reader who knows only the id of an item).
-- glass: {"reason": code, "text": justification}. token_hash: sha256 of the token the application made.
DROP FUNCTION IF EXISTS gate.grant_access(bytea, uuid, text, uuid[], jsonb, bytea, jsonb);
CREATE FUNCTION gate.grant_access(
    secret bytea, patient uuid, verb text, items uuid[], detail jsonb, token_hash bytea, glass jsonb DEFAULT NULL,
    OUT allowed boolean, OUT rule text, OUT entry bigint, OUT whom uuid, OUT opens bigint
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    v gate.verb;
    p registry.patient;
    w gate.weighed;
    breaking text := 'none';
    subjects uuid[];
    before numeric;
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = grant_access.verb;
    whom := coalesce(patient, (SELECT d.patient_id FROM record.directory d WHERE d.id = items[1]));
    -- the epochs are read BEFORE the facts: a change in between makes the grant stale, never the facts
    subjects := ARRAY[whom, s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before := gate.epochs(subjects);
    SELECT * INTO p FROM registry.patient WHERE id = whom;
    IF p.id IS NULL THEN
        allowed := false;
        rule := 'ACD-1.none';
        entry := gate.write_entry(s, NULL, NULL, v.slug, 0, items, detail, rule, false);
        RETURN;
    END IF;
    IF glass IS NOT NULL THEN
        breaking := CASE WHEN glass ->> 'reason' IN ('unconscious', 'asked-by-gp', 'sample-or-image', 'clinical-study', 'unknown-relation', 'other')
                          AND length(btrim(glass ->> 'text')) >= 20 AND s.strong_at > now() - interval '5 minutes' THEN 'valid' ELSE 'incomplete' END;
    END IF;
    w := gate.weigh(s, p, v, breaking, gate.teams_of(s.person_id));
    allowed := w.permits;
    rule := w.rule;
    opens := CASE WHEN allowed THEN (w.mask_own | w.mask_other | w.writes) & 2097151 ELSE 0 END;
    entry := gate.write_entry(s, p.id, NULL, v.slug, opens, items, detail, rule, allowed, w.acting_for, glass ->> 'reason', glass ->> 'text');
    IF allowed THEN
        INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patient_id, patients, mask_own, mask_other, closed, sees_held,
                               sees_confidential, items, reads_log, writes, verb, subjects, epochs)
        VALUES (entry, grant_access.token_hash, clock_timestamp() + interval '60 seconds', s.id, s.person_id, s.person_name, s.institution_id, p.id, ARRAY[p.id], w.mask_own, w.mask_other,
                w.closed, w.sees_held, w.sees_confidential, coalesce(items, '{}'), v.slug = 'who-looked' AND s.actor IN ('patient', 'representative'), w.writes, v.slug, subjects, before);
        PERFORM gate.touch(s);
    END IF;
END
$$;

-- Short facts of several patients: one entry naming all of them. Each is decided by the same decision as opening one by one.
-- wanted narrows the candidates before they are weighed: {"family": prefix, "birth": date, "number": digits, "team": id, "day": date}.
CREATE OR REPLACE FUNCTION gate.grant_list(secret bytea, verb text, wanted jsonb, token_hash bytea, OUT allowed boolean, OUT rule text, OUT entry bigint, OUT patients uuid[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.session_of(secret);
    v gate.verb;
    my_teams uuid[] := gate.teams_of(s.person_id);
    candidates uuid[];
    subjects uuid[];
    before numeric;
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = grant_list.verb;
    candidates := gate.candidates(s, my_teams, wanted);
    subjects := candidates || ARRAY[s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before := gate.epochs(subjects);
    SELECT coalesce(array_agg(p.id), '{}') INTO patients FROM registry.patient p, LATERAL gate.weigh(s, p, v, 'none', my_teams) w
    WHERE p.id = ANY (candidates) AND w.permits;
    allowed := gate.employed(s) AND s.ended_at IS NULL AND now() < s.ends_at AND now() < s.seen_at + s.idle AND s.strong_at IS NOT NULL
               AND s.purpose IN ('care', 'own', 'governance', 'exchange') AND gate.rights_of(s.function, v.action) <> 0;
    rule := CASE WHEN allowed THEN 'ACD-1.list' WHEN s.strong_at IS NULL THEN 'ALL-3.second-factor' ELSE 'ACD-7.ended' END;
    entry := gate.write_entry(s, NULL, CASE WHEN allowed THEN patients END, v.slug, 3, NULL, wanted, rule, allowed);
    IF allowed THEN
        INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patients, mask_own, mask_other, sees_held, sees_confidential, verb, subjects, epochs)
        VALUES (entry, grant_list.token_hash, clock_timestamp() + interval '60 seconds', s.id, s.person_id, s.person_name, s.institution_id, patients, 0, 0, false, false, v.slug, subjects, before);
        PERFORM gate.touch(s);
    ELSE
        patients := '{}';
    END IF;
END
$$;

-- Whom the session could possibly know of, before each is weighed: by person, by team, by representation.
CREATE OR REPLACE FUNCTION gate.candidates(s gate.session, my_teams uuid[], wanted jsonb) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT patient_id FROM relations.relation WHERE person_id = s.person_id AND ends_at > now()
        UNION SELECT patient_id FROM relations.relation WHERE team_id = ANY (my_teams) AND ends_at > now()
        UNION SELECT patient_id FROM relations.representation WHERE s.actor = 'representative' AND person_id = s.person_id AND ends_at > now()
        UNION SELECT s.patient_id WHERE s.actor = 'patient' AND s.patient_id IS NOT NULL
    )
    SELECT coalesce(array_agg(p.id), '{}') FROM (
        SELECT p.id FROM known JOIN registry.patient p ON p.id = known.patient_id
        WHERE p.merged_into IS NULL
          AND (wanted ->> 'name' IS NULL OR p.sort_key LIKE (wanted ->> 'name') || '%' OR p.sort_key LIKE '% ' || (wanted ->> 'name') || '%')
          AND (wanted ->> 'birth' IS NULL OR p.birth_date = (wanted ->> 'birth')::date)
          AND (wanted ->> 'number' IS NULL OR EXISTS (SELECT FROM registry.patient_identifier i WHERE i.patient_id = p.id AND i.until_at IS NULL AND i.value = wanted ->> 'number'))
          AND (wanted ->> 'team' IS NULL OR EXISTS (SELECT FROM relations.stay y WHERE y.patient_id = p.id AND y.team_id = (wanted ->> 'team')::uuid AND y.ends_at > now())
               OR EXISTS (SELECT FROM relations.appointment a WHERE a.patient_id = p.id AND a.team_id = (wanted ->> 'team')::uuid AND a.starts_at >= date_trunc('day', now())))
        ORDER BY p.sort_key LIMIT 200
    ) p
$$;

-- Step 2: bind the reading transaction to a grant. Bound to this transaction's start: a setting that outlives it is worthless.
CREATE OR REPLACE FUNCTION gate.use_grant(token bytea) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live;
BEGIN
    PERFORM set_config('gate.grant', encode(token, 'hex') || '|' || extract(epoch FROM transaction_timestamp())::text, true);
    l := gate.cur();
    RETURN l.id;
END
$$;
