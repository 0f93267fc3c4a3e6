-- The open figures of an institution: entries counted by month, so that a year is read in a moment whatever the log holds. No person, no patient.
CREATE TABLE cases.access_count (
    institution_id uuid NOT NULL REFERENCES registry.institution,
    month          date NOT NULL,                  -- its first day, in Brussels
    function       text NOT NULL,
    rule           text NOT NULL,
    permitted      boolean NOT NULL,
    glass_reason   text NOT NULL DEFAULT '',       -- '': no break-the-glass
    times          bigint NOT NULL,
    PRIMARY KEY (institution_id, month, function, rule, permitted, glass_reason)
);

CREATE TABLE cases.count_mark (                    -- up to when the entries are counted
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    counted_to timestamptz NOT NULL                -- exclusive
);
