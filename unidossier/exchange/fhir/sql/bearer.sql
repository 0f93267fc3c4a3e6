-- Who sends a request of the API: asked with the session's secret alone, before anything of a record is touched. No content of any record, so no entry.
-- Errors: UD001 when there is no such session, or it is over.
-- app_patient: for whom an app was opened, when this is one.
DROP FUNCTION IF EXISTS gate.bearer(bytea);
CREATE FUNCTION gate.bearer(secret bytea, OUT actor text, OUT person_id uuid, OUT institution_id uuid, OUT institution_key text, OUT language text, OUT app_patient uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s gate.session := gate.any_session_of(secret);
BEGIN
    IF s.ended_at IS NOT NULL OR clock_timestamp() >= s.ends_at OR clock_timestamp() >= s.seen_at + s.idle OR s.strong_at IS NULL OR gate.employed(s, clock_timestamp()) IS NULL THEN
        RAISE EXCEPTION 'this session is over' USING ERRCODE = 'UD001';
    END IF;
    actor := s.actor;
    person_id := s.person_id;
    institution_id := s.institution_id;
    app_patient := s.app_patient;
    SELECT i.key, i.language INTO institution_key, language FROM registry.institution i WHERE i.id = s.institution_id;
END
$$;
