-- Changing the function table (ACS-1), and reading the log for those who oversee it (LOG-5, LOG-6). The gate alone reads across patients here, and shows no patient.

INSERT INTO gate.key (name, value) VALUES ('pseudonym', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) ON CONFLICT DO NOTHING;

-- A name that is no name: the same for one person in everything about one patient, another for another patient (LOG-5).
CREATE OR REPLACE FUNCTION gate.pseudonym(person uuid) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    RETURN (SELECT upper(substr(encode(gate.hmac(uuid_send(l.patient_id) || uuid_send(person), k.value), 'hex'), 1, 8)) FROM gate.key k WHERE k.name = 'pseudonym');
END
$$;
COMMENT ON FUNCTION gate.pseudonym(uuid) IS 'application';

-- Is this entry about this patient and by this person? A NULL asks nothing.
CREATE OR REPLACE FUNCTION gate.is_entry_of(entry bigint, patient uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM log.entry e WHERE e.id = entry AND num_nonnulls(is_entry_of.patient, person) > 0
        AND (is_entry_of.patient IS NULL OR e.patient_id = is_entry_of.patient) AND (person IS NULL OR e.person_id = person))
$$;

-- The rights of carers and staff are changed here; those of governance, patients and machines are part of the product (ACS-4, ACS-5).
-- UD010 'nothing-changes', 'not-changeable', 'staff-administrative'.
CREATE OR REPLACE FUNCTION gate.change_fits(changes jsonb) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    code text;
BEGIN
    SELECT CASE
        WHEN count(*) = 0 OR count(*) FILTER (WHERE c.allow <> EXISTS (SELECT FROM gate.rights r WHERE r.version = (SELECT max(version) FROM gate.rights_version)
                AND r.function = c.function AND r.action = c.action AND r.category = c.category)) = 0 THEN 'nothing-changes'
        WHEN bool_or(f.slug IS NULL OR f.kind NOT IN ('carer', 'staff') OR c.action NOT IN ('read', 'enter', 'plan', 'break-the-glass') OR g.code IS NULL OR c.allow IS NULL
                     OR f.kind = 'staff' AND c.action IN ('enter', 'break-the-glass')) THEN 'not-changeable'
        WHEN bool_or(f.kind = 'staff' AND c.allow AND c.category NOT IN (0, 1)) THEN 'staff-administrative' END INTO code
    FROM jsonb_to_recordset(changes) c (function text, action text, category smallint, allow boolean)
    LEFT JOIN gate.function f ON f.slug = c.function LEFT JOIN gate.category g ON g.code = c.category;
    IF code IS NOT NULL THEN
        RAISE EXCEPTION '%', code USING ERRCODE = 'UD010';
    END IF;
END
$$;

-- A new version: the last one, changed. Called by cases.decide_rights alone, when two officers agree. UD010 'table-changed'.
CREATE OR REPLACE FUNCTION gate.change_rights(base integer, changes jsonb, starts timestamptz, reason text, made_by text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last_one gate.rights_version;
    made integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('gate.rights_version', 13));
    PERFORM gate.change_fits(changes);
    SELECT * INTO last_one FROM gate.rights_version ORDER BY version DESC LIMIT 1;
    IF last_one.version <> base THEN
        RAISE EXCEPTION 'table-changed' USING ERRCODE = 'UD010';
    END IF;
    made := base + 1;
    -- versions come into force in the order of their numbers
    INSERT INTO gate.rights_version (version, from_at, made_by, reason) VALUES (made, greatest(starts, clock_timestamp(), last_one.from_at), made_by, reason);
    INSERT INTO gate.rights (version, function, action, category)
    SELECT made, r.function, r.action, r.category FROM gate.rights r WHERE r.version = base
        AND NOT EXISTS (SELECT FROM jsonb_to_recordset(changes) c (function text, action text, category smallint, allow boolean)
                        WHERE c.function = r.function AND c.action = r.action AND c.category = r.category AND NOT c.allow)
    UNION SELECT made, c.function, c.action, c.category FROM jsonb_to_recordset(changes) c (function text, action text, category smallint, allow boolean) WHERE c.allow;
    RETURN made;
END
$$;

-- Before saving: the real accesses of the last 30 days that these changes would have flipped, over the network. No patient is named.
-- effect: refused (the action would have opened nothing), less (a category would have been missing), more, allowed (was refused by the table alone).
-- samples: up to five, [{"at", "institution": names}], newest first.
CREATE OR REPLACE FUNCTION gate.preview_rights(changes jsonb) RETURNS TABLE (function text, verb text, effect text, times bigint, samples jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> 'protect' THEN
        RAISE EXCEPTION 'this grant is for another act' USING ERRCODE = 'UD002';
    END IF;
    PERFORM gate.change_fits(changes);
    RETURN QUERY WITH changed AS (
        SELECT c.function, c.action, coalesce(bit_or(1::bigint << c.category) FILTER (WHERE NOT c.allow), 0) AS lost, coalesce(bit_or(1::bigint << c.category) FILTER (WHERE c.allow), 0) AS won,
               gate.rights_of(c.function, c.action) AS before
        FROM jsonb_to_recordset(changes) c (function text, action text, category smallint, allow boolean) GROUP BY c.function, c.action
    ), flipped AS (
        SELECT e.function, e.verb, e.at, e.institution_id, CASE
            WHEN e.permitted AND c.before & ~c.lost | c.won = 0 THEN 'refused'
            WHEN e.permitted AND e.categories & c.lost <> 0 THEN 'less'
            WHEN e.permitted AND c.won & ~c.before <> 0 THEN 'more'
            WHEN NOT e.permitted AND e.rule = 'ACS-1.function' AND c.before = 0 AND c.won <> 0 THEN 'allowed' END AS effect
        FROM log.entry e JOIN gate.verb v ON v.slug = e.verb JOIN changed c ON c.function = e.function AND c.action = v.action
        WHERE e.id >= to_char(now() - interval '30 days', 'YYYYMM')::bigint * 10000000000000 AND e.at > now() - interval '30 days' AND e.patient_id IS NOT NULL
    ), numbered AS (
        SELECT d.*, row_number() OVER (PARTITION BY d.function, d.verb, d.effect ORDER BY d.at DESC) AS nth FROM flipped d WHERE d.effect IS NOT NULL
    )
    SELECT n.function, n.verb, n.effect, count(*), jsonb_agg(jsonb_build_object('at', n.at, 'institution', i.names) ORDER BY n.at DESC) FILTER (WHERE n.nth <= 5)
    FROM numbered n LEFT JOIN registry.institution i ON i.id = n.institution_id GROUP BY n.function, n.verb, n.effect ORDER BY 4 DESC, 1, 2, 3;
END
$$;
COMMENT ON FUNCTION gate.preview_rights(jsonb) IS 'application';

-- LOG-6: accesses at one institution that no work by somebody else explains, with the reason why each is worth a look.
-- kind: self, colleague, same-name, same-address, planned-with-oneself, emergency, excluded, bulk (more than 50 records within an hour; names no patient).
CREATE OR REPLACE FUNCTION gate.unexplained(institution uuid, since timestamptz, until timestamptz)
RETURNS TABLE (kind text, person_id uuid, person_name text, function text, patient_id uuid, first_at timestamptz, last_at timestamptz, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH looked AS (
        SELECT e.at, e.person_id, e.person_name, e.function, e.patient_id, e.verb, e.rule, e.permitted, h.human_id, lower(h.family) AS family, h.patient_id AS own_id
        FROM log.entry e JOIN gate.function f ON f.slug = e.function JOIN registry.person h ON h.id = e.person_id
        WHERE e.institution_id = institution AND f.kind IN ('carer', 'staff') AND e.patient_id IS NOT NULL AND e.at >= since AND e.at < until
          AND e.id >= to_char(since AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000
          AND e.id < to_char((until AT TIME ZONE 'UTC') + interval '1 month', 'YYYYMM')::bigint * 10000000000000
    ), weighed AS (
        SELECT l.*, lower(p.family) AS patient_family, p.contact ->> 'address' AS address, o.contact ->> 'address' AS own_address,
            EXISTS (SELECT FROM registry.person c WHERE c.patient_id = l.patient_id AND c.human_id = l.human_id) AS is_self,
            EXISTS (SELECT FROM registry.person c JOIN registry.employment m ON m.person_id = c.id
                    WHERE c.patient_id = l.patient_id AND m.institution_id = institution AND m.from_at <= l.at AND (m.until_at IS NULL OR l.at < m.until_at)) AS is_colleague,
            w.explained, w.own_making
        FROM looked l JOIN registry.patient p ON p.id = l.patient_id LEFT JOIN registry.patient o ON o.id = l.own_id,
        LATERAL (SELECT coalesce(bool_or(r.made_by IS DISTINCT FROM l.person_id), false) AS explained, coalesce(bool_or(r.made_by = l.person_id), false) AS own_making
                 FROM relations.relation r WHERE r.patient_id = l.patient_id AND r.starts_at <= l.at AND l.at < r.ends_at
                   AND (r.state = 'in-force' OR r.state = 'withdrawn' AND l.at < r.withdrawn_at)
                   AND (r.person_id = l.person_id OR r.team_id IN (SELECT d.team_id FROM registry.duty d WHERE d.person_id = l.person_id AND d.starts_at <= l.at AND l.at < d.ends_at))) w
    ), reasons AS (
        SELECT w.*, k.kind FROM weighed w, LATERAL (VALUES
            ('self', w.permitted AND w.is_self),
            ('colleague', w.permitted AND w.is_colleague AND NOT w.is_self AND NOT w.explained),
            ('same-name', w.permitted AND w.family = w.patient_family AND NOT w.is_self AND NOT w.explained),
            ('same-address', w.permitted AND nullif(w.address, '') = w.own_address AND NOT w.is_self AND NOT w.explained),
            ('planned-with-oneself', w.permitted AND w.own_making AND NOT w.explained AND w.verb NOT IN ('plan', 'register-patient')),
            ('emergency', w.permitted AND w.rule = 'BTG-1.emergency'),
            ('excluded', NOT w.permitted AND w.rule = 'EXC-2.excluded')) k (kind, holds)
        WHERE k.holds
    ), firsts AS (
        SELECT l.person_id, l.patient_id, min(l.at) AS at FROM looked l WHERE l.permitted GROUP BY l.person_id, l.patient_id
    ), hours AS (
        SELECT f.person_id, f.at, count(*) OVER (PARTITION BY f.person_id ORDER BY f.at RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS records FROM firsts f
    )
    SELECT r.kind, r.person_id, max(r.person_name), max(r.function), r.patient_id, min(r.at), max(r.at), count(*) FROM reasons r GROUP BY r.kind, r.person_id, r.patient_id
    UNION ALL
    SELECT 'bulk', h.person_id, max(l.person_name), max(l.function), NULL, min(h.at), max(h.at), max(h.records)
    FROM hours h JOIN looked l ON l.person_id = h.person_id WHERE h.records > 50 GROUP BY h.person_id
$$;
