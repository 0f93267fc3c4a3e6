-- What the comparisons of LOG-8 ask of the gate (log/sql/completeness.sql): numbers of entries, and which ids are nobody's. Never who somebody is.

-- Grants that open rows now without a permitted entry in the log.
CREATE OR REPLACE FUNCTION gate.grants_without_entry() RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.id FROM gate.live l WHERE NOT EXISTS (SELECT FROM log.entry e WHERE e.id = l.id AND (e.permitted OR e.verb = 'erased'))
$$;

-- How many grants open rows now, or did a minute ago.
CREATE OR REPLACE FUNCTION gate.live_grants() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT count(*) FROM gate.live';

-- Of these patients, those whom no record is of: nobody could look at the log about them.
CREATE OR REPLACE FUNCTION gate.nobody(patients uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT p FROM unnest(patients) p WHERE NOT EXISTS (SELECT FROM registry.patient r WHERE r.id = p)
$$;
