-- LOG-8: what the system finds when it compares rows served, entries written, entries in the tree and entries the patient can see.

CREATE UNLOGGED TABLE log.served (                 -- what processes say they gave out; compared within seconds, then gone: not evidence, a second witness of it
    entry_id bigint NOT NULL,
    rows     integer NOT NULL,
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE log.alarm (                           -- closed by a person with words, never by itself
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind        text NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    gaps        bigint NOT NULL,
    entries     bigint[] NOT NULL,                 -- the first hundred
    entry_id    bigint,                            -- the entry that tells of it; the Desk has its tasks
    closed_at   timestamptz,
    closed_by   uuid,
    closed_name text NOT NULL DEFAULT '',
    words       text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX alarm_open ON log.alarm (kind) WHERE closed_at IS NULL;

CREATE TABLE log.gap (                             -- each is told once: what stays wrong does not open the alarm again
    kind     text NOT NULL,
    place    text NOT NULL,                        -- an entry's number, year:position of a leaf, patient:entry of a line, or a digest
    entry_id bigint,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    alarm_id uuid NOT NULL REFERENCES log.alarm,
    PRIMARY KEY (kind, place)
);

CREATE TABLE log.check_mark (                      -- how far each comparison has come; it begins again at the end
    name       text PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    place      text NOT NULL DEFAULT '',
    looked     bigint NOT NULL DEFAULT 0,          -- things compared so far
    whole_at   timestamptz,                        -- when everything had been compared once more
    since      timestamptz                         -- of a state that must last before it is an alarm
);
