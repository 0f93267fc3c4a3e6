-- What the federal platform tells: exclusions and informed consents, each as last told, and every feed that came (EXC-3, EXC-8).

CREATE TABLE relations.federal_exclusion (         -- kept also when the patient or the carer is not known here yet: it binds when he appears
    federal_id   text PRIMARY KEY,
    patient_ssin text NOT NULL,
    carer_nihdi  text,                             -- 11 digits; the first 8 are the person, the last 3 a qualification
    carer_ssin   text,
    from_at      timestamptz NOT NULL,
    until_at     timestamptz,                      -- ended or ending, as told; NULL: until further notice
    sequence     bigint NOT NULL,                  -- of the change told last
    entry_id     bigint NOT NULL,
    CHECK (num_nonnulls(carer_nihdi, carer_ssin) > 0)
);
CREATE INDEX federal_exclusion_patient ON relations.federal_exclusion (patient_ssin);
CREATE INDEX federal_exclusion_nihdi ON relations.federal_exclusion (left(carer_nihdi, 8)) WHERE carer_nihdi IS NOT NULL;
CREATE INDEX federal_exclusion_ssin ON relations.federal_exclusion (carer_ssin) WHERE carer_ssin IS NOT NULL;

CREATE TABLE relations.federal_consent (           -- XCH-2: read from the platform, shown; never sent
    federal_id   text PRIMARY KEY,
    patient_ssin text NOT NULL,
    patient_id   uuid,                             -- NULL: not known here yet
    from_at      timestamptz NOT NULL,
    until_at     timestamptz,
    sequence     bigint NOT NULL,
    entry_id     bigint NOT NULL
);
CREATE INDEX federal_consent_patient ON relations.federal_consent (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX federal_consent_ssin ON relations.federal_consent (patient_ssin);

CREATE TABLE relations.federal_feed (              -- names nobody: when, how much, what became of it
    kind          text NOT NULL CHECK (kind IN ('full', 'delta')),
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outcome       text NOT NULL CHECK (outcome IN ('applied', 'older', 'gap', 'half', 'stopped')),
    sequence      bigint,                          -- of the newest change that the platform knew
    made_at       timestamptz,                     -- when the platform made it: the age of what we know
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    times         integer NOT NULL DEFAULT 1,      -- the same again, without any change, is one line
    exclusions    integer NOT NULL DEFAULT 0,      -- lines told
    consents      integer NOT NULL DEFAULT 0,
    fresh         integer NOT NULL DEFAULT 0,      -- lines that were new
    changed       integer NOT NULL DEFAULT 0,
    missing       integer NOT NULL DEFAULT 0,      -- in force here, absent from a full feed: they stay (EXC-8)
    contradicting integer NOT NULL DEFAULT 0,      -- lines that name other people than before: left as they were
    fault         text NOT NULL DEFAULT ''
);
CREATE INDEX federal_feed_applied ON relations.federal_feed (made_at DESC) WHERE outcome = 'applied';

-- one federal exclusion may bind to two accounts of one carer, and to a patient whose number was corrected
DROP INDEX relations.exclusion_federal;
CREATE UNIQUE INDEX exclusion_federal ON relations.exclusion (federal_id, patient_id, person_id) WHERE federal_id IS NOT NULL;
