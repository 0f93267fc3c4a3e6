-- How busy the gate is: decisions of the last minute, for metrics. Counts alone.
-- Numbers rise with time within their month: read from the newest back, and at most as many as a busy minute has.
DROP FUNCTION IF EXISTS gate.pulse();
CREATE FUNCTION gate.pulse(OUT permitted bigint, OUT refused bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    SELECT count(*) FILTER (WHERE n.permitted), count(*) FILTER (WHERE NOT n.permitted) INTO pulse.permitted, pulse.refused
    FROM (SELECT e.permitted, e.at FROM log.entry e ORDER BY e.id DESC LIMIT 200000) n WHERE n.at > clock_timestamp() - interval '1 minute';
END
$$;
COMMENT ON FUNCTION gate.pulse IS 'application';
