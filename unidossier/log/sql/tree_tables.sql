-- The tree over the log (LOG-3): one a year, grown by the sequencer alone. Its hashes also lie outside the database, in files.

CREATE TABLE log.tree (
    year       smallint PRIMARY KEY,               -- of integration, in UTC
    origin     text NOT NULL UNIQUE,               -- first line of every checkpoint
    size       bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
    root       bytea NOT NULL CHECK (length(root) = 32),
    last_xid   xid8 NOT NULL,                      -- (transaction, entry) up to which everything has been integrated ...
    last_id    bigint NOT NULL,
    cluster    text NOT NULL,                      -- ... which means something in this cluster alone
    opening    bigint,                             -- its first leaf: the entry that names the tree before; NULL in the first one
    checkpoint text,                               -- the signed note over size and root
    signed_at  timestamptz,
    closed_at  timestamptz,
    trouble    text                                -- why nothing is signed
);

CREATE TABLE log.leaf (
    year     smallint NOT NULL REFERENCES log.tree,
    position bigint NOT NULL CHECK (position >= 0),
    entry_id bigint,                               -- NULL: known by its hash only, lost in a restore
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (year, position)
);
CREATE UNIQUE INDEX leaf_entry ON log.leaf (entry_id);  -- no entry is ever integrated twice

CREATE TABLE log.restored (                        -- the database was found behind the tree outside: entries were lost
    id              uuid PRIMARY KEY,
    year            smallint NOT NULL REFERENCES log.tree,
    from_position   bigint NOT NULL,
    to_position     bigint NOT NULL,               -- exclusive
    lost            bigint NOT NULL CHECK (lost BETWEEN 1 AND to_position - from_position),
    noticed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    explained_entry bigint                         -- the entry by which two people explained it
);
