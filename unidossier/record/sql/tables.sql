-- The record: FHIR R4 resources as they came, in append-only versions (REC-5), and one line per item for lists.
-- patient_id stands first in every key: it is the shard key, and what every read is about.

CREATE TABLE record.directory (                    -- id -> patient, for the gate alone (the application cannot read it)
    id             uuid PRIMARY KEY,
    patient_id     uuid NOT NULL,
    institution_id uuid NOT NULL,
    is_patient     boolean NOT NULL DEFAULT false  -- of a Patient resource: its id names the patient too
);

CREATE TABLE record.presence (                     -- which institutions hold something of whom (MY-16, CON-3)
    patient_id     uuid NOT NULL,
    institution_id uuid NOT NULL,
    PRIMARY KEY (patient_id, institution_id)
);

CREATE TABLE record.version (
    patient_id     uuid NOT NULL,
    item_id        uuid NOT NULL,
    version        integer NOT NULL CHECK (version > 0),
    institution_id uuid NOT NULL,
    category       smallint NOT NULL CHECK (category BETWEEN 0 AND 20),
    status         text NOT NULL CHECK (status IN ('draft', 'final', 'amended', 'entered-in-error')),
    -- bit(category), shifted by 21 for a draft: carers of other institutions and the patient never hold those bits (REC-10)
    -- ... and for one that was withdrawn before anybody had validated it: it is no more theirs than it was
    never_validated boolean NOT NULL DEFAULT false,
    vis            bigint NOT NULL GENERATED ALWAYS AS (1::bigint << (category + CASE WHEN status = 'draft' OR never_validated THEN 21 ELSE 0 END)) STORED,
    title          text NOT NULL,
    author_id      uuid,
    author_name    text NOT NULL,
    reason         text NOT NULL DEFAULT '',       -- why this version was made (amendment, withdrawal)
    withdrawn      boolean NOT NULL DEFAULT false, -- taken back by its sender (FHIR delete)
    entered_at     timestamptz NOT NULL DEFAULT now(),
    entry_id       bigint NOT NULL,                -- the log entry that allowed it: no entry, no version
    resource       text NOT NULL,  -- the exact text, with its number and instant in meta
    sha256         bytea NOT NULL, -- of the text without these
    PRIMARY KEY (patient_id, item_id, version)
);

CREATE TABLE record.item (                         -- the newest version as one line
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,
    version        integer NOT NULL,
    type           text NOT NULL,
    institution_id uuid NOT NULL,
    category       smallint NOT NULL,
    status         text NOT NULL,
    withdrawn      boolean NOT NULL DEFAULT false, -- the newest version was taken back (FHIR delete); status is then entered-in-error
    never_validated boolean NOT NULL DEFAULT false, -- withdrawn as a draft: seen by those alone who saw the draft
    internal_only  boolean NOT NULL DEFAULT false, -- CON-10
    held_until     timestamptz,                    -- MY-5: held back from the patient until then
    held_reason    text,
    confidential   boolean NOT NULL DEFAULT false, -- REP-2: held back from representatives
    vis            bigint NOT NULL GENERATED ALWAYS AS (1::bigint << (category + CASE WHEN status = 'draft' OR never_validated THEN 21 WHEN internal_only THEN 42 ELSE 0 END)) STORED,
    title          text NOT NULL,
    language       text NOT NULL,
    code_system    text,
    code           text,
    clinical_at    timestamptz NOT NULL,
    entered_at     timestamptz NOT NULL,
    author_id      uuid,
    author_name    text NOT NULL,
    value_num      numeric,
    value_text     text,
    unit           text,
    low            numeric,
    high           numeric,
    flag           text,
    part_of        uuid,
    short          jsonb NOT NULL DEFAULT '{}',
    search         tsvector NOT NULL,
    tokens         bigint[] NOT NULL DEFAULT '{}', -- what a search of the API finds it by: hashes of codes, references ... (record/searching/tokens.py)
    keys           bigint[] NOT NULL DEFAULT '{}', -- ... those that part few lines from many: identifiers, codes, references, names
    facts          jsonb NOT NULL DEFAULT '{}',    -- ... and dates, quantities, texts by parameter (record/searching/extract.py)
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX item_type ON record.item (patient_id, type, clinical_at DESC, id DESC);
-- for an institution's own system, across its patients (record/sql/search_across.sql): by arrival, and by what is searched (docs/adr/0022)
CREATE INDEX item_arrival ON record.item (institution_id, type, entered_at DESC, id DESC);
CREATE INDEX item_keys ON record.item USING gin (keys);
CREATE INDEX item_time ON record.item (patient_id, clinical_at DESC, id DESC) WHERE part_of IS NULL;
CREATE INDEX item_category ON record.item (patient_id, category, clinical_at DESC);
CREATE INDEX item_code ON record.item (patient_id, code, clinical_at DESC) WHERE code IS NOT NULL;
CREATE INDEX item_part ON record.item (patient_id, part_of) WHERE part_of IS NOT NULL;

CREATE TABLE record.attachment (                   -- what lies encrypted on disk, and to which item it belongs
    patient_id uuid NOT NULL,
    item_id    uuid NOT NULL,
    version    integer NOT NULL,                   -- the version that brought it: a file of a draft stays with the draft (REC-10)
    sha256     bytea NOT NULL,
    name       text NOT NULL,
    media_type text NOT NULL,
    size       integer NOT NULL,
    PRIMARY KEY (patient_id, item_id, version, sha256)
);
