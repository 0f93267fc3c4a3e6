-- Bulk Data: what the machine of an institution asked for, how far it is, and which files lie encrypted on disk until they expire.

CREATE TABLE record.export (
    id             uuid PRIMARY KEY,
    institution_id uuid NOT NULL,
    person_id      uuid NOT NULL,                  -- the machine account, decided about anew at every page
    employment_id  uuid NOT NULL,
    app            jsonb,                          -- by way of which app it was asked for (gate.app_of)
    request        text NOT NULL,                  -- the address that was asked, for the manifest
    level          text NOT NULL CHECK (level IN ('system', 'patient', 'group')),
    team_id        uuid,                           -- of a group
    patients       uuid[],                         -- those alone
    types          text[],                         -- those alone
    since_at       timestamptz,
    filters        jsonb,                          -- of the items of a type those alone that meet a term (record.search_condition), by type
    elements       text[],                         -- those alone, as asked: name, or Type.name
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),  -- the instant that the files show: transactionTime
    waits_for      text[] NOT NULL,                -- transactions that were open then
    state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'complete', 'failed', 'cancelled', 'expired')),
    fault          text,
    foreign_done   boolean NOT NULL,               -- what is about nobody is in the files already, or not wanted
    after_patient  uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    after_item     uuid,                           -- NULL: the patient is done
    page           integer NOT NULL DEFAULT 0,
    looked_at      integer NOT NULL DEFAULT 0,     -- patients
    patients_all   integer NOT NULL,
    leased_until   timestamptz NOT NULL DEFAULT '-infinity',
    ends_at        timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 day',
    entry_id       bigint NOT NULL
);
CREATE INDEX export_institution ON record.export (institution_id, at);
CREATE INDEX export_open ON record.export (leased_until) WHERE state IN ('waiting', 'running');

CREATE TABLE record.export_part (                  -- one sealed piece of a file: what one page had of one type
    export_id uuid NOT NULL REFERENCES record.export,
    type      text NOT NULL,
    nth       integer NOT NULL,
    lines     integer NOT NULL,
    bytes     bigint NOT NULL,
    PRIMARY KEY (export_id, type, nth)
);

-- whom an institution holds something of, in the order of an export
CREATE INDEX IF NOT EXISTS presence_institution ON record.presence (institution_id, patient_id);
