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
