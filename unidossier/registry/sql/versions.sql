-- The versions of a patient in the registry: what the resource Patient says of him, noted at the end of each transaction that changes it. No clinical content.

-- Who was merged into him, and into these: [id]; NULL where nobody was. Hardly anybody is: the recursion is begun for those alone, for where nothing was counted yet
-- it takes room for a hundredth of all patients, and two milliseconds, for each who is registered.
CREATE OR REPLACE FUNCTION registry.merged_into(patient uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM registry.patient m WHERE m.merged_into = patient) THEN
        RETURN NULL;
    END IF;
    RETURN (WITH RECURSIVE part (id) AS (
        SELECT m.id FROM registry.patient m WHERE m.merged_into = patient UNION SELECT m.id FROM part JOIN registry.patient m ON m.merged_into = part.id
    ) SELECT jsonb_agg(id ORDER BY id) FROM part);
END
$$;

-- {"family", "given", "birth_date", "sex", "language", "deceased_at", "merged_into", "replaces": [id], "numbers": [{"system", "value", "institution"}]}; without what is not known.
CREATE OR REPLACE FUNCTION registry.patient_facts(patient uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('family', p.family, 'given', p.given, 'birth_date', p.birth_date, 'sex', p.sex, 'language', p.language, 'deceased_at', p.deceased_at,
        'merged_into', p.merged_into,
        'replaces', registry.merged_into(p.id),
        'numbers', (SELECT jsonb_agg(jsonb_build_object('system', n.system, 'value', n.value, 'institution', n.institution_id) ORDER BY n.system, n.value)
                    FROM registry.patient_identifier n WHERE n.patient_id = p.id AND n.until_at IS NULL)))
    FROM registry.patient p WHERE p.id = patient
$$;

-- The next version of a patient, if anything of it changed.
CREATE OR REPLACE FUNCTION registry.note_version(patient uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
    INSERT INTO registry.patient_version (patient_id, version, facts)
    SELECT patient, coalesce(v.version, 0) + 1, f FROM registry.patient_facts(patient) f
    LEFT JOIN LATERAL (SELECT x.version, x.facts FROM registry.patient_version x WHERE x.patient_id = patient ORDER BY x.version DESC LIMIT 1) v ON true
    WHERE f IS NOT NULL AND v.facts IS DISTINCT FROM f
$$;

-- Deferred triggers (database/sql/triggers.sql): one version for all that a transaction changed, of him and of whom he is merged with (REC-8).
CREATE OR REPLACE FUNCTION registry.on_patient_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'patient_identifier' THEN
        PERFORM registry.note_version(one) FROM (SELECT DISTINCT unnest(ARRAY[NEW.patient_id, OLD.patient_id]) AS one) u WHERE one IS NOT NULL ORDER BY one;
    ELSE
        PERFORM registry.note_version(one) FROM (
            SELECT unnest(ARRAY[NEW.id, NEW.merged_into, OLD.merged_into]) AS one
            UNION SELECT gate.kept(p) FROM unnest(ARRAY[NEW.merged_into, OLD.merged_into]) p WHERE p IS NOT NULL) u WHERE one IS NOT NULL ORDER BY one;
    END IF;
    RETURN NULL;
END
$$;

-- Those of whom no version is noted yet: as they are now.
CREATE OR REPLACE FUNCTION registry.begin_versions() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT registry.note_version(p.id) FROM registry.patient p WHERE NOT EXISTS (SELECT FROM registry.patient_version v WHERE v.patient_id = p.id)
$$;

-- Under a grant that shows the patient, alone or in a list: his versions as this reader may see them, the first is 1. What another house calls him is told as the policy of registry.patient_identifier tells it,
-- so that neither a number nor a version tells where else he is known. `asked`: his id, or that of one who was merged into him; of that one only the last is told, where he is now.
CREATE OR REPLACE FUNCTION registry.patient_versions(asked uuid) RETURNS TABLE (version bigint, at timestamptz, facts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l gate.live := gate.cur();
BEGIN
    -- a search over several names those whose items it found: their own data is another scope of an app
    IF gate.kept(asked) = ANY (l.patients) IS NOT TRUE OR l.patient_id IS NULL AND l.verb = 'fhir-search' AND l.app_reads IS NOT NULL AND NOT gate.app_fits(l.app_reads, 'Patient', 0) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH seen AS (
        SELECT v.version AS nth, v.at, jsonb_strip_nulls(jsonb_set(v.facts, '{numbers}', coalesce((
            SELECT jsonb_agg(n - 'institution' ORDER BY nth) FROM jsonb_array_elements(v.facts -> 'numbers') WITH ORDINALITY u (n, nth)
            WHERE (SELECT gate.sees_every_number()) OR NOT n ? 'institution' OR n ->> 'institution' = l.institution_id::text), 'null'))) AS facts
        FROM registry.patient_version v WHERE v.patient_id = asked
    ), changed AS (
        SELECT s.nth, s.at, s.facts, s.facts IS DISTINCT FROM lag(s.facts) OVER (ORDER BY s.nth) AS is_new FROM seen s
    ), told AS (
        SELECT row_number() OVER (ORDER BY c.nth) AS nth, c.at, c.facts FROM changed c WHERE c.is_new
    )
    SELECT t.nth, t.at, t.facts FROM told t WHERE asked = ANY (l.patients) OR t.nth = (SELECT max(m.nth) FROM told m) AND t.facts ? 'merged_into' ORDER BY t.nth;
END
$$;
COMMENT ON FUNCTION registry.patient_versions(uuid) IS 'application';
