-- The yearly open figures of an institution: read by anybody. Numbers below five are not told (NULL), for a small number may be a person.

-- By the worker: counts the entries since the last time, up to a minute ago (what is younger may still be under way). Twice at once is once. Returns how many entries were counted.
CREATE OR REPLACE FUNCTION cases.count_accesses() RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
DECLARE
    since timestamptz;
    until timestamptz := now() - interval '1 minute';
    n bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('cases.count_accesses', 14));
    since := coalesce((SELECT m.counted_to FROM cases.count_mark m), '-infinity');
    IF since >= until THEN
        RETURN 0;
    END IF;
    WITH counted AS (
        SELECT * FROM gate.count_entries(since, until)
    ), kept AS (
        INSERT INTO cases.access_count AS a (institution_id, month, function, rule, permitted, glass_reason, times)
        SELECT c.institution_id, c.month, c.function, c.rule, c.permitted, c.glass_reason, c.times FROM counted c
        ON CONFLICT (institution_id, month, function, rule, permitted, glass_reason) DO UPDATE SET times = a.times + excluded.times
    )
    SELECT coalesce(sum(c.times), 0) INTO n FROM counted c;
    INSERT INTO cases.count_mark (counted_to) VALUES (until) ON CONFLICT (one) DO UPDATE SET counted_to = excluded.counted_to;
    RETURN n;
END
$$;
COMMENT ON FUNCTION cases.count_accesses() IS 'application';

-- part: accesses (what: function, also: rule), refused (what: rule), glass (what: reason), glass-review (what: outcome, also: in-time | late | open), questions (what: kind, also: outcome),
--   signals (what: reason, also: outcome), cases (what: outcome), exclusions (what: channel), liftings (what: outcome of the review).
-- times: NULL means one to four. An outcome '' is one that still waits. Of a part with a hidden number no sum is told, here or anywhere.
CREATE OR REPLACE FUNCTION cases.open_figures(institution uuid, year integer) RETURNS TABLE (part text, what text, also text, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'Europe/Brussels' AS $$
    WITH span AS (
        SELECT make_timestamptz(year, 1, 1, 0, 0, 0, 'Europe/Brussels') AS since, make_timestamptz(year + 1, 1, 1, 0, 0, 0, 'Europe/Brussels') AS until
        FROM registry.institution i WHERE i.id = institution AND i.network AND year BETWEEN 2020 AND 2999
    ), months AS (
        SELECT a.* FROM cases.access_count a, span WHERE a.institution_id = institution AND a.month >= span.since::date AND a.month < span.until::date
    ), tasks AS (
        SELECT t.* FROM cases.task t, span WHERE t.institution_id = institution AND t.made_at >= span.since AND t.made_at < span.until
    ), counted AS (
        SELECT 'accesses' AS part, m.function AS what, m.rule AS also, sum(m.times)::bigint AS times FROM months m JOIN gate.function f ON f.slug = m.function
            WHERE m.permitted AND f.kind IN ('carer', 'staff', 'governance', 'machine') AND m.rule <> 'ALL-3.sign-in' GROUP BY 2, 3
        UNION ALL SELECT 'refused', m.rule, '', sum(m.times) FROM months m WHERE NOT m.permitted GROUP BY 2
        UNION ALL SELECT 'glass', m.glass_reason, '', sum(m.times) FROM months m WHERE m.permitted AND m.glass_reason <> '' GROUP BY 2
        UNION ALL SELECT 'glass-review', t.outcome, CASE WHEN t.done_at <= t.made_at + interval '72 hours' THEN 'in-time' WHEN t.done_at IS NOT NULL THEN 'late' ELSE 'open' END, count(*)
            FROM tasks t WHERE t.kind = 'glass-review' GROUP BY 2, 3
        UNION ALL SELECT 'liftings', t.outcome, '', count(*) FROM tasks t WHERE t.kind = 'lifting-review' GROUP BY 2
        UNION ALL SELECT 'questions', t.kind, t.outcome, count(*) FROM tasks t WHERE t.kind IN ('overview', 'correction', 'not-visible', 'relative', 'unknown-person', 'other') GROUP BY 2, 3
        UNION ALL SELECT 'signals', coalesce(t.facts ->> 'signal', ''), t.outcome, count(*) FROM tasks t WHERE t.kind = 'signal' GROUP BY 2, 3
        UNION ALL SELECT 'cases', t.outcome, '', count(*) FROM tasks t WHERE t.kind = 'case' GROUP BY 2
        UNION ALL SELECT 'exclusions', e.channel, '', count(*) FROM relations.exclusion e, span WHERE e.made_at_institution = institution AND e.from_at >= span.since AND e.from_at < span.until GROUP BY 2
    )
    SELECT c.part, c.what, c.also, CASE WHEN c.times >= 5 THEN c.times END FROM counted c ORDER BY c.part, c.what, c.also
$$;
COMMENT ON FUNCTION cases.open_figures(uuid, integer) IS 'application';

-- Up to when a year's accesses are counted; NULL before the first time.
CREATE OR REPLACE FUNCTION cases.counted_to() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT counted_to FROM cases.count_mark $$;
COMMENT ON FUNCTION cases.counted_to() IS 'application';
