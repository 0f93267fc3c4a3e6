-- What left the log lawfully (LOG-4), and what two people decided about it. The leaf of an erased or dropped entry stays for ever: the tree still fits.
--   one entry      log.erasure        payload and salt gone; the row keeps its number. Good only when its `told_entry` is in the tree and names it (log.erasure_proven)
--   a whole month  log.dropped_month  the partition is gone; the leaves keep the numbers
SET LOCAL ROLE unidossier_log;

CREATE TABLE log.erasure (
    entry_id        bigint PRIMARY KEY,
    year            smallint NOT NULL,             -- where its leaf stands, and the leaf itself
    position        bigint NOT NULL,
    leaf            bytea NOT NULL,
    erased_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    ground          text NOT NULL,
    about           uuid[] NOT NULL,               -- the patients it named: they are told, and see that something is missing
    institution_id  uuid,                          -- whose officers decided
    asked_by        uuid NOT NULL,
    confirmed_by    uuid NOT NULL,
    asked_entry     bigint NOT NULL,
    confirmed_entry bigint NOT NULL,
    told_entry      bigint NOT NULL,               -- the entry of the erasure itself: verb entry-erased
    CHECK (asked_by <> confirmed_by)
);
CREATE INDEX erasure_about ON log.erasure USING gin (about);

CREATE TABLE log.dropped_month (
    month      integer PRIMARY KEY,                -- yyyymm, as in the numbers of its entries
    entries    bigint NOT NULL,
    first_id   bigint,
    last_id    bigint,
    years      integer NOT NULL,                   -- how long entries were kept when it went
    dropped_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    evidence   jsonb NOT NULL DEFAULT '[]',        -- [{"id", "canonical", "salt": of the leaf, hex}] of entries about the log itself
    told_entry bigint NOT NULL                     -- verb month-dropped
);
RESET ROLE;
SET LOCAL ROLE unidossier_owner;

CREATE TABLE cases.erasure_request (               -- one officer asks, another human being confirms; names no patient
    id             uuid PRIMARY KEY,
    entry_id       bigint NOT NULL,                -- the entry that would lose its content
    ground         text NOT NULL CHECK (ground IN ('court-order', 'authority', 'wrong-patient', 'too-much')),
    reason         text NOT NULL,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'refused', 'withdrawn')),
    made_at        timestamptz NOT NULL DEFAULT now(),
    made_by        uuid NOT NULL,
    asked_entry    bigint NOT NULL,
    decided_at     timestamptz,
    decided_by     uuid,
    words          text NOT NULL DEFAULT '',
    CHECK (decided_by <> made_by OR state = 'withdrawn')
);
CREATE UNIQUE INDEX erasure_request_open ON cases.erasure_request (entry_id) WHERE state = 'waiting';

CREATE TABLE cases.legal_hold (                    -- while it stands nothing of it is erased or dropped
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    patient_id     uuid,                           -- NULL: every entry of the institution
    reason         text NOT NULL,
    from_at        timestamptz NOT NULL DEFAULT now(),
    made_by        uuid NOT NULL,
    entry_id       bigint NOT NULL,
    until_at       timestamptz,
    ended_by       uuid,
    end_reason     text NOT NULL DEFAULT '',
    end_entry      bigint,
    CHECK (ended_by <> made_by)
);
CREATE INDEX legal_hold_patient ON cases.legal_hold (patient_id) WHERE until_at IS NULL;

CREATE TABLE cases.setting_proposal (              -- a setting that one officer alone may not change
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    name           text NOT NULL,
    value          text NOT NULL,
    expected       text NOT NULL,                  -- what was on the screen
    reason         text NOT NULL,
    state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'refused', 'withdrawn')),
    made_at        timestamptz NOT NULL DEFAULT now(),
    made_by        uuid NOT NULL,
    entry_id       bigint NOT NULL,
    decided_at     timestamptz,
    decided_by     uuid,
    CHECK (decided_by <> made_by OR state = 'withdrawn')
);

CREATE TABLE cases.restore_account (               -- what two people say about a restore that the log noticed
    id          uuid PRIMARY KEY,
    restored_id uuid NOT NULL,                     -- log.restored
    ground      text NOT NULL CHECK (ground IN ('hardware', 'software', 'attack', 'exercise', 'other')),
    restored_to timestamptz NOT NULL,              -- the moment of the backup
    done_by     text NOT NULL,
    reason      text NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'refused', 'withdrawn')),
    institution_id uuid NOT NULL REFERENCES registry.institution,
    made_at     timestamptz NOT NULL DEFAULT now(),
    made_by     uuid NOT NULL,
    entry_id    bigint NOT NULL,
    decided_at  timestamptz,
    decided_by  uuid,
    words       text NOT NULL DEFAULT '',
    CHECK (decided_by <> made_by OR state = 'withdrawn')
);
CREATE UNIQUE INDEX restore_account_open ON cases.restore_account (restored_id) WHERE state IN ('waiting', 'confirmed');
RESET ROLE;
