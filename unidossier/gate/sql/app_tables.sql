-- Apps (SMART App Launch 2.2): who may ask, what a person let an app do, and the tokens on the way. The application reads none of it.

CREATE TABLE gate.app (                            -- registered at the Desk; its id is the client_id
    id             uuid PRIMARY KEY,
    name           text NOT NULL CHECK (length(btrim(name)) BETWEEN 2 AND 80),
    about          text NOT NULL DEFAULT '',
    institution_id uuid NOT NULL,                  -- carers inside use the apps of their own institution alone
    kind           text NOT NULL CHECK (kind IN ('public', 'confidential', 'backend')),
    redirect_uris  text[] NOT NULL DEFAULT '{}',   -- compared character by character (RFC 9700, 2.1)
    launch_uri     text,                           -- where Ward opens it
    jwks           jsonb,                          -- its public keys (RFC 7517); never fetched
    scopes         text NOT NULL,                  -- what it may ask for at most
    opens          jsonb NOT NULL DEFAULT '{}',    -- the same for the gate, as gate.app_access.opens
    machine_id     uuid,                           -- backend: the employment of the machine whose authority it uses
    registered_by  text NOT NULL,
    registered_at  timestamptz NOT NULL DEFAULT now(),
    suspended_at   timestamptz,
    version        integer NOT NULL DEFAULT 1,     -- raised by every change, so that a form shown before it changes nothing
    CHECK (kind = 'public' OR jwks IS NOT NULL),
    CHECK ((kind = 'backend') = (machine_id IS NOT NULL)),
    CHECK ((kind = 'backend') = (redirect_uris = '{}'))
);

CREATE TABLE gate.app_change (                     -- who changed what of a registration, and why; only added
    id          uuid PRIMARY KEY,
    app_id      uuid NOT NULL REFERENCES gate.app,
    version     integer NOT NULL,                  -- that it made
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id   uuid NOT NULL,
    person_name text NOT NULL,
    reason      text NOT NULL,
    was         jsonb NOT NULL,                    -- the parts that changed, by their column; "suspended": boolean
    becomes     jsonb NOT NULL,
    UNIQUE (app_id, version)
);

CREATE TABLE gate.app_access (                     -- a person let an app in: child of his own authority, never more
    id             uuid PRIMARY KEY,
    app_id         uuid NOT NULL REFERENCES gate.app,
    person_id      uuid NOT NULL,
    parent_id      uuid NOT NULL REFERENCES gate.session,
    stays          boolean NOT NULL,               -- offline_access: outlives the session in which it was given
    patient_id     uuid,                           -- whom it was opened for
    encounter_id   uuid,
    scope          text NOT NULL,                  -- as the person left it
    opens          jsonb NOT NULL,                 -- the same for the gate: {context: {interaction: {type: mask of categories}}}
    given_at       timestamptz NOT NULL DEFAULT now(),
    used_at        timestamptz,
    until_at       timestamptz NOT NULL,
    ended_at       timestamptz,
    ended_why      text                            -- person, narrowed, code-reuse, code-refused, refresh-reuse, revoked
);
CREATE INDEX app_access_person ON gate.app_access (person_id);
CREATE INDEX app_access_patient ON gate.app_access (patient_id);
CREATE INDEX app_access_app ON gate.app_access (app_id);

CREATE TABLE gate.app_code (                       -- authorization codes: once, for a minute
    code_hash    bytea PRIMARY KEY,
    access_id    uuid NOT NULL REFERENCES gate.app_access,
    app_id       uuid NOT NULL,
    redirect_uri text NOT NULL,
    challenge    text NOT NULL,                    -- S256 (RFC 7636)
    nonce        text,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz
);

CREATE TABLE gate.app_refresh (                    -- each once; a second use ends the access (RFC 9700, 4.14.2)
    token_hash bytea PRIMARY KEY,
    access_id  uuid NOT NULL REFERENCES gate.app_access,
    made_at    timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz
);
CREATE INDEX app_refresh_access ON gate.app_refresh (access_id);

CREATE TABLE gate.app_launch (                     -- from Ward: bound to the session that made it, once
    token_hash   bytea PRIMARY KEY,
    app_id       uuid NOT NULL REFERENCES gate.app,
    session_id   uuid NOT NULL,
    patient_id   uuid NOT NULL,
    encounter_id uuid,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz
);

CREATE TABLE gate.app_assertion (                  -- signed assertions already seen: none counts twice (RFC 7523, 3)
    app_id     uuid NOT NULL,
    jti_hash   bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (app_id, jti_hash)
);
CREATE INDEX app_assertion_expires ON gate.app_assertion (expires_at);

-- A session of an app: whose access it is, and what of the person's own authority it reaches.
ALTER TABLE gate.session ADD COLUMN app_id uuid, ADD COLUMN app_name text, ADD COLUMN app_access_id uuid REFERENCES gate.app_access,
    ADD COLUMN app_scope text, ADD COLUMN app_opens jsonb, ADD COLUMN app_patient uuid;
CREATE INDEX session_app_access ON gate.session (app_access_id) WHERE app_access_id IS NOT NULL;
CREATE INDEX session_app ON gate.session (app_id) WHERE app_id IS NOT NULL AND app_access_id IS NULL;
-- What a grant of an app reaches by type: {type: mask of categories}; NULL: no app, everything its masks open.
ALTER TABLE gate.live ADD COLUMN app_reads jsonb, ADD COLUMN app_writes jsonb;
