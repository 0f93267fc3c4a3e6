-- Whom a sender means by a number: for references of FHIR by condition (hl7.org/fhir/R4/http.html#trules). Never any content.

-- On no grant: whom an institution's own system knows by a number (system and value) of its own or the national one. Nobody else's patients (ACS-5), and never more than two.
CREATE OR REPLACE FUNCTION record.own_patients(secret bytea, wanted_system text, wanted_value text) RETURNS TABLE (id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    s gate.session := gate.any_session_of(secret);
    found uuid[];
    may boolean := gate.holds(s, clock_timestamp()) IS NOT NULL AND s.strong_at IS NOT NULL AND s.actor = 'machine' AND gate.rights_of(s.function, 'deliver') <> 0 AND gate.app_may(s, 's', 'Patient');
BEGIN
    IF may THEN
        found := ARRAY(SELECT DISTINCT gate.kept(n.patient_id) FROM registry.patient_identifier n
                       WHERE n.value = wanted_value AND n.system = wanted_system AND n.until_at IS NULL AND (n.institution_id IS NULL OR n.institution_id = s.institution_id)
                         AND EXISTS (SELECT FROM record.presence h WHERE h.patient_id = gate.kept(n.patient_id) AND h.institution_id = s.institution_id) LIMIT 2);
    END IF;
    PERFORM gate.write_entry(s, found[1], nullif(found[2:2], '{}'), 'fhir-search', 0, NULL, '{"type": "Patient", "by": "identifier"}', CASE WHEN may THEN 'ACS-5.institution' ELSE 'ACS-1.function' END, may);
    RETURN QUERY SELECT unnest(found);
END
$$;
COMMENT ON FUNCTION record.own_patients(bytea, text, text) IS 'application';
