-- What people decide about access: openings by break-the-glass, and how relations, mandates and exclusions came and went.

ALTER TABLE relations.relation DROP CONSTRAINT relation_state_check;
ALTER TABLE relations.relation ADD CONSTRAINT relation_state_check CHECK (state IN ('in-force', 'pending', 'suspended', 'withdrawn', 'refused'));
ALTER TABLE relations.relation
    ADD COLUMN withdrawn_at timestamptz,           -- until then it opened: the past stays explainable (ACD-9)
    ADD COLUMN reason       text NOT NULL DEFAULT '',  -- why it was asked for, as the carer wrote it
    ADD COLUMN confirmed_at timestamptz,           -- last contact or confirmation (CON-7)
    ADD COLUMN ended_by     uuid,
    ADD COLUMN ended_why    text NOT NULL DEFAULT '';

ALTER TABLE relations.representation
    ADD COLUMN decides      boolean NOT NULL DEFAULT false, -- the mandate also covers decisions about access (REP-4: scope)
    ADD COLUMN proof        jsonb,                 -- the document kept: {"sha256", "name", "media_type", "size"}
    ADD COLUMN withdrawn_at timestamptz,
    ADD COLUMN ended_by     uuid,
    ADD COLUMN ended_why    text NOT NULL DEFAULT '';

ALTER TABLE relations.exclusion
    ADD COLUMN made_at      timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN made_by      uuid,
    ADD COLUMN channel      text NOT NULL DEFAULT 'form' CHECK (channel IN ('form', 'portal', 'federal')),
    ADD COLUMN federal_id   text,
    ADD COLUMN confirmed_by uuid,                  -- the desk has confirmed who is meant (EXC-4)
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN ended_by     uuid;
CREATE UNIQUE INDEX exclusion_federal ON relations.exclusion (federal_id) WHERE federal_id IS NOT NULL;

ALTER TABLE relations.lifting
    ADD COLUMN institution_id uuid,
    ADD COLUMN confirmed_at   timestamptz;

CREATE TABLE relations.opening (                   -- BTG: one record opened in an emergency
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,
    person_id      uuid NOT NULL REFERENCES registry.person,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    function       text NOT NULL,
    reason         text NOT NULL CHECK (reason IN ('unconscious', 'asked-by-gp', 'sample-or-image', 'clinical-study', 'unknown-relation', 'other')),
    justification  text NOT NULL CHECK (length(btrim(justification)) >= 20),
    starts_at      timestamptz NOT NULL DEFAULT now(),
    ends_at        timestamptz NOT NULL,           -- exclusive; moved forward only, when the carer ends it
    entry_id       bigint NOT NULL,
    PRIMARY KEY (patient_id, id),
    CHECK (ends_at <= starts_at + interval '12 hours')
);
CREATE INDEX opening_person ON relations.opening (person_id, ends_at);

CREATE TABLE relations.mandate_waiting (           -- REP-4: mandates as the patient gave them; they bind to a person once he is known by number and birth date
    patient_id   uuid NOT NULL,
    id           uuid NOT NULL,                    -- that of the representation, once bound
    kind         text NOT NULL CHECK (kind IN ('mandate', 'trusted')),
    name         text NOT NULL,
    number       text NOT NULL,                    -- national number, as typed
    birth_date   date NOT NULL,
    categories   bigint NOT NULL,
    decides      boolean NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'bound', 'withdrawn')),
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    withdrawn_at timestamptz,
    made_by      uuid,
    made_at      timestamptz NOT NULL DEFAULT now(),
    entry_id     bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX mandate_number ON relations.mandate_waiting (number) WHERE state = 'waiting';
