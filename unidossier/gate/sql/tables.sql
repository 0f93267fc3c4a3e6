-- What the gate itself keeps: sessions, live grants, epochs, the function table, the rules' texts, the verbs.

CREATE TABLE gate.key (                            -- proves that a session was opened by the sign-in, not by SQL slipped into a query
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE gate.session (
    id             uuid PRIMARY KEY,
    secret_hash    bytea NOT NULL UNIQUE,
    person_id      uuid NOT NULL,
    person_name    text NOT NULL,
    human_id       uuid NOT NULL,
    employment_id  uuid,
    institution_id uuid,
    function       text NOT NULL,
    actor          text NOT NULL CHECK (actor IN ('patient', 'representative', 'inside', 'outside', 'staff', 'governance', 'machine')),
    patient_id     uuid,                           -- own record of a patient's session
    face           text NOT NULL,
    purpose        text NOT NULL,
    device         text NOT NULL DEFAULT '',       -- LOG-1: copied into every entry of the session, as is the address
    address        text NOT NULL DEFAULT '',
    strong_at      timestamptz,                    -- when two factors were last proven
    started_at     timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz NOT NULL DEFAULT now(),
    idle           interval NOT NULL,
    ends_at        timestamptz NOT NULL,
    ended_at       timestamptz
);
CREATE INDEX session_person ON gate.session (person_id) WHERE ended_at IS NULL;

CREATE TABLE gate.epoch (                          -- raised by every change of rights of a patient, a person, or everybody (nil uuid)
    subject uuid PRIMARY KEY,
    epoch   bigint NOT NULL
);

CREATE UNLOGGED TABLE gate.live (                  -- grants of the last 60 seconds; small, purged every minute. After a crash none is left: who held one asks again
    id             bigint PRIMARY KEY,             -- the entry
    token_hash     bytea NOT NULL UNIQUE,
    xid            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    expires_at     timestamptz NOT NULL,
    session_id     uuid NOT NULL,
    person_id      uuid NOT NULL,
    person_name    text NOT NULL,
    institution_id uuid,
    patient_id     uuid,                           -- one record ...
    patients       uuid[] NOT NULL,                -- whose short facts are shown (none when only writing)
    agenda         uuid[] NOT NULL,                -- ... and whose appointments and stays
    mask_other     bigint NOT NULL,                -- visibility bits for items of every institution
    mask_own       bigint NOT NULL,                -- ... of the reader's own
    mask_open      bigint NOT NULL DEFAULT 0,      -- ... of those that ask for no signed consent (CON-4) ...
    closed         uuid[] NOT NULL DEFAULT '{}',   -- ... which are all but these
    sees_held      boolean NOT NULL,
    sees_confidential boolean NOT NULL,
    items          uuid[] NOT NULL DEFAULT '{}',   -- whose content is opened
    opens_found    boolean NOT NULL DEFAULT false, -- ... or that of all that is asked for: the entry says by what words (docs/adr/0021)
    reads_log      boolean NOT NULL DEFAULT false,
    writes         bigint NOT NULL DEFAULT 0,      -- categories that may be written, as a mask
    verb           text NOT NULL,
    subjects       uuid[] NOT NULL,
    epochs         numeric NOT NULL
);

CREATE TABLE gate.rights_version (                 -- ACS-1: versioned, with a date and a reason per change
    version   integer PRIMARY KEY,
    from_at   timestamptz NOT NULL DEFAULT now(),
    made_by   text NOT NULL,
    reason    text NOT NULL
);

CREATE TABLE gate.rights (
    version  integer NOT NULL REFERENCES gate.rights_version,
    function text NOT NULL,
    action   text NOT NULL CHECK (action IN ('read', 'enter', 'plan', 'deliver', 'break-the-glass')),
    category smallint NOT NULL CHECK (category BETWEEN 0 AND 20),
    PRIMARY KEY (version, function, action, category)
);

CREATE TABLE gate.category (code smallint PRIMARY KEY, slug text NOT NULL UNIQUE, words jsonb NOT NULL);
CREATE TABLE gate.function (slug text PRIMARY KEY, kind text NOT NULL, words jsonb NOT NULL);
CREATE TABLE gate.verb (slug text PRIMARY KEY, act text NOT NULL CHECK (act IN ('open', 'plan', 'deliver')), action text NOT NULL, words jsonb NOT NULL);
CREATE TABLE gate.rule (id text PRIMARY KEY, permits boolean NOT NULL, source text NOT NULL, words jsonb NOT NULL);
CREATE TABLE gate.setting_default (name text PRIMARY KEY, value text NOT NULL, meaning text NOT NULL);

CREATE TABLE gate.seal (what text PRIMARY KEY, digest text NOT NULL);  -- what the last migration applied, for the catalogue lint
