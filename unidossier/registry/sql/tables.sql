-- Who is who: institutions and their settings, teams and rosters, human beings, employments, patients.

CREATE TABLE registry.institution (
    id        uuid PRIMARY KEY,
    key       text NOT NULL UNIQUE,
    names     jsonb NOT NULL,                      -- {"nl": ..., "fr": ..., "de": ..., "en": ...}
    language  text NOT NULL CHECK (language IN ('fr', 'nl', 'de', 'en')),
    network   boolean NOT NULL,                    -- true: its carers are inside; false: a practice, its carers come through Consult
    nihdi     text,
    contact   jsonb NOT NULL DEFAULT '{}'          -- address, phone, e-mail for record questions (MY-16)
);

CREATE TABLE registry.institution_setting (        -- data with history: who changed what, why, when
    institution_id uuid NOT NULL REFERENCES registry.institution,
    name           text NOT NULL,
    value          text NOT NULL,
    from_at        timestamptz NOT NULL DEFAULT now(),
    until_at       timestamptz,
    changed_by     uuid,
    reason         text NOT NULL,
    PRIMARY KEY (institution_id, name, from_at)
);
CREATE UNIQUE INDEX institution_setting_now ON registry.institution_setting (institution_id, name) WHERE until_at IS NULL;

CREATE TABLE registry.team (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    key            text NOT NULL,
    names          jsonb NOT NULL,
    kind           text NOT NULL,                  -- ward, service, secretariat, laboratory, imaging, practice
    UNIQUE (institution_id, key)
);

CREATE TABLE registry.person (                     -- a human being with an account; never merged away, see human_id
    id           uuid PRIMARY KEY,
    human_id     uuid NOT NULL,                    -- EXC-6: two entries for one human being share this
    family       text NOT NULL,
    given        text NOT NULL,
    sort_key     text NOT NULL,
    sex          text,
    language     text NOT NULL DEFAULT 'en',
    professional boolean NOT NULL,
    patient_id   uuid                              -- the person's own record, if there is one
);
CREATE INDEX person_human ON registry.person (human_id);

CREATE TABLE registry.person_identifier (          -- ssin, nihdi, staff numbers; over time
    person_id uuid NOT NULL REFERENCES registry.person,
    system    text NOT NULL,
    value     text NOT NULL,
    from_at   timestamptz NOT NULL DEFAULT now(),
    until_at  timestamptz,
    PRIMARY KEY (person_id, system, value)
);
CREATE UNIQUE INDEX person_identifier_now ON registry.person_identifier (system, value) WHERE until_at IS NULL;

CREATE TABLE registry.employment (
    id             uuid PRIMARY KEY,
    person_id      uuid NOT NULL REFERENCES registry.person,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    function       text NOT NULL,                  -- ACS-3
    from_at        timestamptz NOT NULL,
    until_at       timestamptz                     -- an end is exclusive
);
CREATE INDEX employment_person ON registry.employment (person_id);
CREATE INDEX employment_place ON registry.employment (institution_id, function);

CREATE TABLE registry.duty (                       -- membership of a team: open-ended, or one line of the roster (ACD-2)
    id        uuid PRIMARY KEY,
    team_id   uuid NOT NULL REFERENCES registry.team,
    person_id uuid NOT NULL REFERENCES registry.person,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL DEFAULT 'infinity'
);
CREATE INDEX duty_person ON registry.duty (person_id, ends_at);
CREATE INDEX duty_team ON registry.duty (team_id, ends_at);

CREATE TABLE registry.patient (
    id              uuid PRIMARY KEY,
    family          text NOT NULL,
    given           text NOT NULL,
    sort_key        text NOT NULL,
    birth_date      date,                          -- stated by the desk or the sender, never read from a number
    sex             text,
    language        text NOT NULL DEFAULT 'en',
    contact         jsonb NOT NULL DEFAULT '{}',
    deceased_at     timestamptz,
    refuses_outside boolean NOT NULL DEFAULT false, -- CON-10
    own_opened_at   timestamptz,                   -- REP-2: a physician opened own access before 15
    merged_into     uuid,                          -- REC-8
    entry_id        bigint NOT NULL                -- the log entry that made it
);
CREATE INDEX patient_name ON registry.patient (sort_key text_pattern_ops);
CREATE INDEX patient_birth ON registry.patient (birth_date);
CREATE INDEX patient_merged ON registry.patient (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE registry.patient_identifier (
    patient_id     uuid NOT NULL REFERENCES registry.patient,
    system         text NOT NULL,
    value          text NOT NULL,
    institution_id uuid,                           -- of a local number
    from_at        timestamptz NOT NULL DEFAULT now(),
    until_at       timestamptz,
    PRIMARY KEY (patient_id, system, value)
);
CREATE UNIQUE INDEX patient_identifier_now ON registry.patient_identifier (system, value) WHERE until_at IS NULL;

CREATE TABLE registry.foreign_resource (           -- what a sender names but no record holds: Organization, Location, Medication ...
    institution_id uuid NOT NULL REFERENCES registry.institution,
    id             uuid NOT NULL,
    type           text NOT NULL,
    resource       text NOT NULL,
    sha256         bytea NOT NULL,
    entered_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (institution_id, id, sha256)
);
