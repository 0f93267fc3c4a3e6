-- Monthly partitions, twelve months ahead; called at every migration and by the worker. The key says the month, so pruning is free.
CREATE OR REPLACE FUNCTION log.attach_months(ahead integer DEFAULT 12) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer := 0;
    month date := date_trunc('month', now() AT TIME ZONE 'UTC');
    low bigint;
    high bigint;
    name text;
BEGIN
    FOR i IN 0..least(ahead, 24) LOOP
        name := 'entry_' || to_char(month + make_interval(months => i), 'YYYY_MM');
        low := to_char(month + make_interval(months => i), 'YYYYMM')::bigint * 10000000000000;
        high := to_char(month + make_interval(months => i + 1), 'YYYYMM')::bigint * 10000000000000;
        IF to_regclass('log.' || name) IS NULL THEN
            EXECUTE format('CREATE TABLE log.%I PARTITION OF log.entry FOR VALUES FROM (%s) TO (%s)', name, low, high);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;
SELECT log.attach_months();
