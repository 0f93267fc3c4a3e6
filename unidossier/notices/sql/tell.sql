-- Telling the patient, in the transaction of what is told. The portal shows it at once; mail and letters leave by the worker and the desk.

-- A letter leaves where the rulebook asks for one (CON-8), where the patient chose it, and where there is no mail address.
CREATE OR REPLACE FUNCTION notices.tell(patient uuid, a_kind text, facts jsonb, institution uuid, entry bigint) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    notice uuid := gen_random_uuid();
    mail text := (SELECT nullif(btrim(p.contact ->> 'email'), '') FROM registry.patient p WHERE p.id = patient);
    chosen text := (SELECT f.way FROM notices.preference f WHERE f.patient_id = patient AND f.kind = a_kind);
BEGIN
    INSERT INTO notices.notice (patient_id, id, kind, facts, institution_id, entry_id) VALUES (patient, notice, a_kind, coalesce(facts, '{}'), institution, entry);
    IF mail IS NOT NULL AND coalesce(chosen, 'mail') = 'mail' THEN
        INSERT INTO notices.dispatch (id, patient_id, notice_id, way) VALUES (gen_random_uuid(), patient, notice, 'mail');
    END IF;
    IF a_kind = 'link' OR chosen = 'letter' OR mail IS NULL AND coalesce(chosen, 'mail') = 'mail' THEN
        INSERT INTO notices.dispatch (id, patient_id, notice_id, way) VALUES (gen_random_uuid(), patient, notice, 'letter');
    END IF;
    RETURN notice;
END
$$;
