-- The evidence. Rows are only ever added; the application may not even read them without a grant (LOG-2, LOG-3).

CREATE SEQUENCE log.entry_number;

CREATE TABLE log.entry (
    id             bigint NOT NULL,                -- yyyymm * 10^13 + number: one key that also says the partition
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid            xid8 NOT NULL DEFAULT pg_current_xact_id(),
    salt           bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()),  -- lets payload be erased lawfully while the leaf stays
    session_id     uuid,
    person_id      uuid,
    person_name    text NOT NULL DEFAULT '',
    function       text NOT NULL DEFAULT '',
    institution_id uuid,
    acting_for     uuid,                           -- REP-5: the representation used
    patient_id     uuid,
    patients       uuid[],                         -- a list: everybody named in it
    verb           text NOT NULL,
    categories     bigint NOT NULL DEFAULT 0,
    items          uuid[],
    detail         jsonb NOT NULL DEFAULT '{}',
    purpose        text NOT NULL DEFAULT '',
    rule           text NOT NULL,
    permitted      boolean NOT NULL,
    origin         text NOT NULL DEFAULT '',       -- face, or the interface's name
    device         text NOT NULL DEFAULT '',       -- LOG-1 from where: the name that a browser keeps, or the client of an interface ...
    address        text NOT NULL DEFAULT '',       -- ... and the network address its session was opened from
    glass_reason   text,
    glass_text     text,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX entry_patient ON log.entry (patient_id, id DESC) WHERE patient_id IS NOT NULL;
CREATE INDEX entry_person ON log.entry (person_id, id DESC);
CREATE INDEX entry_xid ON log.entry (xid, id);
CREATE INDEX entry_institution ON log.entry (institution_id, at, id);  -- the Desk searches its own, newest first (LOG-6)
CREATE INDEX entry_notable ON log.entry (institution_id, at, id) WHERE NOT permitted OR glass_reason IS NOT NULL;
CREATE INDEX entry_at ON log.entry USING brin (at) WITH (pages_per_range = 32, autosummarize = on);  -- a period of days, at no cost for who writes

CREATE TABLE log.listed (                          -- one line per patient named in a list, for "who looked": it names nobody else
    patient_id     uuid NOT NULL,
    entry_id       bigint NOT NULL,
    at             timestamptz NOT NULL,
    person_id      uuid,
    person_name    text NOT NULL,
    function       text NOT NULL,
    institution_id uuid,
    verb           text NOT NULL,
    rule           text NOT NULL,
    purpose        text NOT NULL,
    PRIMARY KEY (patient_id, entry_id)
);
