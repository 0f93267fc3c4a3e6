-- Carers outside (CON): what they tried, what was found by it, consents claimed by an institution, and who asks for an account.

-- A request (CON-5) or a link by national number (CON-6), as the carer typed it. It looks the same whether anybody is known by the number (ACD-8, T15):
--   waiting    nobody has answered, or the signed form is still to be declared. A refusal of the patient, a number that nobody has, a patient who is deceased,
--              refuses access from outside or excluded the carer: all of them stay 'waiting', and after ends_at read as "no answer" or "form not declared".
--   declared   the carer has declared the signed form, and no record opened. It may stay so for ever; the carer is told that no record is open to him.
--   open       the record opened: the patient accepted, or the signed form is declared of somebody known. Only here does he learn that the patient is known.
CREATE TABLE relations.attempt (
    id             uuid PRIMARY KEY,               -- made when the form was shown: sent twice, it is one attempt
    person_id      uuid NOT NULL REFERENCES registry.person,
    institution_id uuid NOT NULL REFERENCES registry.institution,
    function       text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('request', 'link')),
    number         text NOT NULL,                  -- 11 digits, as typed
    name           text NOT NULL,                  -- of the patient, as typed
    language       text NOT NULL DEFAULT '',       -- of the consent form
    reason         text NOT NULL DEFAULT '',
    contact_on     date,
    state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'declared', 'open', 'taken-back')),
    signed_on      date,
    proof          jsonb,                          -- the scan: {"sha256", "name", "media_type", "size"}
    made_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at        timestamptz NOT NULL,           -- until then an answer or a form may come
    entry_id       bigint NOT NULL
);
CREATE INDEX attempt_person ON relations.attempt (person_id, made_at DESC);

CREATE TABLE relations.attempt_found (             -- whom an attempt found; never readable by the application
    attempt_id  uuid PRIMARY KEY REFERENCES relations.attempt,
    patient_id  uuid NOT NULL,
    relation_id uuid NOT NULL
);
CREATE INDEX attempt_found_relation ON relations.attempt_found (relation_id);

CREATE TABLE relations.claim (                     -- CON-9: an institution wants to see the signed form; the access is suspended meanwhile
    id             uuid PRIMARY KEY,
    patient_id     uuid NOT NULL,
    relation_id    uuid NOT NULL,
    person_id      uuid NOT NULL REFERENCES registry.person,  -- the carer who keeps the form
    institution_id uuid NOT NULL REFERENCES registry.institution,
    name           text NOT NULL,                  -- of the patient, for the carer who must find the form
    signed_on      date,
    reason         text NOT NULL DEFAULT '',
    state          text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'shown', 'accepted', 'refused')),
    proof          jsonb,
    asked_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    shown_at       timestamptz,
    judged_at      timestamptz,
    task_id        uuid NOT NULL,
    entry_id       bigint NOT NULL
);
CREATE INDEX claim_person ON relations.claim (person_id, asked_at DESC);
CREATE INDEX claim_task ON relations.claim (task_id);

CREATE TABLE registry.applicant (                  -- CON-2: a carer who asks for an account; seen by the Desk that validates, and by nobody else
    id             uuid PRIMARY KEY,
    family         text NOT NULL,
    given          text NOT NULL,
    sort_key       text NOT NULL,
    function       text NOT NULL,
    nihdi          text NOT NULL,                  -- digits
    practice       text NOT NULL,
    address        text NOT NULL,
    email          text NOT NULL,
    language       text NOT NULL CHECK (language IN ('fr', 'nl', 'de', 'en')),
    institution_id uuid NOT NULL REFERENCES registry.institution,  -- that should validate
    proof          jsonb NOT NULL,                 -- {"sha256", "name", "media_type", "size"}
    state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'invited', 'refused', 'told')),
    reason         text NOT NULL DEFAULT '',
    made_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    origin         bytea NOT NULL,                 -- SHA-256 of the network address: five a day
    judged_at      timestamptz,
    judged_by      uuid,
    person_id      uuid REFERENCES registry.person,
    next_at        timestamptz NOT NULL DEFAULT now(),  -- when the worker tries the mail again
    entry_id       bigint NOT NULL
);
CREATE INDEX applicant_origin ON registry.applicant (origin, made_at);
CREATE INDEX applicant_mail ON registry.applicant (next_at) WHERE state IN ('accepted', 'refused');
