-- Step 1 of every access: decide, write the entry (of a refusal too), hand out a grant. The caller commits before anything can be read.

CREATE OR REPLACE FUNCTION gate.write_entry(
    s gate.session, patient uuid, listed uuid[], verb text, categories bigint, items uuid[], detail jsonb, rule text, permitted boolean,
    acting_for uuid DEFAULT NULL, glass_reason text DEFAULT NULL, glass_text text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number bigint := to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number');
    moment timestamptz := clock_timestamp();
BEGIN
    INSERT INTO log.entry (id, at, session_id, person_id, person_name, function, institution_id, acting_for, patient_id, patients, verb, categories, items, detail, purpose,
                           rule, permitted, origin, device, address, glass_reason, glass_text)
    VALUES (number, moment, s.id, s.person_id, s.person_name, s.function, s.institution_id, acting_for, patient, listed, verb, categories, items,
            CASE WHEN s.app_id IS NULL THEN detail ELSE coalesce(detail, '{}') || jsonb_build_object('app', s.app_id, 'by-way-of', s.app_name) END, s.purpose,
            rule, permitted, s.face, coalesce(s.device, ''), coalesce(s.address, ''), glass_reason, glass_text);
    IF listed IS NOT NULL THEN
        -- one line for each patient named, so that nobody's "who looked" needs an entry that names others; its instant is that of the entry, or no proof would show it
        INSERT INTO log.listed (patient_id, entry_id, at, person_id, person_name, function, institution_id, verb, rule, purpose)
        SELECT DISTINCT one, number, moment, s.person_id, s.person_name, s.function, s.institution_id, verb, rule, s.purpose FROM unnest(listed) AS one;
    END IF;
    RETURN number;
END
$$;

-- Called by acts that stand on no grant too, whose functions are the writer's: it alone may change a session.
CREATE OR REPLACE FUNCTION gate.touch(s gate.session) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- idle time is counted in half minutes, so that a busy session is not one hot row
    IF s.seen_at < clock_timestamp() - interval '30 seconds' THEN
        UPDATE gate.session SET seen_at = clock_timestamp() WHERE id = s.id AND ended_at IS NULL AND seen_at < clock_timestamp() - interval '30 seconds';
    END IF;
END
$$;

-- Each for itself, in their order.
CREATE OR REPLACE FUNCTION gate.marks(subjects uuid[]) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT coalesce(e.epoch, 0) FROM unnest(subjects) WITH ORDINALITY AS u (subject, nth) LEFT JOIN gate.epoch e ON e.subject = u.subject ORDER BY u.nth);
END
$$;

CREATE OR REPLACE FUNCTION gate.epochs(subjects uuid[]) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(epoch), 0) FROM gate.epoch WHERE subject = ANY (subjects));
END
$$;

-- Are reason, words and second factor there for breaking the glass (BTG-1)? 'valid' or 'incomplete'.
CREATE OR REPLACE FUNCTION gate.breaking(glass jsonb, s gate.session, at timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN glass ->> 'reason' IN ('unconscious', 'asked-by-gp', 'sample-or-image', 'clinical-study', 'unknown-relation', 'other')
                 AND length(btrim(regexp_replace(glass ->> 'text', '\s+', ' ', 'g'))) >= 20 AND s.strong_at > at - interval '5 minutes' THEN 'valid' ELSE 'incomplete' END
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
    who gate.session := (SELECT x FROM gate.session x WHERE x.secret_hash = sha256(secret));  -- as it was opened: good for asking whom this is about, never for deciding
    v gate.verb;
    p registry.patient;
    w gate.weighed;
    team record;
    -- a system may know the patient by the id of the Patient resource that it sent about him (of no other: a hidden item would answer unlike absence, ACD-8); an app of the patient need not name him
    sought uuid := coalesce(CASE WHEN grant_access.verb IN ('deliver', 'write-report', 'fhir-read', 'fhir-search', 'fhir-history', 'fhir-everything', 'fhir-summary') THEN (SELECT d.patient_id FROM record.directory d WHERE d.id = patient AND d.is_patient) END, patient,
                            (SELECT d.patient_id FROM record.directory d WHERE d.id = items[1]),
                            CASE WHEN grant_access.verb = 'break-the-glass' THEN gate.sought(detail -> 'sought') WHEN grant_access.verb IN ('fhir-search', 'fhir-history') AND who.actor = 'patient' THEN (SELECT h.patient_id FROM registry.person h WHERE h.id = who.person_id) END);
    about uuid[] := ARRAY[sought, who.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    before numeric := gate.epochs(about);  -- read BEFORE the facts: a change in between makes the grant stale, never the facts. The instant and the session are facts too: what ended meanwhile would still stand at an earlier one
    at timestamptz := clock_timestamp();
    s gate.session := gate.standing(who.id);
    breaking text := CASE WHEN glass IS NULL THEN 'none' ELSE gate.breaking(glass, s, at) END;
    idle_at timestamptz := s.seen_at + s.idle;
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = grant_access.verb;
    IF items = ARRAY[patient] THEN
        items := (SELECT ARRAY[d.id] FROM record.directory d WHERE d.id = patient);  -- who asks for a Patient by his id does not know whether it is an item's: the entry says what was read
    END IF;
    SELECT * INTO p FROM registry.patient WHERE id = sought;
    IF p.merged_into IS NOT NULL THEN  -- an address of before the merge leads to the record that was kept
        about[1] := gate.kept(p.id);
        before := gate.epochs(about);
        at := clock_timestamp();
        s := gate.standing(who.id);
        SELECT * INTO p FROM registry.patient WHERE id = about[1];
    END IF;
    team := gate.teams_of(s.person_id, at);
    s.idle := CASE WHEN at < idle_at THEN interval '100 years' ELSE s.idle END;  -- counted anew at every gesture: no fact with an end
    -- nobody's record is weighed like anybody's: the answer, its rule and its time are those of a record one may not see (ACD-8)
    w := gate.app_narrow(gate.weigh(s, p, v, breaking, team.teams, team.lasts, at), s, p.id, v);
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
                               sees_confidential, items, opens_found, reads_log, writes, verb, subjects, epochs, function, actor, act, rule, app_reads, app_writes)
        VALUES (entry, grant_access.token_hash, least(at + interval '60 seconds', idle_at, w.lasts), s.id, s.person_id, s.person_name, s.institution_id, p.id,
                CASE WHEN v.act IN ('open', 'decide', 'govern') AND (s.app_id IS NULL OR gate.app_fits(w.app_reads, 'Patient', 0)) THEN ARRAY[p.id] ELSE '{}' END,  -- planning and delivering show nothing
                CASE WHEN (w.mask_own | w.mask_other | w.mask_open) & 2 <> 0 THEN ARRAY[p.id] ELSE '{}' END,
                w.mask_own, w.mask_other, w.mask_open, w.closed, w.sees_held, w.sees_confidential, coalesce(items, '{}'),
                v.slug IN ('fhir-search', 'fhir-history', 'fhir-everything', 'fhir-summary'),
                v.slug IN ('who-looked', 'take-accesses', 'take-proof', 'read-messages') AND s.actor IN ('patient', 'representative') OR v.act = 'govern' OR v.act = 'decide', w.writes, v.slug, about, before,
                s.function, s.actor, v.act, grant_access.rule, w.app_reads, w.app_writes);
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
    s gate.session := gate.any_session_of(secret);
    v gate.verb;
    team record;
    candidates uuid[];
    agenda uuid[];
    is_more boolean;
    idle_at timestamptz := s.seen_at + s.idle;
    about uuid[]; marks bigint[];
    before numeric;
BEGIN
    SELECT * INTO STRICT v FROM gate.verb WHERE slug = grant_list.verb;
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    -- what a carer was told is not what he may open: his messages name whom they name (BTG-4)
    candidates := CASE WHEN v.slug = 'read-told' THEN '{}'::uuid[] WHEN v.slug = 'bulk-export' THEN gate.of_page(s, wanted) WHEN v.slug = 'fhir-match' THEN gate.match_candidates(s, wanted) WHEN v.act = 'govern' THEN gate.desk_candidates(s, wanted, at) ELSE gate.candidates(s, team.teams, wanted, at) END;
    is_more := cardinality(candidates) > gate.page_size(wanted);
    candidates := candidates[1:gate.page_size(wanted)];
    about := candidates || ARRAY[s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
    marks := gate.marks(about);  -- and all that is decided on is asked after it, as in grant_access
    before := (SELECT sum(one) FROM unnest(marks) one);
    at := clock_timestamp();
    s := gate.standing(s.id);
    SELECT * INTO team FROM gate.teams_of(s.person_id, at);
    s.idle := CASE WHEN at < idle_at THEN interval '100 years' ELSE s.idle END;  -- as in grant_access
    SELECT coalesce(array_agg(p.id), '{}'), coalesce(array_agg(p.id) FILTER (WHERE (w.mask_own | w.mask_other | w.mask_open) & 2 <> 0
        AND (s.app_id IS NULL OR gate.app_fits(gate.app_reach(s, p.id) -> 's', 'Appointment', 1))), '{}'), least(min(w.lasts), gate.holds(s, at))
    INTO patients, agenda, lasts FROM registry.patient p, LATERAL gate.weigh(s, p, v, 'none', team.teams, team.lasts, at) w WHERE p.id = ANY (candidates) AND w.permits
        AND (s.app_id IS NULL OR v.slug = 'bulk-export' OR gate.app_fits(gate.app_reach(s, p.id) -> 's', 'Patient', 0));
    rule := CASE WHEN gate.holds(s, at) IS NULL THEN 'ACD-7.ended' WHEN s.strong_at IS NULL THEN 'ALL-3.second-factor'
                 WHEN s.purpose NOT IN ('care', 'own', 'governance', 'exchange') THEN 'ACD-6.purpose'
                 WHEN gate.rights_of(s.function, v.action) = 0 THEN 'ACS-1.function'
                 WHEN v.slug = 'bulk-export' AND s.actor <> 'machine' THEN 'ACS-1.function'
                 WHEN (v.act = 'govern') <> (s.actor = 'governance') THEN 'ACS-4.governance'
                 WHEN s.app_id IS NOT NULL AND v.slug NOT IN ('list-patients', 'find-patient', 'bulk-export') AND v.slug NOT LIKE 'fhir-%' THEN 'XCH-1.scope'
                 WHEN v.act = 'govern' THEN 'ACS-4.task' WHEN v.slug = 'bulk-export' THEN 'ACS-5.institution' ELSE 'ACD-1.list' END;
    allowed := rule IN ('ACD-1.list', 'ACS-4.task', 'ACS-5.institution');
    IF is_more THEN  -- another page begins after the last one who may be named here, and tells of nobody else
        following := (SELECT one FROM unnest(candidates) WITH ORDINALITY AS u (one, nth) WHERE one = ANY (patients) ORDER BY nth DESC LIMIT 1);
    END IF;
    entry := gate.write_entry(s, NULL, CASE WHEN allowed AND v.slug = 'read-told' THEN notices.told_patients(s.person_id) WHEN allowed THEN patients END, v.slug, CASE v.slug WHEN 'bulk-export' THEN 2097151 ELSE 3 END, NULL,
        CASE v.slug WHEN 'bulk-export' THEN wanted - 'patients' || jsonb_build_object('count', cardinality(patients)) ELSE wanted END, rule, allowed);
    IF allowed THEN
        INSERT INTO gate.live (id, token_hash, expires_at, session_id, person_id, person_name, institution_id, patients, agenda, mask_own, mask_other, sees_held, sees_confidential, verb, subjects, epochs, function, actor, act, rule, app_reads, app_writes)
        VALUES (entry, grant_list.token_hash, least(at + interval '60 seconds', idle_at, lasts), s.id, s.person_id, s.person_name, s.institution_id, patients, agenda, 0, 0, false, false, v.slug, about, before,
                s.function, s.actor, v.act, grant_list.rule, CASE WHEN s.app_id IS NOT NULL THEN coalesce(gate.app_reach(s, NULL) -> 's', '{}') END, CASE WHEN s.app_id IS NOT NULL THEN '{}'::jsonb END);
        -- a page watches whom it shows: how many it does not show would stand in the length of what it carries (ACD-8)
        subjects := patients || ARRAY[s.person_id, '00000000-0000-0000-0000-000000000000'::uuid];
        epochs := (SELECT sum(u.mark) FROM unnest(about, marks) u (subject, mark) WHERE u.subject = ANY (subjects));
        PERFORM gate.touch(s);
    ELSE
        lasts := NULL;
        patients := '{}';
        following := NULL;
    END IF;
END
$$;

-- Whom an institution's system may find by what it knows of him ($match): those of whom the institution holds something, and nobody else. wanted:
-- {"numbers": [{"system", "value"}]} | {"birth": date, "name": sort key of the family name}, or both. The answer tells nothing of the others (ACD-8).
CREATE OR REPLACE FUNCTION gate.match_candidates(s gate.session, wanted jsonb) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(found.id ORDER BY found.id), '{}') FROM (
        SELECT i.patient_id AS id FROM jsonb_to_recordset(coalesce(wanted -> 'numbers', '[]')) AS n (system text, value text)
        JOIN registry.patient_identifier i ON i.system = n.system AND i.value = n.value AND i.until_at IS NULL AND (i.institution_id IS NULL OR i.institution_id = s.institution_id)
        UNION SELECT p.id FROM registry.patient p WHERE p.birth_date = (wanted ->> 'birth')::date AND gate.is_called(p.sort_key, wanted ->> 'name')
    ) found
    WHERE s.actor = 'machine' AND EXISTS (SELECT FROM record.presence h WHERE h.patient_id = found.id AND h.institution_id = s.institution_id)
      AND EXISTS (SELECT FROM registry.patient p WHERE p.id = found.id AND p.merged_into IS NULL)
$$;

-- Whom a page of an export names: {"patients": [...]}. Each is weighed like anybody: a machine opens what its own institution holds (ACS-5).
CREATE OR REPLACE FUNCTION gate.of_page(s gate.session, wanted jsonb) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN s.actor = 'machine' THEN ARRAY(SELECT DISTINCT one::uuid FROM jsonb_array_elements_text(wanted -> 'patients') one LIMIT 100) ELSE '{}' END
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
-- wanted: {"log": those named on a page of the log} | {"number"} | {"name", "birth"} | {"patient"} | {"patients": [those of one act]}, {"duplicates"}, else as cases.page says: {"task": id} | {"tasks": "page", ...}
CREATE OR REPLACE FUNCTION gate.desk_candidates(s gate.session, wanted jsonb, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF wanted ? 'log' THEN
        RETURN gate.named_in_log(s.institution_id, s.function, wanted);
    ELSIF wanted ? 'patient' THEN
        RETURN ARRAY[(wanted ->> 'patient')::uuid];
    ELSIF wanted ? 'patients' THEN
        RETURN ARRAY(SELECT DISTINCT one::uuid FROM jsonb_array_elements_text(wanted -> 'patients') one LIMIT 10);
    ELSIF wanted ? 'letters' THEN
        RETURN notices.letter_patients(s.institution_id, wanted ->> 'letters');
    ELSIF wanted ? 'overview' THEN  -- LOG-5: whose overview of this institution has that number
        RETURN ARRAY(SELECT gate.kept(o.patient_id) FROM cases.overview o WHERE o.number = (wanted ->> 'overview')::bigint AND o.institution_id = s.institution_id);
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
    setting text := set_config('gate.grant', encode(token, 'hex') || '|' || extract(epoch FROM transaction_timestamp())::text, true);
BEGIN
    RETURN (gate.cur()).id;
END
$$;
