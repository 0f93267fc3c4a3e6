-- What people are told, and by which way (BTG-4, CON-8, MY-13). No clinical content and no national number.
CREATE SCHEMA notices AUTHORIZATION unidossier_owner;
GRANT USAGE ON SCHEMA notices TO unidossier_app, unidossier_gate, unidossier_store;
GRANT CREATE ON SCHEMA notices TO unidossier_store;
SET LOCAL ROLE unidossier_owner;

CREATE TABLE notices.notice (                      -- always shown on the portal; mail and letters are its ways out
    patient_id     uuid NOT NULL,
    id             uuid NOT NULL,
    kind           text NOT NULL,                  -- glass, lifting, link, access, request, exclusion, exclusion-ended, mandate, mandate-ended, death ...
    facts          jsonb NOT NULL DEFAULT '{}',    -- {"who", "function", "institution", "until", ...}: words to put into the text of the kind
    institution_id uuid,                           -- who answers for it and prints its letters
    at             timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz,
    entry_id       bigint NOT NULL,
    PRIMARY KEY (patient_id, id)
);
CREATE INDEX notice_time ON notices.notice (patient_id, at DESC);

CREATE TABLE notices.dispatch (                    -- one way out of one notice: made with it, carried out by the worker or the desk
    patient_id uuid NOT NULL,
    id         uuid NOT NULL,
    notice_id  uuid NOT NULL,
    person_id  uuid,                               -- to a carer, a representative; NULL: the patient
    way        text NOT NULL CHECK (way IN ('mail', 'letter')),
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'printed', 'posted', 'failed')),
    tries      integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    done_by    uuid,
    told       text NOT NULL DEFAULT '',           -- why it failed, in words
    PRIMARY KEY (patient_id, id),
    FOREIGN KEY (patient_id, notice_id) REFERENCES notices.notice (patient_id, id) DEFERRABLE  -- both move together (REC-8)
);
CREATE INDEX dispatch_waiting ON notices.dispatch (way, next_at) WHERE state IN ('waiting', 'printed');

CREATE TABLE notices.preference (                  -- MY-13: per kind; what is missing is as by default
    patient_id uuid NOT NULL,
    kind       text NOT NULL,
    way        text NOT NULL CHECK (way IN ('mail', 'letter', 'portal')),
    at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (patient_id, kind)
);
RESET ROLE;
