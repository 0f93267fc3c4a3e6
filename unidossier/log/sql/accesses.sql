-- Who looked (MY-15), and the ombuds service's overview of the same (LOG-5): the log as the patient and those who act for him may read it.
-- People appear as the setting log.presentation of their institution says: the raw name of the other two presentations never leaves the database.
-- Filters and search work on what is shown, so that asking reveals no more than reading.

-- Below this many people of one function (and department) at one institution, "the midwife of X" would be a name.
CREATE OR REPLACE FUNCTION gate.small_group() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 3';

INSERT INTO gate.key (name, value) VALUES ('pseudonym', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) ON CONFLICT DO NOTHING;
INSERT INTO gate.key (name, value) VALUES ('news', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) ON CONFLICT DO NOTHING;

-- A name that is no name: HMAC of patient and person, five signs of base32 (RFC 4648). The same for one person in everything about one patient,
-- another for another patient.
CREATE OR REPLACE FUNCTION gate.pseudonym_for(patient uuid, person uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    mac bytea := (SELECT gate.hmac(uuid_send(patient) || uuid_send(person), k.value) FROM gate.key k WHERE k.name = 'pseudonym');
    bits bigint := (get_byte(mac, 0)::bigint << 24) | (get_byte(mac, 1) << 16) | (get_byte(mac, 2) << 8) | get_byte(mac, 3);
    label text := '';
BEGIN
    FOR sign IN 1..5 LOOP
        label := label || substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', (bits & 31)::integer + 1, 1);
        bits := bits >> 5;
    END LOOP;
    RETURN label;
END
$$;

-- What of the log one who acts for the patient may read: from the start of his link, a parent nothing after the birthday of own access (REP-1, REP-2),
-- and nothing about documents that are hidden from him. The patient himself (no representation): five years, everything.
CREATE OR REPLACE FUNCTION gate.log_reach(patient uuid, representation uuid, OUT since timestamptz, OUT until timestamptz, OUT hidden uuid[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m relations.representation;
    born date;
BEGIN
    since := clock_timestamp() - interval '5 years';
    until := 'infinity';
    hidden := '{}';
    IF representation IS NOT NULL THEN
        SELECT * INTO STRICT m FROM relations.representation r WHERE r.patient_id = patient AND r.id = representation;
        since := greatest(since, m.starts_at);
        IF m.kind = 'parent' THEN
            born := (SELECT p.birth_date FROM registry.patient p WHERE p.id = patient);
            until := coalesce(gate.birthday(born, gate.own_access_age(patient)), until);
        END IF;
        hidden := record.hidden_from(patient, m.categories, m.kind IN ('parent', 'legal'));
    END IF;
END
$$;

-- The permitted entries of these patients, and their lines of lists, in a period and above a number. Of somebody who opened a hidden document nothing is told
-- of that day: the accesses around it would tell of the care.
DROP FUNCTION IF EXISTS gate.entries_seen(uuid[], timestamptz, timestamptz, uuid[], bigint);
CREATE FUNCTION gate.entries_seen(whose uuid[], since timestamptz, until timestamptz, hidden uuid[], above bigint)
RETURNS TABLE (id bigint, at timestamptz, person_id uuid, person_name text, function text, institution_id uuid, acting boolean, verb text, categories bigint, items uuid[],
               rule text, purpose text, glass_reason text, in_list boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    lowest bigint := greatest(above, to_char(since AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000);
BEGIN
    IF hidden = '{}' THEN
        RETURN QUERY
            SELECT e.id, e.at, e.person_id, e.person_name, e.function, e.institution_id, e.acting_for IS NOT NULL, e.verb, e.categories, e.items, e.rule, e.purpose, e.glass_reason, false
            FROM log.entry e WHERE e.patient_id = ANY (whose) AND e.permitted AND e.id > lowest AND e.at >= since AND e.at < until;
        RETURN QUERY
            SELECT t.entry_id, t.at, t.person_id, t.person_name, t.function, t.institution_id, false, t.verb, 3::bigint, NULL::uuid[], t.rule, t.purpose, NULL::text, true
            FROM log.listed t WHERE t.patient_id = ANY (whose) AND t.entry_id > lowest AND t.at >= since AND t.at < until;
        RETURN;
    END IF;
    RETURN QUERY WITH raw AS MATERIALIZED (SELECT * FROM gate.entries_seen(whose, since, until, '{}', above)), closed AS (
        SELECT DISTINCT h.person_id, h.institution_id, (h.at AT TIME ZONE 'Europe/Brussels')::date AS day FROM raw h WHERE h.items && hidden
    )
    SELECT r.* FROM raw r WHERE NOT EXISTS (SELECT FROM closed c WHERE c.person_id IS NOT DISTINCT FROM r.person_id AND c.institution_id IS NOT DISTINCT FROM r.institution_id
                                            AND c.day = (r.at AT TIME ZONE 'Europe/Brussels')::date);
END
$$;

-- Carers and staff, the patient's own side, or computers.
CREATE OR REPLACE FUNCTION gate.side_of(kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN kind IN ('patient', 'representative') THEN 'own' WHEN kind IN ('carer', 'staff', 'governance') THEN 'people' ELSE 'machines' END
$$;

-- Every entry of the grant's reach, as it may be shown. `person` is for the functions here alone. who: a name, a pseudonym, or '' (anonymised). at: of anonymised lines the hour.
-- `same`: lines that may be told to be of one and the same person. `called`: answers to the name sought, a sort key; a person without a shown name never does.
DROP FUNCTION IF EXISTS gate.accesses_shown(text);
CREATE FUNCTION gate.accesses_shown(sought text)
RETURNS TABLE (id bigint, at timestamptz, who text, person uuid, presentation text, function text, kind text, institution_id uuid, acting boolean, verb text, categories bigint,
               items uuid[], rule text, purpose text, glass_reason text, in_list boolean, is_self boolean, same text, called boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    nobody constant uuid := '00000000-0000-0000-0000-000000000000';  -- a join by equality: of thousands of lines with a hundred people
    whose uuid[] := gate.log_patients();
    l gate.live := gate.cur();
    reach record;
BEGIN
    SELECT * INTO reach FROM gate.log_reach(l.patient_id, (SELECT e.acting_for FROM log.entry e WHERE e.id = l.id));
    RETURN QUERY WITH raw AS MATERIALIZED (
        SELECT * FROM gate.entries_seen(whose, reach.since, reach.until, reach.hidden, 0)
    ), houses AS (
        SELECT d.institution_id, gate.setting(d.institution_id, 'log.presentation') AS presentation FROM (SELECT DISTINCT institution_id FROM raw WHERE institution_id IS NOT NULL) d
    ), sizes AS (
        SELECT d.institution_id, d.function, (SELECT count(DISTINCT m.person_id) FROM registry.employment m
            WHERE m.institution_id = d.institution_id AND m.function = d.function AND m.from_at <= clock_timestamp() AND (m.until_at IS NULL OR clock_timestamp() < m.until_at)) AS people
        FROM (SELECT DISTINCT r.institution_id, r.function FROM raw r JOIN houses h ON h.institution_id = r.institution_id WHERE h.presentation <> 'named') d
    ), people AS MATERIALIZED (
        SELECT d.person_id, d.function, d.institution_id, f.kind,
            CASE WHEN gate.side_of(f.kind) = 'people' THEN coalesce(h.presentation, 'named') ELSE 'named' END AS presentation,
            coalesce(z.people, 0) >= gate.small_group() AS is_many, n.sort_key
        FROM (SELECT DISTINCT person_id, function, institution_id FROM raw) d
        LEFT JOIN gate.function f ON f.slug = d.function LEFT JOIN houses h ON h.institution_id = d.institution_id
        LEFT JOIN sizes z ON z.institution_id = d.institution_id AND z.function = d.function LEFT JOIN registry.person n ON n.id = d.person_id
    ), labels AS MATERIALIZED (
        SELECT p.*, CASE WHEN p.presentation = 'pseudonymised' THEN gate.pseudonym_for(l.patient_id, p.person_id) END AS label,
            sought IS NULL OR p.presentation = 'named' AND (SELECT bool_and(gate.is_called(p.sort_key, one)) FROM unnest(string_to_array(sought, ' ')) one) AS is_called
        FROM people p
    )
    SELECT r.id, CASE WHEN p.presentation = 'anonymised' THEN date_trunc('hour', r.at) ELSE r.at END,
        -- who wrote stands in the document, and of an emergency the patient was told by name (BTG-4): the label on that line would name him on all the others
        CASE WHEN p.presentation = 'named' THEN r.person_name WHEN w.is_open THEN '' ELSE coalesce(p.label, '') END,
        r.person_id, p.presentation, CASE WHEN p.presentation = 'named' OR p.is_many THEN r.function END, p.kind, r.institution_id, r.acting, r.verb, r.categories,
        CASE WHEN p.presentation = 'named' OR v.action IS DISTINCT FROM 'enter' THEN r.items END, r.rule, r.purpose, r.glass_reason, r.in_list, r.person_id = l.person_id,
        concat_ws('|', CASE WHEN p.presentation = 'named' THEN r.person_id::text WHEN w.is_open THEN 'told' ELSE p.label END, r.institution_id,
            CASE WHEN p.presentation = 'named' OR p.is_many THEN r.function END, CASE WHEN p.presentation = 'anonymised' THEN date_trunc('hour', r.at)::text END),
        p.is_called OR upper(sought) = p.label AND NOT w.is_open
    FROM raw r JOIN labels p ON coalesce(p.person_id, nobody) = coalesce(r.person_id, nobody) AND p.function = r.function AND coalesce(p.institution_id, nobody) = coalesce(r.institution_id, nobody)
    LEFT JOIN gate.verb v ON v.slug = r.verb, LATERAL (SELECT p.presentation <> 'named' AND (v.action = 'enter' OR r.rule IN ('BTG-1.emergency', 'EXC-7.lifted')) AS is_open) w;
END
$$;

-- What a visit was as a whole, where its lines are more than are listed: since when, whether there was an emergency, and what was done how often, by way of which app.
CREATE OR REPLACE FUNCTION gate.whole_visit(ids bigint[], verbs text[], rules text[], reasons text[], since timestamptz, is_named boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN CASE WHEN ids IS NOT NULL THEN jsonb_build_object('since', since, 'glass', 'BTG-1.emergency' = ANY (rules), 'reason', (SELECT min(r) FROM unnest(reasons) r), 'acts', (
        SELECT jsonb_agg(jsonb_build_object('verb', a.verb, 'step', a.step, 'app', a.app, 'times', a.times) ORDER BY a.begins) FROM (
            SELECT u.verb, CASE WHEN u.verb = 'deliver' THEN gate.step_of(e.detail) END AS step, CASE WHEN is_named THEN gate.by_way_of(e.detail) END AS app,
                count(*) AS times, min(u.id) AS begins
            FROM unnest(ids, verbs) u (id, verb) LEFT JOIN log.entry e ON e.id = u.id GROUP BY 1, 2, 3) a)) END;
END
$$;

-- The page: lines of the newest visits. One person, one institution, one day, never more than half an hour apart: a visit.
-- wanted: {"side", "entry", "since", "until", "institution", "function", "category", "glass", "name", "upto", "before", "size", "lines"}, all of them optional; `before` is the visit of the
-- page before, `upto` the newest number that counts, so that what happens meanwhile moves no page. chosen: of the category, the documents that the reader may see.
-- whole: of a visit of more lines than `lines`, on its newest line (gate.whole_visit). app: {"id", "name"} by way of which it was (of people who are told by function and hospital alone it would tell more). step: of an entry that says which (create, update, patch, delete; draft, validate, amend, withdraw).
DROP FUNCTION IF EXISTS gate.accesses(jsonb, uuid[]);
CREATE FUNCTION gate.accesses(wanted jsonb, chosen uuid[] DEFAULT NULL)
RETURNS TABLE (id bigint, at timestamptz, who text, person_id uuid, presentation text, function text, kind text, department jsonb, institution_id uuid, acting boolean, verb text,
               categories bigint, items uuid[], rule text, purpose text, glass_reason text, in_list boolean, is_self boolean, visit bigint, in_visit bigint, visits bigint, tie text, tie_at timestamptz, app jsonb, step text, whole jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    whose uuid[] := gate.log_patients();
    bit constant bigint := 1::bigint << (wanted ->> 'category')::integer;
    a_side constant text := wanted ->> 'side';
    an_entry constant bigint := wanted ->> 'entry';
    since constant timestamptz := wanted ->> 'since';
    until constant timestamptz := wanted ->> 'until';
    house constant uuid := wanted ->> 'institution';
    a_function constant text := wanted ->> 'function';
    glass constant boolean := wanted ? 'glass';
    upto constant bigint := wanted ->> 'upto';
    before constant bigint := wanted ->> 'before';
    most constant integer := wanted ->> 'lines';
BEGIN
    RETURN QUERY WITH chosen_lines AS (
        SELECT a.*, (a.at AT TIME ZONE 'Europe/Brussels')::date AS day, hashtextextended(a.same, 0) AS whose_line FROM gate.accesses_shown(nullif(wanted ->> 'name', '')) a
        WHERE a.called AND (a_side IS NULL OR gate.side_of(a.kind) = a_side) AND (an_entry IS NULL OR a.id = an_entry) AND (since IS NULL OR a.at >= since) AND (until IS NULL OR a.at < until)
          AND (house IS NULL OR a.institution_id = house) AND (a_function IS NULL OR a.function = a_function) AND (NOT glass OR a.rule = 'BTG-1.emergency') AND (upto IS NULL OR a.id <= upto)
          AND (bit IS NULL OR CASE WHEN a.items IS NULL THEN a.categories & bit <> 0 ELSE a.items && chosen END)
    ), parted AS (
        SELECT c.*, (lag(c.day) OVER line IS DISTINCT FROM c.day OR c.at - lag(c.at) OVER line > interval '30 minutes')::integer AS begins
        FROM chosen_lines c WINDOW line AS (PARTITION BY c.whose_line ORDER BY c.id)
    ), numbered AS MATERIALIZED (
        SELECT p.*, sum(p.begins) OVER (PARTITION BY p.whose_line ORDER BY p.id) AS nth FROM parted p
    ), counted AS (
        SELECT n.whose_line, n.nth, max(n.id) AS visit, count(*) AS in_visit, count(*) OVER () AS visits FROM numbered n GROUP BY n.whose_line, n.nth
    ), paged AS (
        SELECT c.* FROM counted c WHERE before IS NULL OR c.visit < before ORDER BY c.visit DESC LIMIT (wanted ->> 'size')::integer
    ), told AS (
        SELECT n.*, g.visit, g.in_visit, g.visits, row_number() OVER (PARTITION BY g.visit ORDER BY n.id DESC) AS line
        FROM paged g JOIN numbered n ON n.whose_line = g.whose_line AND n.nth = g.nth
    )
    SELECT t.id, t.at, t.who, CASE WHEN t.presentation = 'named' AND gate.side_of(t.kind) = 'people' THEN t.person END, t.presentation, t.function, t.kind,
        d.names, t.institution_id, t.acting, t.verb, t.categories, t.items, t.rule, t.purpose,
        coalesce(t.glass_reason, CASE WHEN t.rule = 'BTG-1.emergency' THEN (
            SELECT o.reason FROM relations.opening o WHERE o.patient_id = ANY (whose) AND o.person_id = t.person AND o.starts_at <= t.at AND t.at < o.ends_at LIMIT 1) END),
        t.in_list, t.is_self, t.visit, t.in_visit, t.visits, w.kind, w.at, CASE WHEN t.presentation <> 'anonymised' THEN gate.by_way_of(e.detail) END, gate.step_of(e.detail), g.whole
    FROM told t LEFT JOIN log.entry e ON e.id = t.id
    LEFT JOIN LATERAL (SELECT gate.whole_visit(array_agg(n.id), array_agg(n.verb), array_agg(n.rule), array_agg(n.glass_reason), min(n.at), t.presentation <> 'anonymised') AS whole
        FROM numbered n WHERE t.line = 1 AND t.in_visit > most AND n.whose_line = t.whose_line AND n.nth = t.nth) g ON true
    LEFT JOIN LATERAL (SELECT x.names FROM gate.department_of(t.person, t.institution_id, t.function, t.at, t.presentation) AS x (names) WHERE t.line = 1 AND gate.side_of(t.kind) = 'people') d ON true
    LEFT JOIN LATERAL (SELECT x.kind, x.at FROM gate.reason_of(whose, t.person, t.at) AS x (kind, at) WHERE t.line = 1 AND t.presentation = 'named'
        AND t.rule IN ('ACD-2.work', 'ACD-3.consent', 'ACD-1.list', 'CON-3.gp')) w ON true
    WHERE most IS NULL OR t.line <= most ORDER BY t.visit DESC, t.id;
END
$$;
COMMENT ON FUNCTION gate.accesses(jsonb, uuid[]) IS 'application';

-- The team on whose roster somebody was; without names only when enough people share it with him.
CREATE OR REPLACE FUNCTION gate.department_of(person uuid, institution uuid, a_function text, at timestamptz, presentation text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    team uuid := (SELECT d.team_id FROM registry.duty d JOIN registry.team t ON t.id = d.team_id
        WHERE d.person_id = person AND t.institution_id = institution AND d.starts_at <= at AND at < d.ends_at ORDER BY d.starts_at DESC LIMIT 1);
BEGIN
    IF team IS NULL OR presentation <> 'named' AND (a_function IS NULL OR (
        SELECT count(DISTINCT d.person_id) FROM registry.duty d JOIN registry.employment m ON m.person_id = d.person_id AND m.institution_id = institution AND m.function = a_function
        WHERE d.team_id = team AND d.starts_at <= at AND at < d.ends_at) < gate.small_group()) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT t.names FROM registry.team t WHERE t.id = team);
END
$$;

-- What made the relation on which somebody named stood: its kind, and of an appointment its time.
CREATE OR REPLACE FUNCTION gate.reason_of(whose uuid[], person uuid, at timestamptz, OUT kind text, OUT starts_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT r.kind, (SELECT a.starts_at FROM relations.appointment a WHERE a.patient_id = r.patient_id AND a.id = r.source_id) INTO kind, starts_at
    FROM relations.relation r
    WHERE r.patient_id = ANY (whose) AND r.starts_at <= at AND at < r.ends_at AND (r.state = 'in-force' OR at < r.withdrawn_at)
      AND (r.person_id = person OR r.team_id IN (SELECT d.team_id FROM registry.duty d WHERE d.person_id = person AND d.starts_at <= at AND at < d.ends_at))
    ORDER BY r.person_id IS NULL, array_position(ARRAY['stay', 'appointment', 'contact', 'order', 'referral', 'care-team', 'gp'], r.kind), r.starts_at DESC LIMIT 1;
END
$$;

-- What the filters offer: institutions and functions among the lines of one side, as shown.
DROP FUNCTION IF EXISTS gate.access_places(text);
CREATE FUNCTION gate.access_places(side text) RETURNS TABLE (institution_id uuid, function text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT DISTINCT a.institution_id, a.function FROM gate.accesses_shown(NULL) a WHERE gate.side_of(a.kind) = side;
END
$$;
COMMENT ON FUNCTION gate.access_places(text) IS 'application';

-- How many refused tries there were in each month of Brussels, without names: an excluded person must not be betrayed by a typing error.
DROP FUNCTION IF EXISTS gate.refused_tries();
CREATE FUNCTION gate.refused_tries() RETURNS TABLE (month date, tries bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    whose uuid[] := gate.log_patients();
    l gate.live := gate.cur();
    reach record;
BEGIN
    SELECT * INTO reach FROM gate.log_reach(l.patient_id, (SELECT e.acting_for FROM log.entry e WHERE e.id = l.id));
    RETURN QUERY SELECT date_trunc('month', e.at AT TIME ZONE 'Europe/Brussels')::date, count(*) FROM log.entry e
        WHERE e.patient_id = ANY (whose) AND NOT e.permitted AND e.at >= reach.since AND e.at < reach.until GROUP BY 1 ORDER BY 1 DESC;
END
$$;
COMMENT ON FUNCTION gate.refused_tries() IS 'application';

-- Others' lines of one side above a number: what a page that follows counts.
CREATE OR REPLACE FUNCTION gate.count_news(patient uuid, representation uuid, reader uuid, side text, above bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    reach record;
BEGIN
    SELECT * INTO reach FROM gate.log_reach(patient, representation);
    RETURN (SELECT count(*) FROM gate.entries_seen(ARRAY[patient], reach.since, reach.until, reach.hidden, above) e LEFT JOIN gate.function f ON f.slug = e.function
            WHERE e.person_id IS DISTINCT FROM reader AND gate.side_of(f.kind) = side);
END
$$;

-- A ticket with which a page that shows who looked may ask, until it is shown anew, whether somebody looked since: only under the grant that opened the list.
-- Asking answers yes or no, shows nothing of the log, and is no access. `upto`: the newest number of now.
-- The count begins some numbers before: an entry that commits late stands behind newer ones.
DROP FUNCTION IF EXISTS gate.follow_accesses(text);
CREATE FUNCTION gate.follow_accesses(side text, OUT upto bigint, OUT ticket text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
    representation uuid := (SELECT e.acting_for FROM log.entry e WHERE e.id = l.id);
    above bigint;
BEGIN
    IF l.verb <> 'who-looked' OR l.actor NOT IN ('patient', 'representative') THEN
        RAISE EXCEPTION 'this grant follows no log' USING ERRCODE = 'UD002';
    END IF;
    upto := to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + coalesce(pg_sequence_last_value('log.entry_number'), 0);
    above := upto - 10000;
    ticket := concat_ws(' ', l.patient_id, coalesce(representation::text, '-'), l.person_id, l.session_id, side, above, gate.count_news(l.patient_id, representation, l.person_id, side, above));
    ticket := ticket || ' ' || encode(gate.hmac(convert_to(ticket, 'UTF8'), (SELECT k.value FROM gate.key k WHERE k.name = 'news')), 'hex');
END
$$;
COMMENT ON FUNCTION gate.follow_accesses(text) IS 'application';

-- Those of the tickets with news. A ticket that was not made here, or whose session is over, has none.
DROP FUNCTION IF EXISTS gate.news_of(text[]);
CREATE FUNCTION gate.news_of(tickets text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one text;
    part text[];
    secret bytea := (SELECT k.value FROM gate.key k WHERE k.name = 'news');
BEGIN
    FOREACH one IN ARRAY tickets LOOP
        part := string_to_array(one, ' ');
        CONTINUE WHEN cardinality(part) <> 8 OR part[8] IS DISTINCT FROM encode(gate.hmac(convert_to(array_to_string(part[1:7], ' '), 'UTF8'), secret), 'hex');
        CONTINUE WHEN NOT EXISTS (SELECT FROM gate.session s WHERE s.id = part[4]::uuid AND s.ended_at IS NULL AND clock_timestamp() < s.ends_at);
        IF gate.count_news(part[1]::uuid, nullif(part[2], '-')::uuid, part[3]::uuid, part[5], part[6]::bigint) <> part[7]::bigint THEN
            RETURN NEXT one;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION gate.news_of(text[]) IS 'application';
