-- Step 1 of every access: decide, write the entry (of a refusal too), hand out a grant. The caller commits before anything can be read.

-- The session behind a secret. Who the human being is and whether he works inside is read anew each time: both may have changed since the sign-in (EXC-6).
CREATE OR REPLACE FUNCTION gate.session_of(secret bytea) RETURNS gate.session LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session;
BEGIN
    SELECT * INTO s FROM gate.session WHERE secret_hash = sha256(secret);
    IF s.id IS NULL THEN
        RAISE EXCEPTION 'no such session' USING ERRCODE = 'UD001';
    END IF;
    -- and whose own record it is: two records of one patient may have been merged, or parted again (REC-8)
    SELECT h.human_id, CASE WHEN s.actor = 'patient' THEN h.patient_id ELSE s.patient_id END INTO s.human_id, s.patient_id FROM registry.person h WHERE h.id = s.person_id;
    IF s.actor IN ('inside', 'outside') THEN
        s.actor := (SELECT CASE WHEN network THEN 'inside' ELSE 'outside' END FROM registry.institution WHERE id = s.institution_id);
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
        -- one line for each patient named, so that nobody's "who looked" needs an entry that names others
        INSERT INTO log.listed (patient_id, entry_id, at, person_id, person_name, function, institution_id, verb, rule, purpose)
        SELECT DISTINCT one, number, clock_timestamp(), s.person_id, s.person_name, s.function, s.institution_id, verb, rule, s.purpose FROM unnest(listed) AS one;
    END IF;
    RETURN number;
END
$$;

CREATE OR REPLACE FUNCTION gate.touch(s gate.session) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- idle time is counted in half minutes, so that a busy session is not one hot row
    IF s.seen_at < clock_timestamp() - interval '30 seconds' THEN
        UPDATE gate.session SET seen_at = clock_timestamp() WHERE id = s.id AND ended_at IS NULL AND seen_at < clock_timestamp() - interval '30 seconds';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION gate.epochs(subjects uuid[]) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(epoch), 0) FROM gate.epoch WHERE subject = ANY (subjects));
END
$$;

-- One record. `patient` may be null when items name it (a reader who knows only the id of an item).
-- glass: {"reason": code, "text": justification}. token_hash: sha256 of the token the application made.
-- lasts: when the first fact ends that this access stands on; subjects and the sum of their epochs: what a page made under it watches (ACD-7).
DROP FUNCTION IF EXISTS gate.grant_access(bytea, uuid, text, uuid[], jsonb, bytea, jsonb);
CREATE FUNCTION gate.grant_access(
    secret bytea, patient uuid, verb text, items uuid[], detail jsonb, token_hash bytea, glass jsonb DEFAULT NULL,
    OUT allowed boolean, OUT rule text, OUT entry bigint, OUT whom uuid, OUT opens bigint, OUT lasts timestamptz, OUT subjects uuid[], OUT epochs numeric
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    at timestamptz := clock_timestamp();
    s gate.session := gate.session_of(secret);
    v gate.verb;
    p registry.patient;
    w gate.weighed;
    team record;
    sought uuid := coalesce(patient, (SELECT d.patient_id FROM record.directory d WHERE d.id = items[1]),
                            CASE WHEN grant_access.verb IN ('break-the-glass') THEN gate.sought(detail -> 'sought') END);
    breaking text := 'none';
    idle_at timestamptz := s.seen_at + s.idle;
    about uuid[] := ARRAY[sought, s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before numeric := gate.epochs(about);  -- read BEFORE the facts: a change in between makes the grant stale, never the facts
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = grant_access.verb;
    SELECT * INTO p FROM registry.patient WHERE id = sought;
    IF p.merged_into IS NOT NULL THEN  -- an address of before the merge leads to the record that was kept
        sought := gate.kept(p.id);
        about := ARRAY[sought, s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
        before := gate.epochs(about);
        SELECT * INTO p FROM registry.patient WHERE id = sought;
    END IF;
    IF glass IS NOT NULL THEN
        breaking := CASE WHEN glass ->> 'reason' IN ('unconscious', 'asked-by-gp', 'sample-or-image', 'clinical-study', 'unknown-relation', 'other')
                          AND length(btrim(regexp_replace(glass ->> 'text', '\s+', ' ', 'g'))) >= 20 AND s.strong_at > at - interval '5 minutes' THEN 'valid' ELSE 'incomplete' END;
    END IF;
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    s.idle := CASE WHEN at < idle_at THEN interval '100 years' ELSE s.idle END;  -- counted anew at every gesture: no fact with an end
    -- nobody's record is weighed like anybody's: the answer, its rule and its time are those of a record one may not see (ACD-8)
    w := gate.weigh(s, p, v, breaking, team.teams, team.lasts, at);
    allowed := w.permits AND p.id IS NOT NULL;
    rule := CASE WHEN w.permits AND p.id IS NULL THEN 'ACD-1.none' ELSE w.rule END;
    opens := CASE WHEN allowed THEN (w.mask_own | w.mask_other | w.mask_open | w.writes) & 2097151 ELSE 0 END;
    -- numbers and names that found somebody are not kept a second time; what found nobody is evidence
    entry := gate.write_entry(s, p.id, NULL, v.slug, opens, items, CASE WHEN p.id IS NULL THEN detail ELSE detail - 'sought' END, rule, allowed, w.acting_for, glass ->> 'reason', glass ->> 'text');
    IF allowed THEN
        whom := p.id;
        lasts := w.lasts;
        subjects := about;
        epochs := before;
        INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patient_id, patients, agenda, mask_own, mask_other, mask_open, closed, sees_held,
                               sees_confidential, items, reads_log, writes, verb, subjects, epochs, function, actor, act, rule)
        VALUES (entry, grant_access.token_hash, least(at + interval '60 seconds', idle_at, w.lasts), s.id, s.person_id, s.person_name, s.institution_id, p.id,
                CASE WHEN v.act IN ('open', 'decide', 'govern') THEN ARRAY[p.id] ELSE '{}' END,  -- planning and delivering show nothing
                CASE WHEN (w.mask_own | w.mask_other | w.mask_open) & 2 <> 0 THEN ARRAY[p.id] ELSE '{}' END,
                w.mask_own, w.mask_other, w.mask_open, w.closed, w.sees_held, w.sees_confidential, coalesce(items, '{}'),
                v.slug IN ('who-looked', 'read-messages') AND s.actor IN ('patient', 'representative') OR v.act = 'govern' OR v.act = 'decide', w.writes, v.slug, about, before,
                s.function, s.actor, v.act, grant_access.rule);
        PERFORM gate.touch(s);
    END IF;
END
$$;

-- Short facts of several patients: one entry naming all of them. Each is decided by the same decision as opening one by one.
-- wanted narrows the candidates before they are weighed: {"name": prefix, "birth": date, "number": digits, "since"/"until": instants of an agenda, "order", "after"}.
DROP FUNCTION IF EXISTS gate.grant_list(bytea, text, jsonb, bytea);
CREATE FUNCTION gate.grant_list(secret bytea, verb text, wanted jsonb, token_hash bytea, OUT allowed boolean, OUT rule text, OUT entry bigint, OUT patients uuid[], OUT following uuid,
    OUT lasts timestamptz, OUT subjects uuid[], OUT epochs numeric)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    at timestamptz := clock_timestamp();
    s gate.session := gate.session_of(secret);
    v gate.verb;
    team record;
    candidates uuid[];
    agenda uuid[];
    is_more boolean;
    idle_at timestamptz := s.seen_at + s.idle;
    about uuid[];
    before numeric;
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = grant_list.verb;
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    candidates := CASE WHEN v.act = 'govern' THEN gate.desk_candidates(s, wanted, at) ELSE gate.candidates(s, team.teams, wanted, at) END;
    is_more := cardinality(candidates) > gate.page_size(wanted);
    candidates := candidates[1:gate.page_size(wanted)];
    about := candidates || ARRAY[s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before := gate.epochs(about);
    s.idle := CASE WHEN at < idle_at THEN interval '100 years' ELSE s.idle END;  -- as in grant_access
    SELECT coalesce(array_agg(p.id), '{}'), coalesce(array_agg(p.id) FILTER (WHERE (w.mask_own | w.mask_other | w.mask_open) & 2 <> 0), '{}'), least(min(w.lasts), gate.holds(s, at))
    INTO patients, agenda, lasts FROM registry.patient p, LATERAL gate.weigh(s, p, v, 'none', team.teams, team.lasts, at) w WHERE p.id = ANY (candidates) AND w.permits;
    rule := CASE WHEN gate.holds(s, at) IS NULL THEN 'ACD-7.ended' WHEN s.strong_at IS NULL THEN 'ALL-3.second-factor'
                 WHEN s.purpose NOT IN ('care', 'own', 'governance', 'exchange') THEN 'ACD-6.purpose'
                 WHEN gate.rights_of(s.function, v.action) = 0 THEN 'ACS-1.function'
                 WHEN (v.act = 'govern') <> (s.actor = 'governance') THEN 'ACS-4.governance'
                 WHEN v.act = 'govern' THEN 'ACS-4.task' ELSE 'ACD-1.list' END;
    allowed := rule IN ('ACD-1.list', 'ACS-4.task');
    IF is_more THEN  -- another page begins after the last one who may be named here, and tells of nobody else
        following := (SELECT one FROM unnest(candidates) WITH ORDINALITY AS u (one, nth) WHERE one = ANY (patients) ORDER BY nth DESC LIMIT 1);
    END IF;
    entry := gate.write_entry(s, NULL, CASE WHEN allowed THEN patients END, v.slug, 3, NULL, wanted, rule, allowed);
    IF allowed THEN
        INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patients, agenda, mask_own, mask_other, sees_held, sees_confidential, verb, subjects, epochs, function, actor, act, rule)
        VALUES (entry, grant_list.token_hash, least(at + interval '60 seconds', idle_at, lasts), s.id, s.person_id, s.person_name, s.institution_id, patients, agenda, 0, 0, false, false, v.slug, about, before,
                s.function, s.actor, v.act, grant_list.rule);
        subjects := about;
        epochs := before;
        PERFORM gate.touch(s);
    ELSE
        lasts := NULL;
        patients := '{}';
        following := NULL;
    END IF;
END
$$;

-- REC-8: the record that a merged one is part of now.
CREATE OR REPLACE FUNCTION gate.kept(patient uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way (id, merged_into) AS (
        SELECT p.id, p.merged_into FROM registry.patient p WHERE p.id = patient UNION SELECT p.id, p.merged_into FROM way w JOIN registry.patient p ON p.id = w.merged_into
    ) SELECT id FROM way WHERE merged_into IS NULL
$$;

-- A page of people is 100; an agenda is a day whole.
CREATE OR REPLACE FUNCTION gate.page_size(wanted jsonb) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN wanted ? 'since' THEN 500 ELSE 100 END $$;

-- Whom the session could possibly know of, before each is weighed: by person, by team, by representation. One page and one more.
-- wanted.since, wanted.until: who has an appointment with me or my teams in between.
-- wanted.opened-since: those whose general practitioner I am and whose record was opened in an emergency from then on (BTG-4).
-- wanted.order = 'ending': those whose last relation ends within 30 days first (CON-12). wanted.after: the last patient of the page before.
DROP FUNCTION IF EXISTS gate.candidates(gate.session, uuid[], jsonb, timestamptz);
CREATE FUNCTION gate.candidates(s gate.session, my_teams uuid[], wanted jsonb, at timestamptz) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    WITH known AS (
        SELECT patient_id, ends_at FROM relations.relation WHERE person_id = s.person_id AND ends_at > at
        UNION ALL SELECT patient_id, ends_at FROM relations.relation WHERE team_id = ANY (my_teams) AND ends_at > at
        UNION ALL SELECT patient_id, ends_at FROM relations.opening WHERE person_id = s.person_id AND institution_id = s.institution_id AND ends_at > at  -- BTG-3
        UNION ALL SELECT patient_id, ends_at FROM relations.representation WHERE s.actor = 'representative' AND person_id = s.person_id AND ends_at > at
        UNION ALL SELECT patient_id, ends_at FROM relations.representation WHERE s.actor IN ('inside', 'outside') AND kind = 'designated' AND state = 'in-force' AND person_id = s.person_id AND ends_at > at  -- DTH-3
        UNION ALL SELECT s.patient_id, 'infinity' WHERE s.actor = 'patient' AND s.patient_id IS NOT NULL
    ), people AS (
        SELECT p.id, p.sort_key, NOT coalesce(wanted ->> 'order' = 'ending' AND max(known.ends_at) < at + interval '30 days', false) AS later
        FROM known JOIN registry.patient p ON p.id = known.patient_id
        WHERE p.merged_into IS NULL
          AND (wanted ->> 'name' IS NULL OR gate.is_called(p.sort_key, wanted ->> 'name'))
          AND (wanted ->> 'birth' IS NULL OR p.birth_date = (wanted ->> 'birth')::date)
          AND (wanted ->> 'number' IS NULL OR EXISTS (SELECT FROM registry.patient_identifier i WHERE i.patient_id = p.id AND i.until_at IS NULL AND i.value = wanted ->> 'number'))
          AND (wanted ->> 'opened-since' IS NULL OR EXISTS (SELECT FROM relations.opening o WHERE o.patient_id = p.id AND o.starts_at >= (wanted ->> 'opened-since')::timestamptz)
               AND EXISTS (SELECT FROM relations.relation g WHERE g.patient_id = p.id AND g.person_id = s.person_id AND g.kind = 'gp' AND g.state = 'in-force' AND g.ends_at > at))
          AND (wanted ->> 'since' IS NULL OR EXISTS (
                SELECT FROM relations.appointment a WHERE a.patient_id = p.id AND a.starts_at >= (wanted ->> 'since')::timestamptz AND a.starts_at < (wanted ->> 'until')::timestamptz
                    AND (a.person_id = s.person_id OR a.team_id = ANY (my_teams))))
        GROUP BY p.id, p.sort_key
    ), before AS (
        SELECT later, sort_key, id FROM people WHERE id = (wanted ->> 'after')::uuid
    )
    SELECT coalesce(array_agg(id ORDER BY later, sort_key, id), '{}') FROM (
        SELECT id, later, sort_key FROM people
        WHERE NOT EXISTS (SELECT FROM before) OR (later, sort_key, id) > (SELECT later, sort_key, id FROM before)
        ORDER BY later, sort_key, id LIMIT gate.page_size(wanted) + 1
    ) page
$$;

-- One human being by what a carer or the Desk was told: {"number": digits of a national number} or {"name": sort key of the family name, "birth": date}.
-- NULL when nobody fits, or more than one: nobody is guessed at.
CREATE OR REPLACE FUNCTION gate.sought(wanted jsonb) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    found uuid[];
BEGIN
    IF coalesce(wanted ->> 'number', '') <> '' THEN
        found := ARRAY(SELECT DISTINCT i.patient_id FROM registry.patient_identifier i WHERE i.value = wanted ->> 'number' AND i.institution_id IS NULL AND i.until_at IS NULL LIMIT 2);
    ELSIF coalesce(wanted ->> 'name', '') <> '' AND coalesce(wanted ->> 'birth', '') <> '' THEN
        found := ARRAY(SELECT p.id FROM registry.patient p WHERE p.birth_date = (wanted ->> 'birth')::date AND p.merged_into IS NULL
            AND gate.is_called(p.sort_key, wanted ->> 'name') LIMIT 2);
    END IF;
    RETURN CASE WHEN cardinality(found) = 1 THEN found[1] END;
END
$$;

-- Whom the Desk may name: by exact number, by name and birth date, or those of a page of its own tasks.
-- wanted: {"number"} | {"name", "birth"} | {"patient"} | {"patients": [those of one act]}, {"duplicates"}, else as cases.page says: {"task": id} | {"tasks": "page", ...}
CREATE OR REPLACE FUNCTION gate.desk_candidates(s gate.session, wanted jsonb, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF wanted ? 'patient' THEN
        RETURN ARRAY[(wanted ->> 'patient')::uuid];
    ELSIF wanted ? 'patients' THEN
        RETURN ARRAY(SELECT DISTINCT one::uuid FROM jsonb_array_elements_text(wanted -> 'patients') one LIMIT 10);
    ELSIF wanted ? 'letters' THEN
        RETURN notices.letter_patients(s.institution_id, wanted ->> 'letters');
    ELSIF wanted ? 'duplicates' THEN
        RETURN ARRAY(SELECT DISTINCT u.id FROM registry.likely_duplicates(s.institution_id) d, unnest(ARRAY[d.one, d.other]) u (id));
    ELSIF wanted ? 'number' AND NOT wanted ? 'tasks' THEN
        RETURN ARRAY(SELECT DISTINCT i.patient_id FROM registry.patient_identifier i JOIN registry.patient p ON p.id = i.patient_id
            WHERE i.value = wanted ->> 'number' AND i.until_at IS NULL AND p.merged_into IS NULL AND (i.institution_id IS NULL OR i.institution_id = s.institution_id));
    ELSIF (wanted ? 'name' OR wanted ? 'birth') AND NOT wanted ? 'tasks' THEN
        RETURN ARRAY(SELECT p.id FROM registry.patient p
            WHERE (p.birth_date = (wanted ->> 'birth')::date OR wanted ->> 'birth' IS NULL AND length(wanted ->> 'name') >= 3) AND p.merged_into IS NULL
              AND (wanted ->> 'name' IS NULL OR gate.is_called(p.sort_key, wanted ->> 'name'))
            ORDER BY p.sort_key, p.id LIMIT gate.page_size(wanted) + 1);
    END IF;
    RETURN ARRAY(SELECT DISTINCT t.patient_id FROM cases.page(s.institution_id, s.function, wanted) t WHERE t.patient_id IS NOT NULL);
END
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
