-- LOG-8: accounts of the same thing are compared all the time. Called by the worker every 15 seconds: all that is new since, and up to 200 patients named in it asked
-- as the page asks; all that is older in turns. So that a gap among millions of old entries does not wait for its turn, what could make one is watched: the functions and policies by which
-- patients read, and the server's own count of rows changed or deleted in the tables of the log. When that count moves, everything is compared at once.
--   rows served          a process gave rows under an entry        served-without-entry
--   grants that live     a grant opens rows now                    grant-without-entry
--   entries in the tree  leaf and entry still fit                  entry-gone, entry-changed, leaf-gone
--   entries written      the tree passed it by, or its time lies   entry-without-leaf, back-dated, unsigned
--   what patients see    lines of lists, policies, known patients  not-shown, shown-wrongly, policies-changed
--   what may change      rows changed, deleted, or a file anew     rows-changed
-- Reads first and writes last: an open transaction that has written holds back the tree.

-- What a process gave out: entries and rows, in batches. Any caller can only make the alarm ring, never silence it.
CREATE OR REPLACE FUNCTION log.note_served(entries bigint[], counts integer[]) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO log.served (entry_id, rows) SELECT u.entry, u.n FROM unnest(entries[1:20000], counts[1:20000]) u (entry, n);
END
$$;
COMMENT ON FUNCTION log.note_served(bigint[], integer[]) IS 'application';

-- The digest of all policies, as the last migration sealed it (database/migrate.py).
CREATE OR REPLACE FUNCTION log.policies() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT md5(coalesce(string_agg(concat_ws('|', schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check), E'\n' ORDER BY schemaname, tablename, policyname), '')) FROM pg_policies
$$;

-- The same of all functions of ours, of triggers, and of row security: what a patient is shown is what these make of the log.
CREATE OR REPLACE FUNCTION log.functions() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT md5(string_agg(d.line, E'\n' ORDER BY d.line)) FROM (
        SELECT concat_ws('|', n.nspname, p.proname, (SELECT string_agg(t.typname, ',' ORDER BY a.nth) FROM unnest(p.proargtypes) WITH ORDINALITY a (oid, nth) JOIN pg_type t ON t.oid = a.oid),
            md5(p.prosrc), p.prosecdef, p.provolatile, p.proconfig::text, pg_get_userbyid(p.proowner)) AS line
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('record', 'relations', 'registry', 'gate', 'log', 'cases', 'notices')
        UNION ALL SELECT concat_ws('|', n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity, (SELECT string_agg(concat(g.tgname, g.tgenabled), ',' ORDER BY g.tgname)
            FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('record', 'relations', 'registry', 'gate', 'log', 'cases', 'notices') AND c.relkind IN ('r', 'p') AND NOT c.relispartition) d
$$;

-- The tables of the log as the server counts them, also what a superuser does: rows changed or deleted since its counters began, those of them that were lawful, and the file.
-- A change is counted up to ten seconds after its commit; one that was rolled back is counted too (log.failed_changes).
CREATE OR REPLACE FUNCTION log.movements() RETURNS TABLE (name text, counted bigint, lawful bigint, file text) LANGUAGE sql STABLE AS $$
    SELECT c.relname::text, pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid),
        CASE WHEN c.relname = 'listed' THEN coalesce((SELECT m.looked FROM log.check_mark m WHERE m.name = 'lawful'), 0)
             WHEN c.relname = 'leaf' THEN 0
             ELSE (SELECT count(*) FROM log.erasure x WHERE x.entry_id / 10000000000000 = replace(right(c.relname, 7), '_', '')::bigint) END,
        pg_relation_filenode(c.oid)::text
    FROM pg_class c WHERE c.oid IN ('log.listed'::regclass, 'log.leaf'::regclass) OR c.oid IN (SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = 'log.entry'::regclass)
$$;

-- Lines of lists that went lawfully (log/sql/erasure.sql).
CREATE OR REPLACE FUNCTION log.count_lawful(lines bigint) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO log.check_mark AS m (name, looked) VALUES ('lawful', lines) ON CONFLICT (name) DO UPDATE SET looked = m.looked + excluded.looked
$$;

-- Rows that a lawful act changed before it was rolled back: an erasure whose connection broke, a month that could not be locked in time. The counter of what was tried is never
-- rolled back, and nobody but those acts may raise it.
CREATE OR REPLACE FUNCTION log.failed_changes() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT (SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM log.tried s) - (SELECT count(*) FROM log.erasure)
        - coalesce((SELECT m.looked FROM log.check_mark m WHERE m.name = 'lawful'), 0)
$$;

-- Those tables against what was counted in the turn before (`told`: {"cluster", "since", "failed", "tables": {name: {"counted", "allowed", "file"}}}). anew: something moved, or the
-- counters have begun again, as after a crash or in another cluster: then everything is compared. What failed lawfully since then rings nothing, each row once; after a crash, which
-- moves the counter of what was tried too, nothing counts as that.
CREATE OR REPLACE FUNCTION log.find_movements(told jsonb, OUT gaps jsonb, OUT seen jsonb, OUT anew boolean) LANGUAGE plpgsql STABLE AS $$
DECLARE
    was jsonb := CASE WHEN told ->> 'cluster' = log.cluster() THEN told -> 'tables' ELSE '{}' END;
    since text := pg_stat_get_bgwriter_stat_reset_time()::text;
    failed bigint := log.failed_changes();
    free bigint := CASE WHEN told ->> 'cluster' = log.cluster() AND told ->> 'since' = since THEN greatest(failed - (told ->> 'failed')::bigint, 0) ELSE 0 END;
    excess bigint;
    one record;
    w jsonb;
BEGIN
    gaps := '[]';
    seen := '{}';
    anew := told ->> 'cluster' <> log.cluster() OR told ->> 'since' <> since;
    FOR one IN SELECT * FROM log.movements() LOOP
        w := was -> one.name;
        excess := one.counted - one.lawful - (w ->> 'allowed')::bigint;
        IF one.file = w ->> 'file' AND one.counted >= (w ->> 'counted')::bigint AND excess > 0 AND excess <= free THEN
            free := free - excess;
            anew := true;
            w := NULL;
        ELSIF w IS NOT NULL AND (one.file <> w ->> 'file' OR one.counted >= (w ->> 'counted')::bigint AND excess > 0) THEN
            gaps := gaps || jsonb_build_array(jsonb_build_array('rows-changed', concat_ws(':', one.name, one.file, one.counted), NULL));
            anew := true;
            w := NULL;
        ELSIF one.counted < (w ->> 'counted')::bigint THEN
            anew := true;
            w := NULL;
        END IF;
        seen := seen || jsonb_build_object(one.name, jsonb_build_object('counted', one.counted, 'file', one.file, 'allowed', coalesce((w ->> 'allowed')::bigint, one.counted - one.lawful)));
    END LOOP;
    FOR one IN SELECT k.name FROM jsonb_object_keys(was) k (name) WHERE NOT seen ? k.name
               AND NOT EXISTS (SELECT FROM log.dropped_month d WHERE k.name = format('entry_%s_%s', d.month / 100, lpad((d.month % 100)::text, 2, '0'))) LOOP
        gaps := gaps || jsonb_build_array(jsonb_build_array('rows-changed', one.name || ':gone', NULL));
        anew := true;
    END LOOP;
    seen := jsonb_build_object('cluster', log.cluster(), 'since', since, 'failed', failed - free, 'tables', seen);
    anew := coalesce(anew, false);
END
$$;

-- Leaves [low, high) of a year against their entries. What went lawfully is no gap: erased by two (once that is proven in the tree), a month whose time was over, lost in a restore.
-- An entry that claims an earlier time than those before it counts from `ordered_from` on, among leaves placed since `ordered_since`: what came with a
-- restore bears the transaction numbers of another cluster.
DROP FUNCTION IF EXISTS log.gaps_of_leaves(smallint, bigint, bigint, xid8);
CREATE OR REPLACE FUNCTION log.gaps_of_leaves(of_year smallint, low bigint, high bigint, ordered_from xid8, ordered_since timestamptz DEFAULT '-infinity') RETURNS TABLE (kind text, place text, entry_id bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH looked AS MATERIALIZED (
        SELECT p.nth, l.entry_id, l.hash, l.at AS placed, e.id, e.at, e.xid, CASE WHEN e.id IS NOT NULL THEN sha256('\x00'::bytea || log.digest(e)) END AS fits,
            max(e.at) OVER (ORDER BY p.nth ROWS BETWEEN 200 PRECEDING AND 1 PRECEDING) AS before
        FROM generate_series(low, high - 1) p (nth) LEFT JOIN log.leaf l ON l.year = of_year AND l.position = p.nth LEFT JOIN log.entry e ON e.id = l.entry_id
    ), odd AS (
        SELECT o.nth, o.entry_id, CASE WHEN o.hash IS NULL THEN 'leaf-gone' WHEN o.entry_id IS NOT NULL AND o.id IS NULL THEN 'entry-gone'
            WHEN o.hash <> o.fits THEN 'entry-changed' WHEN o.xid >= ordered_from AND o.placed >= ordered_since AND o.at < o.before - interval '10 minutes' THEN 'back-dated' END AS what FROM looked o
    )
    SELECT o.what, of_year || ':' || o.nth, o.entry_id FROM odd o
    WHERE o.what IS NOT NULL AND NOT (o.what <> 'leaf-gone' AND CASE log.state_of(o.entry_id) WHEN 'dropped' THEN true
        WHEN 'erased' THEN log.erasure_proven(o.entry_id) OR EXISTS (SELECT FROM log.erasure x JOIN log.entry t ON t.id = x.told_entry AND t.verb = 'entry-erased'
            WHERE x.entry_id = o.entry_id AND NOT EXISTS (SELECT FROM log.leaf f WHERE f.entry_id = t.id)) ELSE false END);
END
$$;

-- Entries against the tree, their own number, and what their patients are shown: of up to `readers` patients exactly what "who looked" stands on (gate.entries_seen).
DROP FUNCTION IF EXISTS log.gaps_of_entries(bigint, bigint);
CREATE OR REPLACE FUNCTION log.gaps_of_entries(low bigint, high bigint, readers integer) RETURNS TABLE (kind text, place text, entry_id bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    t log.tree := (SELECT n FROM log.tree n WHERE n.cluster = log.cluster() ORDER BY n.year DESC LIMIT 1);
BEGIN
    RETURN QUERY
    SELECT 'entry-without-leaf', e.id::text, e.id FROM log.entry e WHERE e.id BETWEEN low AND high AND (e.xid, e.id) <= (t.last_xid, t.last_id)
        AND NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id)
    UNION ALL
    -- an entry's month is that of its transaction's start, its instant a moment later
    SELECT 'back-dated', e.id::text, e.id FROM log.entry e WHERE e.id BETWEEN low AND high
        AND to_char(e.at AT TIME ZONE 'UTC', 'YYYYMM')::bigint <> e.id / 10000000000000 AND to_char((e.at AT TIME ZONE 'UTC') - interval '1 hour', 'YYYYMM')::bigint <> e.id / 10000000000000
    UNION ALL
    SELECT 'not-shown', p.patient || ':' || e.id, e.id FROM log.entry e, LATERAL (SELECT DISTINCT unnest(e.patients)) p (patient) WHERE e.id BETWEEN low AND high AND e.patients IS NOT NULL
        AND NOT EXISTS (SELECT FROM log.listed s WHERE s.patient_id = p.patient AND s.entry_id = e.id AND s.person_id IS NOT DISTINCT FROM e.person_id AND s.person_name = e.person_name
                        AND s.function = e.function AND s.institution_id IS NOT DISTINCT FROM e.institution_id AND s.verb = e.verb AND s.rule = e.rule)
    UNION ALL
    SELECT 'not-shown', e.patient_id || ':' || e.id, e.id FROM log.entry e
        JOIN gate.nobody(ARRAY(SELECT DISTINCT n.patient_id FROM log.entry n WHERE n.id BETWEEN low AND high AND n.patient_id IS NOT NULL)) g ON g = e.patient_id
        WHERE e.id BETWEEN low AND high;
    RETURN QUERY WITH due AS MATERIALIZED (
        SELECT n.patient_id AS patient, n.id FROM log.entry n WHERE n.id BETWEEN low AND high AND n.permitted AND n.at > clock_timestamp() - interval '5 years' AND n.patient_id IS NOT NULL
        UNION SELECT unnest(n.patients), n.id FROM log.entry n WHERE n.id BETWEEN low AND high AND n.permitted AND n.at > clock_timestamp() - interval '5 years' AND n.patients IS NOT NULL
    ), asked AS MATERIALIZED (
        SELECT c.patient FROM (SELECT DISTINCT d.patient FROM due d) c ORDER BY random() LIMIT readers
    ), missing AS (
        SELECT d.patient, d.id FROM due d JOIN asked USING (patient)
        EXCEPT SELECT a.patient, s.id FROM asked a, gate.entries_seen(ARRAY[a.patient], clock_timestamp() - interval '5 years', 'infinity', '{}', low - 1) s
    )
    SELECT 'not-shown', m.patient || ':' || m.id, m.id FROM missing m;
END
$$;

-- What is read now: the gaps that are there, whether they were told before or not, and the marks to go on from.
-- most: how much of what is old is compared in this turn. anew: from the beginning on.
DROP FUNCTION IF EXISTS log.find_gaps(integer);
CREATE OR REPLACE FUNCTION log.find_gaps(most integer, anew boolean, OUT gaps jsonb, OUT marks jsonb, OUT taken tid[], OUT rows_served bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    newest constant bigint := 500;                 -- compared once more: what commits late stands before what was compared
    at_once constant bigint := 10000;              -- new ones of one turn; the others in the turn that follows at once (log.hurries)
    t log.tree := (SELECT n FROM log.tree n ORDER BY n.year DESC LIMIT 1);
    k jsonb := coalesce((SELECT jsonb_object_agg(m.name, m.place) FROM log.check_mark m WHERE NOT (anew AND m.name IN ('leaves', 'entries', 'lines'))), '{}');
    of_year smallint := coalesce(nullif(split_part(k ->> 'leaves', ':', 1), '')::smallint, (SELECT min(n.year) FROM log.tree n));
    low bigint := coalesce(nullif(split_part(k ->> 'leaves', ':', 2), '')::bigint, 0);
    high bigint;
    first_id bigint := coalesce(nullif(k ->> 'entries', '')::bigint, 0);
    last_id bigint;
    ordered_from xid8 := coalesce(CASE WHEN split_part(k ->> 'order', '|', 2) = log.cluster() THEN split_part(k ->> 'order', '|', 1)::xid8 END, pg_snapshot_xmin(pg_current_snapshot()));
    ordered_since timestamptz := coalesce((SELECT m.since FROM log.check_mark m WHERE m.name = 'order' AND split_part(m.place, '|', 2) = log.cluster()), clock_timestamp());
    who uuid := coalesce(nullif(split_part(k ->> 'lines', '|', 1), '')::uuid, '00000000-0000-0000-0000-000000000000');
    which bigint := coalesce(nullif(split_part(k ->> 'lines', '|', 2), '')::bigint, 0);
    one record;
    lines bigint := 0;
    fresh bigint := (SELECT max(e.id) FROM log.entry e);
    known bigint := nullif(split_part(k ->> 'new', '|', 1), '')::bigint;
    new_id bigint := coalesce((SELECT min(n.id) FROM (SELECT e.id FROM log.entry e WHERE e.id <= coalesce(known, fresh) ORDER BY e.id DESC LIMIT newest) n), known, fresh);
    upto_id bigint := coalesce((SELECT max(n.id) FROM (SELECT e.id FROM log.entry e WHERE e.id > coalesce(known, fresh) ORDER BY e.id LIMIT at_once) n), fresh);
    known_leaf bigint := CASE WHEN known IS NULL THEN t.size WHEN split_part(k ->> 'new', '|', 2) = t.year::text THEN least(split_part(k ->> 'new', '|', 3)::bigint, t.size) ELSE 0 END;
    upto_leaf bigint := least(known_leaf + at_once, coalesce(t.size, 0));  -- before the first leaf there is no tree
BEGIN
    SELECT array_agg(s.ctid), coalesce(sum(s.rows), 0),
        coalesce(jsonb_agg(jsonb_build_array('served-without-entry', s.entry_id::text, s.entry_id))
            FILTER (WHERE (e.id IS NULL OR NOT e.permitted OR e.at > s.at) AND NOT EXISTS (SELECT FROM log.erasure x WHERE x.entry_id = s.entry_id)), '[]')
    INTO taken, rows_served, gaps FROM (SELECT w.ctid, w.* FROM log.served w LIMIT 50000) s LEFT JOIN log.entry e ON e.id = s.entry_id;

    gaps := gaps || coalesce((SELECT jsonb_agg(jsonb_build_array('grant-without-entry', g::text, g)) FROM gate.grants_without_entry() g), '[]');

    high := least(low + most, coalesce((SELECT n.size FROM log.tree n WHERE n.year = of_year), 0));
    -- an entry's place is looked at with the two hundred before it, for the order
    gaps := gaps || coalesce((SELECT jsonb_agg(jsonb_build_array(g.kind, g.place, g.entry_id)) FROM log.gaps_of_leaves(of_year, greatest(low - 200, 0), high, ordered_from, ordered_since) g), '[]')
        || coalesce((SELECT jsonb_agg(jsonb_build_array(g.kind, g.place, g.entry_id)) FROM log.gaps_of_leaves(t.year, greatest(known_leaf - newest, 0), upto_leaf, ordered_from, ordered_since) g
                     WHERE t.year <> of_year OR upto_leaf > high), '[]');
    last_id := (SELECT max(n.id) FROM (SELECT e.id FROM log.entry e WHERE e.id > first_id ORDER BY e.id LIMIT most) n);
    gaps := gaps || coalesce((SELECT jsonb_agg(jsonb_build_array(g.kind, g.place, g.entry_id)) FROM log.gaps_of_entries(first_id + 1, last_id, 20) g), '[]')
        || coalesce((SELECT jsonb_agg(jsonb_build_array(g.kind, g.place, g.entry_id)) FROM log.gaps_of_entries(new_id, upto_id, 200) g), '[]');
    FOR one IN SELECT s.*, e.id AS of_entry, e.patients, e.person_id AS by_person, e.person_name AS by_name, e.verb AS by_verb, e.rule AS by_rule
               FROM (SELECT w.* FROM log.listed w WHERE (w.patient_id, w.entry_id) > (who, which) ORDER BY w.patient_id, w.entry_id LIMIT most) s LEFT JOIN log.entry e ON e.id = s.entry_id LOOP
        who := one.patient_id;
        which := one.entry_id;
        IF one.of_entry IS NULL OR one.patient_id <> ALL (coalesce(one.patients, '{}')) OR (one.person_id, one.person_name, one.verb, one.rule) IS DISTINCT FROM (one.by_person, one.by_name, one.by_verb, one.by_rule) THEN
            gaps := gaps || jsonb_build_array(jsonb_build_array('shown-wrongly', who || ':' || which, which));
        END IF;
        lines := lines + 1;
    END LOOP;
    gaps := gaps || coalesce((SELECT jsonb_agg(jsonb_build_array('policies-changed', d.what || ':' || d.digest, NULL)) FROM (VALUES ('policies', log.policies()), ('functions', log.functions())) d (what, digest)
        WHERE d.digest IS DISTINCT FROM (SELECT s.digest FROM gate.seal s WHERE s.what = d.what)), '[]');
    marks := jsonb_build_object('new', concat_ws('|', upto_id, t.year, upto_leaf), 'behind', upto_id < fresh OR upto_leaf < t.size, 'order', ordered_from || '|' || log.cluster(),
        'leaves', CASE WHEN high < (SELECT n.size FROM log.tree n WHERE n.year = of_year) THEN of_year || ':' || high
                       ELSE coalesce((SELECT min(n.year) FROM log.tree n WHERE n.year > of_year) || ':0', '') END,
        'entries', CASE WHEN last_id < fresh THEN last_id::text ELSE '' END, 'lines', CASE WHEN lines = 0 THEN '' ELSE who || '|' || which END);
    marks := marks || jsonb_build_object('looked', jsonb_build_object('served', coalesce(cardinality(taken), 0), 'lines', lines, 'grants', gate.live_grants(), 'policies', (SELECT count(*) FROM pg_policies), 'leaves', greatest(high - low, 0),
        'entries', CASE WHEN last_id IS NULL THEN 0 ELSE (SELECT count(*) FROM log.entry e WHERE e.id > first_id AND e.id <= last_id) END));
END
$$;

-- Shall the next turn follow at once? While new entries wait for theirs; and since something moved, until everything was compared once more.
CREATE OR REPLACE FUNCTION log.hurries() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM log.check_mark n WHERE n.name = 'new' AND n.since IS NOT NULL) OR EXISTS (SELECT FROM log.check_mark h JOIN log.check_mark m ON m.name IN ('leaves', 'entries', 'lines') AND (m.whole_at IS NULL OR m.whole_at < h.since) WHERE h.name = 'hurry' AND h.since IS NOT NULL);
END
$$;
COMMENT ON FUNCTION log.hurries() IS 'application';

-- One turn: returns how many gaps are new. Gaps of one kind are one alarm as long as it is open. Nobody waits for another turn that runs.
CREATE OR REPLACE FUNCTION log.compare(most integer DEFAULT 2000) RETURNS integer LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    one record;
    lag double precision;
    late timestamptz := (SELECT m.since FROM log.check_mark m WHERE m.name = 'signed');
    hurried timestamptz := CASE WHEN log.hurries() THEN (SELECT m.since FROM log.check_mark m WHERE m.name = 'hurry') END;
    moves record;
    alarm uuid;
    n integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('log.compare', 12)) THEN
        RETURN 0;
    END IF;
    SELECT * INTO moves FROM log.find_movements(coalesce((SELECT nullif(m.place, '')::jsonb FROM log.check_mark m WHERE m.name = 'tables'), '{}'));
    SELECT * INTO f FROM log.find_gaps(CASE WHEN moves.anew OR hurried IS NOT NULL THEN 10000 ELSE least(greatest(most, 1), 20000) END, moves.anew);
    f.gaps := moves.gaps || f.gaps;
    f.marks := jsonb_set(f.marks, '{looked,tables}', to_jsonb((SELECT count(*) FROM jsonb_object_keys(moves.seen -> 'tables')))) || jsonb_build_object('tables', moves.seen::text);
    hurried := CASE WHEN moves.anew THEN statement_timestamp() ELSE hurried END;
    lag := coalesce((SELECT s.waiting FROM log.state() s), 0);
    late := CASE WHEN lag > 30 THEN coalesce(late, clock_timestamp()) END;
    -- from here on it writes
    DELETE FROM log.served WHERE ctid = ANY (f.taken);
    -- a signer that is behind is one alarm for as long as it lasts: half a minute of that is not chance
    IF late < clock_timestamp() - interval '25 seconds' THEN
        f.gaps := f.gaps || jsonb_build_array(jsonb_build_array('unsigned', late::text, NULL));
    END IF;
    FOR one IN SELECT g ->> 0 AS kind, array_agg(DISTINCT g ->> 1) AS places, array_agg(DISTINCT (g ->> 2)::bigint) FILTER (WHERE g ->> 2 IS NOT NULL) AS entries
               FROM jsonb_array_elements(f.gaps) g WHERE NOT EXISTS (SELECT FROM log.gap k WHERE k.kind = g ->> 0 AND k.place = g ->> 1) GROUP BY 1 LOOP
        alarm := (SELECT a.id FROM log.alarm a WHERE a.kind = one.kind AND a.closed_at IS NULL);
        IF alarm IS NULL THEN
            INSERT INTO log.alarm (kind, gaps, entries) VALUES (one.kind, 0, '{}') RETURNING id INTO alarm;
        END IF;
        UPDATE log.alarm a SET gaps = a.gaps + cardinality(one.places), last_at = clock_timestamp(), entries = (a.entries || coalesce(one.entries, '{}'))[1:100] WHERE a.id = alarm;
        INSERT INTO log.gap (kind, place, entry_id, alarm_id)
        SELECT DISTINCT ON (1, 2) g ->> 0, g ->> 1, (g ->> 2)::bigint, alarm FROM jsonb_array_elements(f.gaps) g WHERE g ->> 0 = one.kind ON CONFLICT DO NOTHING;
        n := n + cardinality(one.places);
    END LOOP;
    INSERT INTO log.check_mark AS m (name, place, looked, whole_at, since)
    SELECT u.name, coalesce(f.marks ->> u.name, ''), coalesce((f.marks -> 'looked' ->> u.name)::bigint, 0), CASE WHEN coalesce(f.marks ->> u.name, '') = '' THEN clock_timestamp() END, CASE u.name WHEN 'signed' THEN late WHEN 'hurry' THEN hurried WHEN 'new' THEN CASE WHEN (f.marks ->> 'behind')::boolean THEN clock_timestamp() END WHEN 'order' THEN clock_timestamp() END
    FROM unnest(ARRAY['served', 'grants', 'leaves', 'entries', 'lines', 'policies', 'tables', 'new', 'hurry', 'order', 'signed', 'rows']) u (name)
    ON CONFLICT (name) DO UPDATE SET at = clock_timestamp(), place = excluded.place, looked = m.looked + excluded.looked, whole_at = coalesce(excluded.whole_at, m.whole_at),
        since = CASE WHEN m.name = 'order' AND m.place = excluded.place THEN m.since ELSE excluded.since END;
    UPDATE log.check_mark m SET looked = m.looked + f.rows_served WHERE m.name = 'rows';
    RETURN n;
END
$$;
COMMENT ON FUNCTION log.compare(integer) IS 'application';

-- How the comparisons stand, for the page on the state of the log, metrics and health: numbers of entries, nobody's name but that of who closed an alarm.
CREATE OR REPLACE FUNCTION log.completeness() RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object(
        'compared_at', (SELECT max(m.at) FROM log.check_mark m),
        'checks', coalesce((SELECT jsonb_agg(jsonb_build_object('name', m.name, 'at', m.at, 'looked', m.looked, 'whole_at', m.whole_at) ORDER BY m.name) FROM log.check_mark m
                            WHERE m.name NOT IN ('order', 'signed', 'new', 'hurry', 'lawful')), '[]'),
        'alarms', coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'since', a.since, 'last_at', a.last_at, 'gaps', a.gaps, 'entries', (SELECT jsonb_agg(e::text) FROM unnest(a.entries[1:20]) e),
                                'places', (SELECT jsonb_agg(p.place) FROM (SELECT DISTINCT CASE a.kind WHEN 'leaf-gone' THEN g.place ELSE split_part(g.place, ':', 1) END AS place
                                    FROM log.gap g WHERE g.alarm_id = a.id AND a.kind IN ('rows-changed', 'policies-changed', 'leaf-gone') ORDER BY 1 LIMIT 20) p), 'entry', a.entry_id::text, 'closed_at', a.closed_at, 'closed_by', a.closed_name, 'words', a.words) ORDER BY a.closed_at DESC NULLS FIRST, a.since DESC)
                            FROM log.alarm a WHERE a.closed_at IS NULL OR a.closed_at > clock_timestamp() - interval '90 days'), '[]'));
END
$$;
COMMENT ON FUNCTION log.completeness() IS 'application';

-- Does the log need somebody at once? A gap that is proven, or nothing signed, or nothing compared, for an hour (T35: until then work goes on).
CREATE OR REPLACE FUNCTION log.is_sound() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM log.alarm a WHERE a.closed_at IS NULL AND a.kind <> 'unsigned')
        AND coalesce((SELECT s.waiting < 3600 FROM log.state() s), true)
        AND coalesce((SELECT max(m.at) > clock_timestamp() - interval '1 hour' FROM log.check_mark m), true);
END
$$;
COMMENT ON FUNCTION log.is_sound() IS 'application';

-- Alarms that the Desk has not been told of; and that it has been.
CREATE OR REPLACE FUNCTION log.untold_alarms() RETURNS TABLE (id uuid, kind text, gaps bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.id, a.kind, a.gaps FROM log.alarm a WHERE a.entry_id IS NULL AND a.closed_at IS NULL
$$;
CREATE OR REPLACE FUNCTION log.mark_alarm_told(alarm uuid, entry bigint) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE log.alarm a SET entry_id = entry WHERE a.id = alarm
$$;

-- Somebody has looked into it and says what it was. The first closes it for all; gaps that are known stay known.
CREATE OR REPLACE FUNCTION log.close_alarm(alarm uuid, person uuid, person_name text, words text) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE log.alarm a SET closed_at = clock_timestamp(), closed_by = person, closed_name = person_name, words = close_alarm.words WHERE a.id = alarm AND a.closed_at IS NULL
$$;
