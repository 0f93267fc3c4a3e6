-- Every change of rights raises an epoch, in the same transaction. A grant that remembers the older one is dead (ACD-7).

CREATE OR REPLACE FUNCTION gate.bump(subject uuid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO gate.epoch (subject, epoch) VALUES (subject, 1) ON CONFLICT ON CONSTRAINT epoch_pkey DO UPDATE SET epoch = gate.epoch.epoch + 1
$$;

CREATE OR REPLACE FUNCTION gate.on_patient_right() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM gate.bump(OLD.patient_id);  -- also the record that a moved line leaves (REC-8)
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.patient_id <> OLD.patient_id THEN
        PERFORM gate.bump(NEW.patient_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION gate.on_patient() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.bump(NEW.id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION gate.on_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.bump(OLD.person_id);
    IF TG_OP = 'UPDATE' AND NEW.person_id <> OLD.person_id THEN
        PERFORM gate.bump(NEW.person_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION gate.on_human() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.bump(NEW.id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION gate.on_everybody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM gate.bump('00000000-0000-0000-0000-000000000000');
    RETURN NULL;
END
$$;

-- For pages that are open: the counters of these subjects and nothing else, a subject of which nothing is known like one whose rights never changed.
CREATE OR REPLACE FUNCTION gate.watch(subjects uuid[]) RETURNS TABLE (subject uuid, epoch bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT one, coalesce(e.epoch, 0) FROM unnest(watch.subjects) AS one LEFT JOIN gate.epoch e ON e.subject = one
$$;
COMMENT ON FUNCTION gate.watch(uuid[]) IS 'application';
