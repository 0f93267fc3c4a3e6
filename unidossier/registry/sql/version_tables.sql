-- The history of a patient in the registry, as the resource Patient tells it. hl7.org/fhir/R4/http.html#versioning

CREATE TABLE registry.patient_version (            -- read by nobody but registry.patient_versions()
    patient_id uuid NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    facts      jsonb NOT NULL,                     -- registry.patient_facts()
    PRIMARY KEY (patient_id, version)
);
