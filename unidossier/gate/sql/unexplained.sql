-- LOG-6, the daily review: accesses at one institution that work does not explain, each with the reason why it is worth a look. The gate reads, nobody is shown anything.
--
-- An access is explained by a relation in force that somebody else made. That alone is not enough: relations outlast the work (three months after a stay), and those of a ward are held by
-- everybody on it. So something must also have happened around that day: with the patient at the institution (a stay, an appointment, something written or delivered), and where there is
-- another reason to look (a name, an address, a colleague) with this very person or his team. A carer whom the patient himself chose is explained by that.

-- Did anything happen with the patient at the institution within a fortnight of this day?
CREATE OR REPLACE FUNCTION gate.activity_around(patient uuid, institution uuid, day timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM relations.stay s WHERE s.patient_id = patient AND s.institution_id = institution AND s.starts_at < day + interval '15 days' AND s.ends_at > day - interval '14 days')
        OR EXISTS (SELECT FROM relations.appointment a WHERE a.patient_id = patient AND a.institution_id = institution AND a.status <> 'cancelled'
                   AND a.starts_at < day + interval '15 days' AND a.ends_at > day - interval '14 days')
        OR EXISTS (SELECT FROM log.entry e WHERE e.patient_id = patient AND e.institution_id = institution AND e.permitted AND e.at >= day - interval '14 days' AND e.at < day + interval '15 days'
                   AND e.verb IN ('write-report', 'deliver', 'register-patient', 'hold-back')
                   AND e.id >= to_char((day AT TIME ZONE 'UTC') - interval '15 days', 'YYYYMM')::bigint * 10000000000000
                   AND e.id < to_char((day AT TIME ZONE 'UTC') + interval '46 days', 'YYYYMM')::bigint * 10000000000000)
$$;

-- Every look at a record of one institution in a period, with what is true of the two and of that day. explained: by a relation that somebody else made; active: something happened
-- with the patient; weak: not explained, or nothing happened with this very person or his team.
DROP FUNCTION IF EXISTS gate.weighed_looks(uuid, timestamptz, timestamptz);
CREATE FUNCTION gate.weighed_looks(institution uuid, since timestamptz, until timestamptz)
RETURNS TABLE (id bigint, at timestamptz, day timestamptz, person_id uuid, person_name text, function text, patient_id uuid, verb text, rule text, permitted boolean, same_name boolean,
    same_address boolean, is_self boolean, is_colleague boolean, explained boolean, own_making boolean, active boolean, weak boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
    WITH looked AS MATERIALIZED (
        SELECT e.id, e.at, date_trunc('day', e.at) AS day, e.person_id, e.person_name, e.function, e.patient_id, e.verb, e.rule, e.permitted, h.human_id, lower(h.family) AS family, h.patient_id AS own_id
        FROM log.entry e JOIN gate.function f ON f.slug = e.function JOIN registry.person h ON h.id = e.person_id
        WHERE e.institution_id = institution AND f.kind IN ('carer', 'staff') AND e.patient_id IS NOT NULL AND e.at >= since AND e.at < until
          AND e.id >= to_char((since AT TIME ZONE 'UTC') - interval '1 hour', 'YYYYMM')::bigint * 10000000000000
          AND e.id < to_char((until AT TIME ZONE 'UTC') + interval '1 month', 'YYYYMM')::bigint * 10000000000000
    ), pairs AS MATERIALIZED (  -- what is true of a person, a patient and a day is asked once, however often the record was opened
        SELECT g.*, ARRAY(SELECT y.team_id FROM registry.duty y WHERE y.person_id = g.person_id AND y.starts_at < g.day + interval '1 day' AND g.at < y.ends_at) AS teams
        FROM (SELECT l.person_id, l.patient_id, l.day, min(l.at) AS at, min(l.human_id::text)::uuid AS human_id, min(l.own_id::text)::uuid AS own_id, min(l.family) AS family,
                     bool_or(l.permitted AND l.verb = 'write-report') AS wrote FROM looked l GROUP BY 1, 2, 3) g
    ), days AS MATERIALIZED (
        SELECT d.patient_id, d.day, gate.activity_around(d.patient_id, institution, d.day) AS active FROM (SELECT DISTINCT l.patient_id, l.day FROM looked l) d
    ), known AS MATERIALIZED (
        SELECT p.person_id, p.patient_id, p.day, p.family = lower(t.family) AS same_name,
            coalesce(nullif(lower(regexp_replace(t.contact ->> 'address', '[\s,.]+', ' ', 'g')), '') = lower(regexp_replace(o.contact ->> 'address', '[\s,.]+', ' ', 'g')), false) AS same_address,
            EXISTS (SELECT FROM registry.person c WHERE c.patient_id = p.patient_id AND c.human_id = p.human_id) AS is_self,
            EXISTS (SELECT FROM registry.person c JOIN registry.employment m ON m.person_id = c.id
                    WHERE c.patient_id = p.patient_id AND m.institution_id = institution AND m.from_at <= p.at AND (m.until_at IS NULL OR p.at < m.until_at)) AS is_colleague,
            w.explained, w.own_making, d.active OR w.chosen OR w.fresh AS active, w.chosen OR w.fresh OR m.works OR p.wrote AS works
        FROM pairs p JOIN registry.patient t ON t.id = p.patient_id LEFT JOIN registry.patient o ON o.id = p.own_id JOIN days d ON d.patient_id = p.patient_id AND d.day = p.day,
        LATERAL (SELECT coalesce(bool_or(r.made_by IS DISTINCT FROM p.person_id), false) AS explained, coalesce(bool_or(r.made_by = p.person_id), false) AS own_making,
                        coalesce(bool_or(r.consented OR r.kind IN ('gp', 'granted', 'request', 'link')), false) AS chosen,
                        coalesce(bool_or(r.made_by IS DISTINCT FROM p.person_id AND greatest(r.starts_at, r.made_at, r.confirmed_at) > p.day - interval '14 days'), false) AS fresh
                 FROM relations.relation r WHERE r.patient_id = p.patient_id AND r.starts_at < p.day + interval '1 day' AND p.at < r.ends_at
                   AND (r.state = 'in-force' OR r.state = 'withdrawn' AND p.at < r.withdrawn_at)
                   AND (r.person_id = p.person_id OR r.team_id = ANY (p.teams))) w,
        LATERAL (SELECT EXISTS (SELECT FROM relations.stay s WHERE s.patient_id = p.patient_id AND s.institution_id = institution AND s.team_id = ANY (p.teams)
                                AND s.starts_at < p.day + interval '15 days' AND s.ends_at > p.day - interval '14 days')
                     OR EXISTS (SELECT FROM relations.appointment a WHERE a.patient_id = p.patient_id AND a.institution_id = institution AND (a.person_id = p.person_id OR a.team_id = ANY (p.teams))
                                AND a.status <> 'cancelled' AND a.starts_at < p.day + interval '15 days' AND a.ends_at > p.day - interval '14 days') AS works) m
    )
    SELECT l.id, l.at, l.day, l.person_id, l.person_name, l.function, l.patient_id, l.verb, l.rule, l.permitted, k.same_name, k.same_address, k.is_self, k.is_colleague,
        k.explained, k.own_making, k.active, NOT (k.explained AND k.works)
    FROM looked l JOIN known k ON k.person_id = l.person_id AND k.patient_id = l.patient_id AND k.day = l.day
$$;

-- kind: self, colleague, same-name, same-address, planned-with-oneself, excluded; emergency (one that waits in no review);
--   no-activity (three records or more in a day with which nothing happened: names no patient), came-back (the same such record on three days or more of a month);
--   bulk (more than 50 records within an hour: names no patient). entries: up to 200 of those behind it.
DROP FUNCTION IF EXISTS gate.unexplained(uuid, timestamptz, timestamptz);
CREATE FUNCTION gate.unexplained(institution uuid, since timestamptz, until timestamptz)
RETURNS TABLE (kind text, person_id uuid, person_name text, function text, patient_id uuid, first_at timestamptz, last_at timestamptz, times bigint, entries bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
    WITH weighed AS MATERIALIZED (
        SELECT w.* FROM gate.weighed_looks(institution, since, until) w
    ), reasons AS (
        SELECT w.*, k.kind FROM weighed w, LATERAL (VALUES
            ('self', w.permitted AND w.is_self),
            ('colleague', w.permitted AND w.is_colleague AND NOT w.is_self AND w.weak),
            ('same-name', w.permitted AND w.same_name AND NOT w.is_self AND w.weak),
            ('same-address', w.permitted AND w.same_address AND NOT w.is_self AND w.weak),
            ('planned-with-oneself', w.permitted AND w.own_making AND NOT w.explained AND w.verb NOT IN ('plan', 'register-patient')),
            ('emergency', w.permitted AND w.rule = 'BTG-1.emergency' AND NOT EXISTS (SELECT FROM cases.task t WHERE t.kind = 'glass-review' AND t.patient_id = w.patient_id AND t.person_id = w.person_id
                AND t.made_at BETWEEN w.at - interval '13 hours' AND w.at + interval '5 minutes')),
            ('excluded', NOT w.permitted AND w.rule = 'EXC-2.excluded')) k (kind, holds)
        WHERE k.holds
    ), idle AS (  -- opened on the strength of a relation alone, on a page or through the API
        SELECT w.* FROM weighed w WHERE w.permitted AND w.explained AND NOT w.active AND NOT w.is_self AND w.verb IN ('open-record', 'search-record', 'open-item', 'open-attachment', 'show-trend', 'fhir-read', 'fhir-search', 'fhir-history', 'fhir-everything', 'fhir-summary')
    ), back AS (
        SELECT i.person_id, i.patient_id, count(*) AS times, (SELECT count(DISTINCT date_trunc('day', e.at)) FROM log.entry e
            WHERE e.patient_id = i.patient_id AND e.person_id = i.person_id AND e.permitted AND e.at > max(i.at) - interval '30 days' AND e.at < until
              AND e.id >= to_char(max(i.at) - interval '31 days', 'YYYYMM')::bigint * 10000000000000) AS days
        FROM idle i GROUP BY i.person_id, i.patient_id
    ), firsts AS (
        SELECT l.person_id, l.patient_id, min(l.at) AS at FROM weighed l WHERE l.permitted GROUP BY l.person_id, l.patient_id, l.day
    ), hours AS (
        SELECT f.person_id, f.at, count(*) OVER (PARTITION BY f.person_id ORDER BY f.at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS records FROM firsts f
    ), busiest AS (
        SELECT h.person_id, min(h.at) - interval '1 hour' AS first_at, max(h.at) AS last_at, max(h.records) AS records FROM hours h WHERE h.records > 50 GROUP BY h.person_id
    )
    SELECT r.kind, r.person_id, max(r.person_name), max(r.function), r.patient_id, min(r.at), max(r.at), count(*), (array_agg(r.id ORDER BY r.id))[1:200] FROM reasons r GROUP BY r.kind, r.person_id, r.patient_id
    UNION ALL
    SELECT 'no-activity', i.person_id, max(i.person_name), max(i.function), NULL, min(i.at), max(i.at), count(DISTINCT i.patient_id), (array_agg(i.id ORDER BY i.id))[1:200]
    FROM idle i GROUP BY i.person_id, i.day HAVING count(DISTINCT i.patient_id) >= 3
    UNION ALL
    SELECT 'came-back', i.person_id, max(i.person_name), max(i.function), i.patient_id, min(i.at), max(i.at), max(b.days), (array_agg(i.id ORDER BY i.id))[1:200]
    FROM idle i JOIN back b ON b.person_id = i.person_id AND b.patient_id = i.patient_id WHERE b.days >= 3 GROUP BY i.person_id, i.patient_id
    UNION ALL
    SELECT 'bulk', b.person_id, max(l.person_name), max(l.function), NULL, b.first_at, b.last_at, b.records, (array_agg(l.id ORDER BY l.id))[1:200]
    FROM busiest b JOIN weighed l ON l.person_id = b.person_id AND l.at BETWEEN b.first_at AND b.last_at AND l.permitted GROUP BY b.person_id, b.first_at, b.last_at, b.records
$$;

-- Who opens records faster than anybody works, right now: more than `most` different ones within the last five minutes, at any institution of the network. Counted by a process, shown to nobody.
CREATE OR REPLACE FUNCTION gate.rushing(most integer) RETURNS TABLE (institution_id uuid, person_id uuid, person_name text, function text, first_at timestamptz, last_at timestamptz, times bigint, entries bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.institution_id, e.person_id, max(e.person_name), max(e.function), min(e.at), max(e.at), count(DISTINCT e.patient_id), (array_agg(e.id ORDER BY e.id))[1:200]
    FROM log.entry e JOIN gate.function f ON f.slug = e.function JOIN registry.institution i ON i.id = e.institution_id
    WHERE i.network AND f.kind IN ('carer', 'staff') AND e.permitted AND e.patient_id IS NOT NULL AND e.at > now() - interval '5 minutes'
      AND e.id >= to_char((now() AT TIME ZONE 'UTC') - interval '1 hour', 'YYYYMM')::bigint * 10000000000000
    GROUP BY e.institution_id, e.person_id HAVING count(DISTINCT e.patient_id) > most
$$;

-- Entries of a period by institution, month of Brussels, function, rule and reason of an emergency: counts alone (the open figures).
CREATE OR REPLACE FUNCTION gate.count_entries(since timestamptz, until timestamptz)
RETURNS TABLE (institution_id uuid, month date, function text, rule text, permitted boolean, glass_reason text, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
    SELECT e.institution_id, date_trunc('month', e.at)::date, e.function, e.rule, e.permitted, coalesce(e.glass_reason, ''), count(*)
    FROM log.entry e WHERE e.institution_id IS NOT NULL AND e.at >= since AND e.at < until
      AND e.id >= to_char(greatest(since, '2020-01-01') - interval '1 day', 'YYYYMM')::bigint * 10000000000000
    GROUP BY 1, 2, 3, 4, 5, 6
$$;
