-- Changing the function table (ACS-1). The gate alone reads across patients here, and shows no patient.

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
            -- an emergency opens by whether the function may break the glass at all, whatever the category (BTG-2)
            WHEN c.action = 'break-the-glass' AND e.permitted AND c.before & ~c.lost | c.won <> 0 THEN NULL
            WHEN c.action = 'break-the-glass' AND NOT e.permitted THEN CASE WHEN c.before = 0 AND c.won <> 0 THEN 'allowed' END
            WHEN e.permitted AND c.before & ~c.lost | c.won = 0 THEN 'refused'
            WHEN e.permitted AND e.categories & c.lost <> 0 THEN 'less'
            WHEN e.permitted AND c.won & ~c.before <> 0 THEN 'more'
            WHEN NOT e.permitted AND e.rule = 'ACS-1.function' AND c.before = 0 AND c.won <> 0 THEN 'allowed' END AS effect
        FROM log.entry e JOIN gate.verb v ON v.slug = e.verb JOIN changed c ON c.function = e.function AND (c.action = v.action OR c.action = 'break-the-glass' AND e.rule = CASE WHEN e.permitted THEN 'BTG-1.emergency' ELSE 'BTG-2.function' END)
        WHERE e.id >= to_char(now() - interval '30 days', 'YYYYMM')::bigint * 10000000000000 AND e.at > now() - interval '30 days' AND e.patient_id IS NOT NULL
    ), numbered AS (
        SELECT d.*, row_number() OVER (PARTITION BY d.function, d.verb, d.effect ORDER BY d.at DESC) AS nth FROM flipped d WHERE d.effect IS NOT NULL
    )
    SELECT n.function, n.verb, n.effect, count(*), jsonb_agg(jsonb_build_object('at', n.at, 'institution', i.names) ORDER BY n.at DESC) FILTER (WHERE n.nth <= 5)
    FROM numbered n LEFT JOIN registry.institution i ON i.id = n.institution_id GROUP BY n.function, n.verb, n.effect ORDER BY 4 DESC, 1, 2, 3;
END
$$;
COMMENT ON FUNCTION gate.preview_rights(jsonb) IS 'application';
