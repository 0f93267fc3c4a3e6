-- The only ways in which content leaves the log, each called by the functions in which two people decided (cases/sql/erasure.sql) or a month's time is over.
-- Owned by unidossier_log, callable by the one writer alone; each proves by the log itself that it may. The leaves stay (LOG-3, LOG-4).

-- Counts each row that is changed or deleted here, also when that is rolled back: the server counts those too (log.failed_changes).
CREATE SEQUENCE IF NOT EXISTS log.tried;

-- One entry as those who decide about it need it, and where it stands in the tree; no row when there is none, or nothing is left of it.
DROP FUNCTION IF EXISTS log.about(bigint);
CREATE FUNCTION log.about(entry bigint) RETURNS TABLE (at timestamptz, person_id uuid, person_name text, function text, institution_id uuid, patients uuid[], verb text, rule text,
    permitted boolean, categories bigint, glass boolean, year smallint, "position" bigint, leaf bytea, is_erased boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT e.at, e.person_id, e.person_name, e.function, e.institution_id, coalesce(e.patients, CASE WHEN e.patient_id IS NOT NULL THEN ARRAY[e.patient_id] ELSE '{}' END), e.verb, e.rule,
        e.permitted, e.categories, e.glass_reason IS NOT NULL, f.year, f.position, f.hash, x.entry_id IS NOT NULL
    FROM log.entry e LEFT JOIN log.leaf f ON f.entry_id = e.id LEFT JOIN log.erasure x ON x.entry_id = e.id WHERE e.id = about.entry;
END
$$;

-- Is there an entry of this verb, permitted and by this person, that names what it was about? The proof that somebody really asked, or agreed.
CREATE OR REPLACE FUNCTION log.is_said(entry bigint, a_verb text, person uuid, named text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM log.entry e WHERE e.id = entry AND e.verb = a_verb AND e.permitted AND e.person_id = person AND e.detail ->> 'entry' = named)
$$;

-- Drop payload and salt of one entry. Every column goes but its number and its transaction, also those that later versions add.
-- UD010 'not-in-tree', 'erased-already', 'not-by-two'.
CREATE OR REPLACE FUNCTION log.erase(entry bigint, why text, house uuid, asker uuid, confirmer uuid, asked bigint, confirmed bigint, told bigint) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen record;
    blanks text;
    lines bigint;
BEGIN
    PERFORM FROM log.entry e WHERE e.id = entry FOR UPDATE;
    SELECT * INTO seen FROM log.about(entry);
    IF seen.is_erased THEN
        RAISE EXCEPTION 'erased-already' USING ERRCODE = 'UD010';
    ELSIF seen.leaf IS NULL THEN
        RAISE EXCEPTION 'not-in-tree' USING ERRCODE = 'UD010';
    ELSIF asker = confirmer OR NOT (log.is_said(asked, 'erase-entry', asker, entry::text) AND log.is_said(confirmed, 'erase-entry', confirmer, entry::text)
                                    AND log.is_said(told, 'entry-erased', confirmer, entry::text)) THEN
        RAISE EXCEPTION 'not-by-two' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO log.erasure (entry_id, year, position, leaf, ground, about, institution_id, asked_by, confirmed_by, asked_entry, confirmed_entry, told_entry)
    VALUES (entry, seen.year, seen.position, seen.leaf, why, seen.patients, house, asker, confirmer, asked, confirmed, told);
    SELECT string_agg(format('%I = %s', a.attname, CASE
            WHEN a.attname = 'at' THEN quote_literal(to_timestamp((entry / 10000000000000)::text || 'UTC', 'YYYYMMTZ'))  -- the month: its number says it anyway
            WHEN a.attname = 'verb' THEN '''erased'''
            WHEN NOT a.attnotnull THEN 'NULL'
            ELSE CASE a.atttypid WHEN 'text'::regtype THEN '''''' WHEN 'bytea'::regtype THEN '''''::bytea' WHEN 'jsonb'::regtype THEN '''{}''' WHEN 'bigint'::regtype THEN '0'
                 WHEN 'boolean'::regtype THEN 'false' END END), ', ')
    INTO STRICT blanks FROM pg_attribute a WHERE a.attrelid = 'log.entry'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('id', 'xid');
    EXECUTE format('UPDATE log.entry SET %s WHERE id = %s RETURNING nextval(''log.tried'')', blanks, entry);
    WITH gone AS (DELETE FROM log.listed t WHERE t.entry_id = entry RETURNING nextval('log.tried') AS nth) SELECT count(g.nth) INTO lines FROM gone g;
    PERFORM log.count_lawful(lines);
    RETURN seen.patients;
END
$$;

-- For whoever audits: an entry without content is lawful only when the erasure itself is an entry in the tree that names this leaf, after two people said so.
CREATE OR REPLACE FUNCTION log.erasure_proven(entry bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM log.erasure x JOIN log.entry t ON t.id = x.told_entry JOIN log.leaf f ON f.entry_id = t.id JOIN log.leaf o ON o.entry_id = x.entry_id
        WHERE x.entry_id = entry AND t.verb = 'entry-erased' AND t.detail ->> 'entry' = entry::text AND t.detail ->> 'leaf' = encode(o.hash, 'hex')
          AND f.hash = sha256('\x00'::bytea || log.digest(t)) AND x.asked_by <> x.confirmed_by
          AND log.is_said(x.asked_entry, 'erase-entry', x.asked_by, entry::text) AND log.is_said(x.confirmed_entry, 'erase-entry', x.confirmed_by, entry::text));
END
$$;

-- The months that are there: their numbers run from low to high (excluded).
CREATE OR REPLACE FUNCTION log.months() RETURNS TABLE (month integer, low bigint, high bigint, ends_at timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT m.num, m.num * 10000000000000, to_char(m.day + interval '1 month', 'YYYYMM')::bigint * 10000000000000, (m.day + interval '1 month') AT TIME ZONE 'UTC'
    FROM (SELECT replace(right(c.relname, 7), '_', '')::integer AS num, to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AS day
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'log.entry'::regclass AND c.relname ~ '^entry_\d{4}_\d{2}$') m ORDER BY 1;
END
$$;

-- What in the log itself still needs these entries: tree (some are no leaves yet), erasure (the proof of one in another month that stands).
CREATE OR REPLACE FUNCTION log.still_needed(low bigint, high bigint) RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM log.entry e WHERE e.id >= low AND e.id < high AND NOT EXISTS (SELECT FROM log.leaf f WHERE f.entry_id = e.id)) THEN 'tree' END,
        CASE WHEN EXISTS (SELECT FROM log.erasure x JOIN log.entry e ON e.id = x.entry_id WHERE NOT (x.entry_id >= low AND x.entry_id < high)
               AND (x.told_entry >= low AND x.told_entry < high OR x.asked_entry >= low AND x.asked_entry < high OR x.confirmed_entry >= low AND x.confirmed_entry < high)) THEN 'erasure' END], NULL);
END
$$;

-- How many entries a month has, counted up to a million.
CREATE OR REPLACE FUNCTION log.count_entries(low bigint, high bigint) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM (SELECT FROM log.entry e WHERE e.id >= low AND e.id < high LIMIT 1000000) counted);
END
$$;

-- The months that went, for those who look at what is kept.
CREATE OR REPLACE FUNCTION log.dropped() RETURNS SETOF log.dropped_month LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT d.* FROM log.dropped_month d ORDER BY d.month;
END
$$;

-- Drop the payload of a month whose time is over. Nothing else drops one. UD010 'month-needed'.
CREATE OR REPLACE FUNCTION log.drop_month(wanted integer, kept_years integer, told bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s' AS $$
DECLARE
    m record;
    partition text := format('entry_%s_%s', wanted / 100, lpad((wanted % 100)::text, 2, '0'));
    lines bigint;
BEGIN
    SELECT * INTO STRICT m FROM log.months() o WHERE o.month = wanted;
    IF kept_years < 3 OR m.ends_at + make_interval(years => kept_years) > clock_timestamp() OR log.still_needed(m.low, m.high) <> '{}' OR gate.still_needed(m.low, m.high) <> '{}' THEN
        RAISE EXCEPTION 'month-needed' USING ERRCODE = 'UD010';
    END IF;
    INSERT INTO log.dropped_month (month, entries, first_id, last_id, years, evidence, told_entry)
    SELECT wanted, count(*), min(e.id), max(e.id), kept_years,
        coalesce(jsonb_agg(jsonb_build_object('id', e.id::text, 'canonical', log.canonical(e), 'salt', encode(sha256(e.salt || 'leaf'::bytea), 'hex')) ORDER BY e.id)
            FILTER (WHERE e.verb IN ('log-continued', 'entry-erased', 'log-restored', 'month-dropped')), '[]'), told
    FROM log.entry e WHERE e.id >= m.low AND e.id < m.high;
    WITH gone AS (DELETE FROM log.listed t WHERE t.entry_id >= m.low AND t.entry_id < m.high RETURNING nextval('log.tried') AS nth) SELECT count(g.nth) INTO lines FROM gone g;
    PERFORM log.count_lawful(lines);
    EXECUTE format('ALTER TABLE log.entry DETACH PARTITION log.%I', partition);
    EXECUTE format('DROP TABLE log.%I', partition);
    RETURN (SELECT d.entries FROM log.dropped_month d WHERE d.month = wanted);
END
$$;

-- Where an entry stands, for whoever audits: whole, erased, dropped (its month), lost (in a restore: known by its hash alone), unknown.
CREATE OR REPLACE FUNCTION log.state_of(entry bigint) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN EXISTS (SELECT FROM log.erasure x WHERE x.entry_id = entry) THEN 'erased'
        WHEN EXISTS (SELECT FROM log.entry e WHERE e.id = entry) THEN 'whole'
        WHEN EXISTS (SELECT FROM log.dropped_month d WHERE d.month = entry / 10000000000000) THEN 'dropped'
        ELSE 'unknown' END;
END
$$;

-- Every restore that the sequencer noticed, and the time in which entries were lost by it. Names nobody: who reads under any grant may know it.
DROP FUNCTION IF EXISTS log.restores();
CREATE FUNCTION log.restores() RETURNS TABLE (id uuid, year smallint, from_position bigint, to_position bigint, lost bigint, noticed_at timestamptz, explained_entry bigint,
    since timestamptz, until timestamptz) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- the hashes of what was lost say no time: the leaves around them do
    RETURN QUERY SELECT r.id, r.year, r.from_position, r.to_position, r.lost, r.noticed_at, r.explained_entry,
        (SELECT f.at FROM log.leaf f WHERE f.year = r.year AND f.position < r.from_position AND f.entry_id IS NOT NULL ORDER BY f.position DESC LIMIT 1), r.noticed_at
    FROM log.restored r ORDER BY r.noticed_at DESC;
END
$$;

-- The entry of two people explains a restore. Called by cases.decide_restore alone. UD010 'no-such-restore', 'done-already'.
CREATE OR REPLACE FUNCTION log.explain_restored(restored uuid, told bigint) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r log.restored;
BEGIN
    SELECT * INTO r FROM log.restored o WHERE o.id = restored FOR UPDATE;
    IF r.id IS NULL THEN
        RAISE EXCEPTION 'no-such-restore' USING ERRCODE = 'UD010';
    ELSIF r.explained_entry IS NOT NULL THEN
        RAISE EXCEPTION 'done-already' USING ERRCODE = 'UD010';
    END IF;
    UPDATE log.restored o SET explained_entry = told WHERE o.id = restored;
END
$$;

COMMENT ON FUNCTION log.restores() IS 'application';
