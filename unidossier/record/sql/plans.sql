-- What the planner is told of how many items a patient has: a hundred, always. Counted, it took looking at all the items of a patient for as cheap as
-- looking up one wherever most patients have one (or a few have nearly all), and a large delivery or a long way along references compared each with each.
-- ANALYZE leaves the column alone (a target of 0), so the statistics written here stay; an older server keeps to its count, but for the number.
DO $$
DECLARE
    tab text;
BEGIN
    FOREACH tab IN ARRAY ARRAY['item', 'version'] LOOP
        EXECUTE format('ALTER TABLE record.%I ALTER COLUMN patient_id SET (n_distinct = -0.01)', tab);
        IF to_regproc('pg_catalog.pg_restore_attribute_stats') IS NOT NULL THEN
            EXECUTE format('ALTER TABLE record.%I ALTER COLUMN patient_id SET STATISTICS 0', tab);
            PERFORM pg_clear_attribute_stats('record', tab, 'patient_id', false);
            PERFORM pg_restore_attribute_stats('schemaname', 'record', 'relname', tab, 'attname', 'patient_id', 'inherited', false,
                'version', current_setting('server_version_num')::integer, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', (-0.01)::real);
        END IF;
    END LOOP;
END
$$;
