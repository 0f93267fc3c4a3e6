-- The sequencer's only ways into the database (its role reads no table), and the state of the tree for everybody.
-- Committed entries are taken below the snapshot's horizon, in the order (transaction, entry): nothing can commit before them any more.
-- By `id > last` an entry whose transaction ends late is never seen.

-- Which cluster the transaction numbers belong to: a restore into another one begins them anew.
CREATE OR REPLACE FUNCTION log.cluster() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT system_identifier::text || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()
$$;

-- Entries that wait for their leaf, oldest first. An opening entry comes alone and first, and moves nothing (xid NULL).
DROP FUNCTION IF EXISTS log.pending(integer);
CREATE FUNCTION log.pending(most integer) RETURNS TABLE (entry_id bigint, digest bytea, xid xid8)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_sort = off AS $$
DECLARE
    t log.tree := (SELECT n FROM log.tree n ORDER BY n.year DESC LIMIT 1);
    horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
BEGIN
    IF t.size = 0 AND t.opening IS NOT NULL THEN
        RETURN QUERY SELECT e.id, log.digest(e), NULL::xid8 FROM log.entry e WHERE e.id = t.opening AND NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id);
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    RETURN QUERY SELECT e.id, log.digest(e), e.xid FROM log.entry e
        WHERE e.xid < horizon AND (e.xid, e.id) > (t.last_xid, t.last_id) AND NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id)
        ORDER BY e.xid, e.id LIMIT most;
END
$$;

-- Entries without a leaf, wherever their numbers stand; for a start in a restored or moved database. Slow: it reads the whole log.
-- `horizon`: from which transaction on `pending` takes over.
DROP FUNCTION IF EXISTS log.unplaced(integer);
DROP FUNCTION IF EXISTS log.unplaced(integer, bigint);
CREATE FUNCTION log.unplaced(most integer, after bigint) RETURNS TABLE (entry_id bigint, digest bytea, horizon xid8)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT e.id, log.digest(e), pg_snapshot_xmin(pg_current_snapshot()) FROM log.entry e
        WHERE e.id > after AND NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id) ORDER BY e.id LIMIT most;
END
$$;

-- Write down what the files hold already: leaves from `start` on (entry NULL: lost), the checkpoint over them, and how far the reading came.
-- All or nothing; the caller's idea of the tree must be this one (UD011).
DROP FUNCTION IF EXISTS log.integrate(smallint, bigint, bigint[], bytea[], bytea, text, xid8, bigint);
CREATE FUNCTION log.integrate(year smallint, start bigint, ids bigint[], hashes bytea[], root bytea, checkpoint text, last_xid xid8, last_id bigint)
RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_size bigint := (SELECT t.size FROM log.tree t WHERE t.year = integrate.year FOR UPDATE);
BEGIN
    IF found_size IS DISTINCT FROM start OR cardinality(ids) <> cardinality(hashes) THEN
        RAISE EXCEPTION 'the tree of % has % leaves, not %', year, found_size, start USING ERRCODE = 'UD011';
    END IF;
    INSERT INTO log.leaf (year, position, entry_id, hash)
    SELECT integrate.year, start + n.nth - 1, n.id, n.hash FROM unnest(ids, hashes) WITH ORDINALITY AS n (id, hash, nth);
    UPDATE log.tree t SET size = start + cardinality(hashes), root = integrate.root, checkpoint = integrate.checkpoint, signed_at = clock_timestamp(), trouble = NULL,
        last_xid = coalesce(integrate.last_xid, t.last_xid), last_id = coalesce(integrate.last_id, t.last_id)
    WHERE t.year = integrate.year;
END
$$;

-- From here on `pending` takes over, in the cluster that the database lives in now; nothing is left behind (see log.unplaced).
CREATE OR REPLACE FUNCTION log.settle(horizon xid8) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE log.tree t SET cluster = log.cluster(), last_xid = (horizon::text::numeric - 1)::text::xid8, last_id = 9223372036854775807
    WHERE t.year = (SELECT max(n.year) FROM log.tree n);
END
$$;

-- Begin the tree of a year and close the one before. Its first leaf is an entry that names origin, size and root of the one before (`is_new`);
-- a tree that the files hold already has that leaf. Harmless when it was begun.
DROP FUNCTION IF EXISTS log.begin_year(smallint, text, boolean);
CREATE FUNCTION log.begin_year(year smallint, origin text, is_new boolean) RETURNS void LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before log.tree := (SELECT n FROM log.tree n ORDER BY n.year DESC LIMIT 1);
    opening bigint;
BEGIN
    IF before.year >= begin_year.year THEN
        RETURN;
    END IF;
    IF before.year IS NOT NULL AND is_new THEN
        opening := log.note('log-continued', jsonb_build_object('origin', before.origin, 'size', before.size, 'root', encode(before.root, 'base64')));
    END IF;
    INSERT INTO log.tree (year, origin, root, last_xid, last_id, cluster, opening)
    VALUES (begin_year.year, begin_year.origin, sha256(''), coalesce(before.last_xid, '0'), coalesce(before.last_id, 0), coalesce(before.cluster, log.cluster()), opening);
    UPDATE log.tree t SET closed_at = clock_timestamp() WHERE t.year = before.year;
END
$$;

-- An entry that the log makes about itself.
CREATE OR REPLACE FUNCTION log.note(verb text, detail jsonb) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF verb NOT IN ('log-continued', 'log-key') THEN
        RAISE EXCEPTION 'the log notes no % about itself', verb USING ERRCODE = 'UD011';
    END IF;
    RETURN gate.write_entry(jsonb_populate_record(NULL::gate.session, '{"person_name": "", "function": "machine", "purpose": "evidence", "face": "sequencer"}'),
                            NULL, NULL, verb, 0, NULL, detail, 'LOG-3.tree', true);
END
$$;

-- The trees, the leaves of a span (hashes alone), and a restore that was noticed.
DROP FUNCTION IF EXISTS log.trees();
CREATE FUNCTION log.trees() RETURNS TABLE (year smallint, origin text, size bigint, root bytea, checkpoint text, cluster_is_here boolean, now_year smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.year, t.origin, t.size, t.root, t.checkpoint, t.cluster = log.cluster(), extract(year FROM now() AT TIME ZONE 'UTC')::smallint
    FROM (SELECT 1) one LEFT JOIN log.tree t ON true ORDER BY t.year
$$;

CREATE OR REPLACE FUNCTION log.leaves(year smallint, begins bigint, ends bigint) RETURNS TABLE (place bigint, hash bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.position, l.hash FROM log.leaf l WHERE l.year = leaves.year AND l.position >= begins AND l.position < ends ORDER BY l.position
$$;

CREATE OR REPLACE FUNCTION log.note_restore(id uuid, year smallint, from_position bigint, to_position bigint, lost bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- numbers of entries that were lost are not given again
    SELECT setval('log.entry_number', nextval('log.entry_number') + note_restore.lost + 100000);
    INSERT INTO log.restored (id, year, from_position, to_position, lost) VALUES (id, year, from_position, to_position, lost)
$$;

CREATE OR REPLACE FUNCTION log.note_trouble(year smallint, what text) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE log.tree t SET trouble = what WHERE t.year = note_trouble.year AND t.trouble IS DISTINCT FROM what
$$;

-- How the log stands, for pages, metrics and health: no entry is named.
-- waiting: seconds since the oldest committed entry without a leaf. held: seconds that the oldest open transaction holds everything back.
DROP FUNCTION IF EXISTS log.state();
CREATE FUNCTION log.state(OUT year smallint, OUT origin text, OUT size bigint, OUT root bytea, OUT checkpoint text, OUT signed_at timestamptz, OUT trouble text,
                          OUT waiting double precision, OUT unexplained bigint) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_sort = off AS $$
DECLARE
    t log.tree := (SELECT n FROM log.tree n ORDER BY n.year DESC LIMIT 1);
BEGIN
    IF t.year IS NULL THEN
        RETURN;
    END IF;
    waiting := coalesce((SELECT extract(epoch FROM clock_timestamp() - e.at) FROM log.entry e
        WHERE (e.xid, e.id) > (t.last_xid, t.last_id) AND NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id) ORDER BY e.xid, e.id LIMIT 1), 0);
    unexplained := (SELECT count(*) FROM log.restored r WHERE r.explained_entry IS NULL);
    RETURN QUERY SELECT t.year, t.origin, t.size, t.root, t.checkpoint, t.signed_at, t.trouble, state.waiting, state.unexplained;
END
$$;
COMMENT ON FUNCTION log.state IS 'application';

-- Whether the newest entry of the session's person is in the tree; also when nothing is signed here: nobody waits for what does not come (T35).
CREATE OR REPLACE FUNCTION log.is_signed(secret bytea) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := (gate.session_of(secret)).person_id;
    newest bigint := (SELECT e.id FROM log.entry e WHERE e.person_id = who ORDER BY e.id DESC LIMIT 1);
BEGIN
    RETURN EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = newest) OR NOT EXISTS (SELECT FROM log.tree t WHERE t.closed_at IS NULL AND t.trouble IS NULL);
END
$$;
COMMENT ON FUNCTION log.is_signed IS 'application';
