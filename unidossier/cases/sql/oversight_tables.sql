-- What the ombuds service, the medical director and the data protection officer keep beside their tasks. Never clinical content (ACS-4).

ALTER TABLE registry.patient ADD COLUMN objects_after_death boolean NOT NULL DEFAULT false;  -- DTH-3: said in life that relatives learn nothing

CREATE TABLE cases.overview (                      -- LOG-5: each overview of accesses that was made, by its number
    id             uuid PRIMARY KEY,
    number         bigint GENERATED ALWAYS AS IDENTITY,
    task_id        uuid REFERENCES cases.task,
    patient_id     uuid NOT NULL,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    presentation   text NOT NULL CHECK (presentation IN ('named', 'pseudonymised', 'anonymised')),
    since          timestamptz NOT NULL,
    made_at        timestamptz NOT NULL DEFAULT now(),
    made_by        uuid NOT NULL,
    entry_id       bigint NOT NULL
);

CREATE TABLE cases.gathered (                      -- CON-11: entries of the log that belong to a case
    task_id   uuid NOT NULL REFERENCES cases.task,
    entry_id  bigint NOT NULL,
    at        timestamptz NOT NULL DEFAULT now(),
    made_by   uuid,                                -- NULL: the daily review laid what is behind its signal
    reason    text NOT NULL DEFAULT '',
    removed_at timestamptz,                        -- taken out again; why stands in the history of the task
    PRIMARY KEY (task_id, entry_id)
);

CREATE TABLE cases.signal_run (                    -- LOG-6: when the entries of which period were looked through
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    since          timestamptz NOT NULL,
    until          timestamptz NOT NULL,           -- exclusive
    at             timestamptz NOT NULL DEFAULT now(),
    made_by        uuid,                           -- NULL: the daily run
    found          integer NOT NULL,
    entry_id       bigint NOT NULL
);
CREATE INDEX signal_run_time ON cases.signal_run (institution_id, at DESC);

CREATE TABLE cases.rights_proposal (               -- ACS-1: a change of the function table waits for a second officer
    id           uuid PRIMARY KEY,
    base         integer NOT NULL,                 -- the version that was changed
    changes      jsonb NOT NULL,                   -- [{"function", "action", "category": code, "allow": bool}]
    from_at      timestamptz NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'refused', 'withdrawn')),
    version      integer,                          -- what it became
    made_at      timestamptz NOT NULL DEFAULT now(),
    made_by      uuid NOT NULL,
    decided_at   timestamptz,
    decided_by   uuid,
    entry_id     bigint NOT NULL,
    CHECK (decided_by <> made_by OR state = 'withdrawn')
);
