-- The Desk's work: tasks with due dates and their history. Administrative; never clinical content (ACS-4).
CREATE SCHEMA cases AUTHORIZATION unidossier_owner;
GRANT USAGE ON SCHEMA cases TO unidossier_app, unidossier_gate, unidossier_store;
GRANT CREATE ON SCHEMA cases TO unidossier_store;
SET LOCAL ROLE unidossier_owner;

CREATE TABLE cases.task (
    id             uuid PRIMARY KEY,
    number         bigint GENERATED ALWAYS AS IDENTITY,  -- what people quote on the telephone
    institution_id uuid NOT NULL REFERENCES registry.institution,
    function       text NOT NULL CHECK (function IN ('registration-desk', 'ombuds', 'medical-director', 'data-protection-officer', 'security-officer')),
    kind           text NOT NULL,                  -- glass-review, lifting-review, account, claim, confirm-exclusion, overview, correction, relative, unknown-person, case, duplicate, death, signal ...
    patient_id     uuid,
    person_id      uuid,                           -- the carer or relative it is about
    subject_id     uuid,                           -- the opening, lifting, relation, applicant ... it is about
    facts          jsonb NOT NULL DEFAULT '{}',    -- what the list shows beside the names; no clinical content
    state          text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'waiting', 'done')),
    outcome        text NOT NULL DEFAULT '',
    made_at        timestamptz NOT NULL DEFAULT now(),
    made_by        uuid,
    due_at         timestamptz NOT NULL,
    done_at        timestamptz,
    done_by        uuid,
    entry_id       bigint NOT NULL
);
CREATE INDEX task_list ON cases.task (institution_id, function, state, due_at);
CREATE INDEX task_patient ON cases.task (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX task_subject ON cases.task (subject_id) WHERE subject_id IS NOT NULL;

CREATE TABLE cases.event (                         -- the history of a task, append-only
    task_id     uuid NOT NULL REFERENCES cases.task,
    nth         integer NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id   uuid,
    person_name text NOT NULL DEFAULT '',
    what        text NOT NULL,                     -- opened, noted, answered, confirmed, done, reopened, handed-over
    text        text NOT NULL DEFAULT '',
    entry_id    bigint NOT NULL,
    PRIMARY KEY (task_id, nth)
);
RESET ROLE;
