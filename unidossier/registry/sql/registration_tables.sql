-- What the registration desk changes, with its history: identity, duplicates, deaths that were none.

CREATE TABLE registry.patient_change (             -- what was, what became, who, why (REC-5, MY-12)
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    field          text NOT NULL CHECK (field IN ('family', 'given', 'birth_date', 'sex', 'language', 'address', 'phone', 'email', 'emergency', 'number', 'death', 'own-access')),
    was            text NOT NULL DEFAULT '',
    became         text NOT NULL DEFAULT '',
    reason         text NOT NULL,
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id      uuid NOT NULL,
    person_name    text NOT NULL,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    entry_id       bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX patient_change_time ON registry.patient_change (patient_id, at DESC);

CREATE TABLE registry.merge (                      -- REC-8: two records of one patient made one, until it is undone
    id             uuid PRIMARY KEY,               -- made when the form was shown
    kept           uuid NOT NULL REFERENCES registry.patient,
    merged         uuid NOT NULL REFERENCES registry.patient,
    reason         text NOT NULL,
    took           jsonb NOT NULL DEFAULT '{}',    -- what the kept one took over and gives back: {"deceased_at", "refuses_outside"}
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id      uuid NOT NULL,
    person_name    text NOT NULL,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    entry_id       bigint NOT NULL,
    undone_at      timestamptz,
    undone_by      uuid,
    undone_name    text NOT NULL DEFAULT '',
    undone_why     text NOT NULL DEFAULT '',
    undo_entry_id  bigint,
    CHECK (kept <> merged)
);
CREATE INDEX merge_kept ON registry.merge (kept);
CREATE INDEX merge_merged ON registry.merge (merged);

CREATE TABLE registry.merge_moved (                -- which lines moved, by the rest of their key, so that un-merge puts back exactly those
    merge_id uuid NOT NULL REFERENCES registry.merge,
    place    text NOT NULL,                        -- the table
    keys     text[] NOT NULL,                      -- of each line what follows patient_id in its key, parted by |
    PRIMARY KEY (merge_id, place)
);

CREATE TABLE registry.not_same (                   -- two patients alike whom somebody has told apart
    one       uuid NOT NULL REFERENCES registry.patient,
    other     uuid NOT NULL REFERENCES registry.patient,
    reason    text NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id uuid NOT NULL,
    entry_id  bigint NOT NULL,
    PRIMARY KEY (one, other),
    CHECK (one < other)
);

CREATE TABLE registry.death_reversal (             -- DTH-4: two people
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,
    deceased_at    timestamptz NOT NULL,           -- as it was recorded
    reason         text NOT NULL,
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'confirmed', 'refused')),
    asked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    asked_by       uuid NOT NULL REFERENCES registry.person,
    answered_at    timestamptz,
    answered_by    uuid REFERENCES registry.person,
    answer         text NOT NULL DEFAULT '',
    institution_id uuid NOT NULL REFERENCES registry.institution,
    entry_id       bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE UNIQUE INDEX death_reversal_one ON registry.death_reversal (patient_id) WHERE state = 'asked';

-- The authority that a representation stands on (REP-1, REP-3, REP-4): the document is in `proof`, what it says in `authority`.
ALTER TABLE relations.representation
    ADD COLUMN authority      text NOT NULL DEFAULT '',
    ADD COLUMN institution_id uuid REFERENCES registry.institution,
    ADD COLUMN made_at        timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN suspended_why  text NOT NULL DEFAULT '';
ALTER TABLE relations.exclusion ADD COLUMN ended_why text NOT NULL DEFAULT '';
