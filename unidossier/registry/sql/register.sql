-- The grant of one verb about one patient, with his row locked: changes of one patient come one after the other.
CREATE OR REPLACE FUNCTION registry.acting(verb text) RETURNS gate.live LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    IF l.verb <> acting.verb OR l.patient_id IS NULL THEN
        RAISE EXCEPTION 'this grant is for %', l.verb USING ERRCODE = 'UD002';
    END IF;
    PERFORM FROM registry.patient p WHERE p.id = l.patient_id FOR NO KEY UPDATE;
    RETURN l;
END
$$;

-- Registering a patient: matched by a number that is in force, else made. An entry in the log either way; never a silent merge.
-- identity: {"family", "given", "sort_key", "birth_date"|null, "sex"|null, "language", "contact": {}, "deceased_at"|null}
-- numbers: [{"system", "value", "local": bool}]   Errors: UD008 when the numbers point to two different patients,
-- UD006 when none of them is known but the id is.

CREATE OR REPLACE FUNCTION registry.register_patient(secret bytea, new_id uuid, identity jsonb, numbers jsonb, OUT patient uuid, OUT made boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
    at timestamptz := clock_timestamp();
    found uuid[];
    entry bigint;
    action text := CASE WHEN s.actor = 'machine' THEN 'deliver' ELSE 'plan' END;
BEGIN
    IF gate.holds(s, at) IS NULL OR s.strong_at IS NULL OR gate.rights_of(s.function, action) = 0 OR s.actor NOT IN ('machine', 'inside', 'staff') OR NOT gate.app_may(s, 'c', 'Patient') THEN
        PERFORM gate.write_entry(s, NULL, NULL, 'register-patient', 0, NULL, '{}', 'ACS-1.function', false);
        made := false;
        RETURN;
    END IF;
    -- one registration at a time for the same numbers: two senders must not make two patients
    PERFORM pg_advisory_xact_lock(k) FROM (SELECT hashtextextended((n ->> 'system') || '|' || (n ->> 'value'), 7) AS k FROM jsonb_array_elements(numbers) n ORDER BY 1) keys;
    SELECT array_agg(DISTINCT i.patient_id) INTO found FROM registry.patient_identifier i, jsonb_array_elements(numbers) n
    WHERE i.system = n ->> 'system' AND i.value = n ->> 'value' AND i.until_at IS NULL
        -- what another house calls its patients says nothing here: two houses may count alike
        AND (i.institution_id IS NULL OR i.institution_id = s.institution_id);
    IF cardinality(found) > 1 THEN
        RAISE EXCEPTION 'the numbers given belong to % different patients', cardinality(found) USING ERRCODE = 'UD008';
    END IF;
    -- the institution's own patient, sent again under the id that we gave him and without any number: it is he (XCH-1); another house's stays a conflict
    IF found IS NULL AND s.actor = 'machine' AND NOT EXISTS (SELECT FROM jsonb_array_elements(numbers) n WHERE n ->> 'value' <> new_id::text)
       AND EXISTS (SELECT FROM record.presence h WHERE h.patient_id = gate.kept(new_id) AND h.institution_id = s.institution_id) THEN
        found := ARRAY[gate.kept(new_id)];
    END IF;
    made := found IS NULL;
    IF made AND (EXISTS (SELECT FROM registry.patient p WHERE p.id = new_id) OR EXISTS (SELECT FROM record.directory d WHERE d.id = new_id)) THEN
        -- known by that id, and by none of these numbers, or an item of somebody: to send the same again would not help
        RAISE EXCEPTION 'this id is taken' USING ERRCODE = 'UD006';
    END IF;
    patient := coalesce(found[1], new_id);
    entry := gate.write_entry(s, patient, NULL, 'register-patient', 1, NULL, jsonb_build_object('made', made), CASE WHEN s.actor = 'machine' THEN 'XCH-1.deliver' ELSE 'ACD-2.planning' END, true);
    IF made THEN
        INSERT INTO registry.patient (id, family, given, sort_key, birth_date, sex, language, contact, deceased_at, entry_id)
        VALUES (patient, identity ->> 'family', identity ->> 'given', identity ->> 'sort_key', (identity ->> 'birth_date')::date, identity ->> 'sex',
                coalesce(identity ->> 'language', 'en'), coalesce(identity -> 'contact', '{}'),
                CASE WHEN s.actor = 'machine' THEN (identity ->> 'deceased_at')::timestamptz END, entry);
    ELSIF identity ->> 'deceased_at' IS NOT NULL AND s.actor = 'machine' THEN
        -- a death closes accounts (DTH-1): here, known or new, only the institution's own system may report it; people use the desk
        PERFORM registry.tell_death(s, patient, (identity ->> 'deceased_at')::timestamptz, entry);
        UPDATE registry.patient p SET deceased_at = (identity ->> 'deceased_at')::timestamptz WHERE p.id = patient AND p.deceased_at IS NULL;
    END IF;
    INSERT INTO registry.patient_identifier (patient_id, system, value, institution_id)
    -- a local number is of the institution that its system names, whoever brings it
    SELECT patient, n ->> 'system', n ->> 'value', CASE WHEN (n ->> 'local')::boolean THEN
        coalesce((SELECT i.id FROM registry.institution i WHERE n ->> 'system' = 'urn:unidossier:patient-of:' || i.key), s.institution_id) END
    FROM jsonb_array_elements(numbers) n
    -- a patient already known gains local numbers only: a national number is corrected at the desk
    WHERE made OR (n ->> 'local')::boolean
    ON CONFLICT DO NOTHING;
    IF s.actor = 'machine' THEN
        INSERT INTO record.presence (patient_id, institution_id) VALUES (patient, s.institution_id) ON CONFLICT DO NOTHING;  -- its own from here on: else it could deliver nothing
    END IF;
END
$$;

-- A death that a machine reports of somebody known: told as one that the desk records, before it closes everything; and the desk looks whether it is true (security T19).
CREATE OR REPLACE FUNCTION registry.tell_death(s gate.session, patient uuid, died_at timestamptz, entry bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    facts jsonb := jsonb_build_object('institution', (SELECT i.names FROM registry.institution i WHERE i.id = s.institution_id));
    desk uuid := relations.desk_for(patient, s.institution_id);
BEGIN
    IF NOT EXISTS (SELECT FROM registry.patient p WHERE p.id = tell_death.patient AND p.deceased_at IS NULL) THEN
        RETURN;
    END IF;
    PERFORM notices.tell_gp(patient, notices.tell(patient, 'death', facts, desk, entry), 'death', facts || jsonb_build_object('day', (died_at AT TIME ZONE 'Europe/Brussels')::date), entry);
    IF desk IS NOT NULL THEN
        PERFORM cases.open_task(desk, 'registration-desk', 'death', patient, NULL, md5('death|' || patient)::uuid, facts, interval '1 day', NULL, entry);
    END IF;
END
$$;

-- What a sender names but no record holds (Organization, Location, Medication ...). Machines only.
CREATE OR REPLACE FUNCTION registry.keep_foreign(secret bytea, resources jsonb) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
    n bigint;
BEGIN
    IF s.actor <> 'machine' OR s.strong_at IS NULL OR gate.holds(s, clock_timestamp()) IS NULL
       OR s.app_id IS NOT NULL AND EXISTS (SELECT FROM jsonb_array_elements(resources) r WHERE NOT gate.app_may(s, 'c', r ->> 'type')) THEN
        RAISE EXCEPTION 'only a machine account of an institution delivers these' USING ERRCODE = 'UD007';
    END IF;
    INSERT INTO registry.foreign_resource (institution_id, id, type, resource, sha256)
    SELECT s.institution_id, (r ->> 'id')::uuid, r ->> 'type', r ->> 'resource', sha256(convert_to(r ->> 'resource', 'UTF8')) FROM jsonb_array_elements(resources) r
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM gate.write_entry(s, NULL, NULL, 'deliver', 0, NULL, jsonb_build_object('foreign', n), 'XCH-1.deliver', true);
    RETURN n;
END
$$;
