-- What general practitioners are told about their patients (BTG-4, DTH-1): no clinical content; read on Consult under an entry that names the patients.

CREATE TABLE notices.carer_message (               -- read through notices.told_me() alone
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,
    person_id      uuid NOT NULL REFERENCES registry.person,  -- the carer who is told
    kind           text NOT NULL CHECK (kind IN ('death', 'death-reversed', 'glass')),
    facts          jsonb NOT NULL,                 -- {"name", "birth"}: the patient as he was called then; {"who", "function", "institution", "day"}
    at             timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz,
    entry_id       bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX carer_message_person ON notices.carer_message (person_id, at DESC);
