-- Why somebody may see a record, or may not. Each line keeps kind, source, proof, start, end, maker (ACD-5).

CREATE TABLE relations.relation (
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,
    person_id      uuid REFERENCES registry.person,
    team_id        uuid REFERENCES registry.team,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    kind           text NOT NULL CHECK (kind IN ('appointment', 'stay', 'contact', 'order', 'referral', 'care-team', 'gp', 'granted', 'request', 'link')),
    source_type    text NOT NULL,                  -- what made it: Appointment, Encounter, ServiceRequest, CareTeam, patient, desk ...
    source_id      uuid,
    proof          text NOT NULL DEFAULT 'work',   -- proof class: work, eid-reading, signed-form, number-typed, declared ...
    consented      boolean NOT NULL DEFAULT false, -- the patient himself said yes
    categories     bigint NOT NULL DEFAULT 2097151,-- what it opens at most (an order opens what the order needs)
    state          text NOT NULL DEFAULT 'in-force' CHECK (state IN ('in-force', 'pending', 'suspended', 'withdrawn')),
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,           -- exclusive (ACD-4)
    made_by        uuid,
    made_at        timestamptz NOT NULL DEFAULT now(),
    entry_id       bigint NOT NULL,
    PRIMARY KEY (patient_id, id),
    CHECK (num_nonnulls(person_id, team_id) = 1)
);
CREATE UNIQUE INDEX relation_source ON relations.relation (patient_id, source_id, coalesce(person_id, team_id)) WHERE source_id IS NOT NULL;
CREATE INDEX relation_person ON relations.relation (person_id, ends_at) WHERE person_id IS NOT NULL;
CREATE INDEX relation_team ON relations.relation (team_id, ends_at) WHERE team_id IS NOT NULL;

CREATE TABLE relations.exclusion (                 -- EXC
    patient_id  uuid NOT NULL,
    id          uuid NOT NULL,
    person_id   uuid NOT NULL REFERENCES registry.person,
    source      text NOT NULL CHECK (source IN ('federal', 'local')),
    absolute    boolean NOT NULL DEFAULT false,    -- "also in emergencies" (EXC-7)
    from_at     timestamptz NOT NULL DEFAULT now(),
    until_at    timestamptz,
    made_at_institution uuid,
    entry_id    bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX exclusion_person ON relations.exclusion (person_id);

CREATE TABLE relations.lifting (                   -- EXC-7
    patient_id   uuid NOT NULL,
    id           uuid NOT NULL,
    person_id    uuid NOT NULL REFERENCES registry.person,
    discipline   text NOT NULL,
    reason       text NOT NULL,
    confirmed_by uuid,
    starts_at    timestamptz NOT NULL DEFAULT now(),
    ends_at      timestamptz NOT NULL,
    entry_id     bigint NOT NULL,
    PRIMARY KEY (patient_id, id),
    CHECK (ends_at <= starts_at + interval '12 hours')
);

CREATE TABLE relations.representation (            -- REP, DTH-3
    patient_id   uuid NOT NULL,
    id           uuid NOT NULL,
    person_id    uuid NOT NULL REFERENCES registry.person,
    kind         text NOT NULL CHECK (kind IN ('parent', 'legal', 'foster', 'mandate', 'trusted', 'designated')),
    name         text NOT NULL DEFAULT '',         -- the representative as the patient knows him
    categories   bigint NOT NULL DEFAULT 2097151,  -- the scope written in the mandate
    state        text NOT NULL DEFAULT 'in-force' CHECK (state IN ('in-force', 'suspended', 'withdrawn')),
    starts_at    timestamptz NOT NULL DEFAULT now(),
    ends_at      timestamptz NOT NULL DEFAULT 'infinity',
    made_by      uuid,
    entry_id     bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX representation_person ON relations.representation (person_id);

CREATE TABLE relations.appointment (               -- the narrow table of the agenda; the resource itself is in record.version
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,                  -- the id of the Appointment item
    institution_id uuid NOT NULL,
    team_id        uuid,
    person_id      uuid,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    status         text NOT NULL,                  -- FHIR: booked, arrived, fulfilled, cancelled, noshow ...
    reason         text NOT NULL DEFAULT '',
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX appointment_person ON relations.appointment (person_id, starts_at);
CREATE INDEX appointment_team ON relations.appointment (team_id, starts_at);

CREATE TABLE relations.stay (
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,                  -- the id of the Encounter item
    institution_id uuid NOT NULL,
    team_id        uuid,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL DEFAULT 'infinity',
    bed            text NOT NULL DEFAULT '',
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX stay_team ON relations.stay (team_id, ends_at);
