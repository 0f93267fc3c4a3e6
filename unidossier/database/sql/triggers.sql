-- Which change raises which epoch (gate/sql/epoch.sql).
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT OR UPDATE OR DELETE ON relations.relation FOR EACH ROW EXECUTE FUNCTION gate.on_patient_right();
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT OR UPDATE OR DELETE ON relations.exclusion FOR EACH ROW EXECUTE FUNCTION gate.on_patient_right();
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT OR UPDATE OR DELETE ON relations.lifting FOR EACH ROW EXECUTE FUNCTION gate.on_patient_right();
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT OR UPDATE OR DELETE ON relations.opening FOR EACH ROW EXECUTE FUNCTION gate.on_patient_right();
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT OR UPDATE OR DELETE ON relations.representation FOR EACH ROW EXECUTE FUNCTION gate.on_patient_right();
CREATE OR REPLACE TRIGGER raise_epoch AFTER UPDATE ON registry.patient FOR EACH ROW EXECUTE FUNCTION gate.on_patient();
CREATE OR REPLACE TRIGGER raise_epoch AFTER UPDATE OR DELETE ON registry.employment FOR EACH ROW EXECUTE FUNCTION gate.on_person();
CREATE OR REPLACE TRIGGER raise_epoch AFTER UPDATE OR DELETE ON registry.duty FOR EACH ROW EXECUTE FUNCTION gate.on_person();
CREATE OR REPLACE TRIGGER raise_epoch AFTER UPDATE ON registry.person FOR EACH ROW EXECUTE FUNCTION gate.on_human();
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT OR UPDATE OR DELETE ON registry.institution_setting FOR EACH STATEMENT EXECUTE FUNCTION gate.on_everybody();
CREATE OR REPLACE TRIGGER raise_epoch AFTER INSERT ON gate.rights_version FOR EACH STATEMENT EXECUTE FUNCTION gate.on_everybody();
CREATE OR REPLACE TRIGGER bind_mandates AFTER INSERT OR UPDATE OF patient_id ON registry.person FOR EACH ROW EXECUTE FUNCTION relations.on_known();
CREATE OR REPLACE TRIGGER bind_mandates AFTER INSERT ON registry.patient_identifier FOR EACH ROW EXECUTE FUNCTION relations.on_known();
CREATE OR REPLACE TRIGGER raise_epoch AFTER UPDATE ON registry.institution FOR EACH STATEMENT EXECUTE FUNCTION gate.on_everybody();
-- Numbers for which the federal platform has already named an exclusion (relations/sql/federal.sql).
CREATE OR REPLACE TRIGGER bind_federal AFTER INSERT OR UPDATE ON registry.patient_identifier FOR EACH ROW EXECUTE FUNCTION relations.on_patient_number();
CREATE OR REPLACE TRIGGER bind_federal AFTER INSERT OR UPDATE ON registry.person_identifier FOR EACH ROW EXECUTE FUNCTION relations.on_carer_number();
CREATE OR REPLACE TRIGGER ask_explanation AFTER INSERT ON log.restored FOR EACH ROW EXECUTE FUNCTION cases.on_restored();
CREATE OR REPLACE TRIGGER open_attempt AFTER UPDATE OF state ON relations.relation FOR EACH ROW WHEN (NEW.state = 'in-force' AND OLD.state <> 'in-force') EXECUTE FUNCTION relations.open_attempt();
-- One version of a patient for all that a transaction changed (registry/sql/versions.sql). A constraint trigger cannot be replaced.
DROP TRIGGER IF EXISTS note_version ON registry.patient;
CREATE CONSTRAINT TRIGGER note_version AFTER INSERT OR UPDATE OF family, given, birth_date, sex, language, deceased_at, merged_into ON registry.patient
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry.on_patient_facts();
DROP TRIGGER IF EXISTS note_version ON registry.patient_identifier;
CREATE CONSTRAINT TRIGGER note_version AFTER INSERT OR UPDATE OR DELETE ON registry.patient_identifier
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry.on_patient_facts();
