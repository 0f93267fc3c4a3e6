-- MY-12: the patient's own details. A new mail address counts only when its holder has typed the code that was sent to it.

CREATE TABLE registry.email_change (               -- read by nobody but its own functions: the application sees it through registry.own_details()
    patient_id uuid NOT NULL REFERENCES registry.patient,
    id         uuid NOT NULL,                      -- made when the form was shown
    email      text NOT NULL,
    was        text NOT NULL,                      -- the address at the time of asking
    language   text NOT NULL,                      -- of the mail with the code
    code_hash  bytea NOT NULL,                     -- SHA-256 of the code and the id; the code itself is never kept
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'dead', 'replaced')),
    tries      integer NOT NULL DEFAULT 0,
    made_by    uuid NOT NULL REFERENCES registry.person,
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at    timestamptz NOT NULL,
    mail_tries integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(), -- when the worker tries the mail again
    sent_at    timestamptz,
    entry_id   bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX email_change_mail ON registry.email_change (next_at) WHERE state = 'waiting' AND sent_at IS NULL;

ALTER TABLE registry.patient_change ALTER COLUMN institution_id DROP NOT NULL;  -- the patient's own changes are of no institution
ALTER TABLE notices.dispatch ADD COLUMN address text;  -- a mail to another address than the patient's: the one he had before
