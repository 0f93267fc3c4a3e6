-- The gate learns of governance and of decisions about access: who reads under a grant, and the acts of the Desk and of My.
ALTER TABLE gate.live ADD COLUMN function text NOT NULL DEFAULT '', ADD COLUMN actor text NOT NULL DEFAULT '', ADD COLUMN act text NOT NULL DEFAULT 'open', ADD COLUMN rule text NOT NULL DEFAULT '';
ALTER TABLE gate.rights DROP CONSTRAINT rights_action_check;
ALTER TABLE gate.rights ADD CONSTRAINT rights_action_check CHECK (action IN
    ('read', 'enter', 'plan', 'deliver', 'break-the-glass', 'decide', 'govern', 'register', 'mediate', 'direct', 'protect', 'oversee', 'guard'));
ALTER TABLE gate.verb DROP CONSTRAINT verb_act_check;
ALTER TABLE gate.verb ADD CONSTRAINT verb_act_check CHECK (act IN ('open', 'plan', 'deliver', 'decide', 'govern'));
