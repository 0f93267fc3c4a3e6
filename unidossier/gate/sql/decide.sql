-- THE DECISION. Reading order is precedence: the first line that fits answers, with its id.
-- Whether a line permits, its legal source and its words in four languages stand in gate.rule (rules.sql).
-- This is the only deciding code of the product. tests/gate compares it with an oracle on every combination of facts.

CREATE OR REPLACE FUNCTION gate.decide(
    act text, actor text, active boolean, strong boolean, lawful boolean, rights boolean, may_break_glass boolean, dead boolean,
    exclusion text, lifting boolean, age text, tie text, refuses_outside boolean, gp_default boolean, glass text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
    -- who is asking
    WHEN NOT active                                                                  THEN 'ACD-7.ended'
    WHEN NOT strong                                                                  THEN 'ALL-3.second-factor'
    WHEN NOT lawful                                                                  THEN 'ACD-6.purpose'
    WHEN actor = 'governance' AND act <> 'govern'                                    THEN 'ACS-4.governance'
    -- the patient's exclusion of a carer, of staff, of anybody at the Desk comes before anything else about the record; break-the-glass never passes it (BTG-6)
    WHEN actor IN ('inside', 'outside', 'staff', 'governance') AND exclusion = 'absolute' THEN 'EXC-2.excluded'
    WHEN actor IN ('inside', 'outside') AND exclusion = 'plain' AND (NOT lifting OR dead) THEN 'EXC-2.excluded'
    WHEN actor IN ('staff', 'governance') AND exclusion = 'plain'                    THEN 'EXC-2.excluded'
    -- the function table
    WHEN NOT rights                                                                  THEN 'ACS-1.function'
    -- the tasks of the Desk: identity, relations, exclusions, the log; never clinical content
    WHEN actor = 'governance' AND tie = 'institution'                                THEN 'ACS-4.task'
    WHEN actor = 'governance'                                                        THEN 'ACS-4.elsewhere'
    -- the patient and those who act for him
    WHEN actor = 'patient' AND tie <> 'own'                                          THEN 'ACD-1.not-own'
    WHEN actor = 'patient' AND act NOT IN ('open', 'decide')                         THEN 'ACD-1.none'
    WHEN actor = 'representative' AND act NOT IN ('open', 'decide')                  THEN 'REP-4.none'
    WHEN actor IN ('patient', 'representative') AND dead                             THEN 'DTH-1.closed'
    WHEN actor = 'patient' AND age = 'minor'                                         THEN 'REP-2.minor'
    WHEN actor = 'patient' AND age = 'opened'                                        THEN 'REP-2.opened'
    WHEN actor = 'patient'                                                           THEN 'MY-4.own'
    WHEN actor = 'representative' AND tie = 'suspended'                              THEN 'REP-1.dispute'
    WHEN actor = 'representative' AND tie = 'parent' AND age = 'of-age'              THEN 'REP-1.fifteen'
    -- who may see is decided by the patient, a parent, a legal representative, and by a mandate that says so
    WHEN actor = 'representative' AND act = 'decide' AND tie IN ('foster', 'mandate', 'trusted') THEN 'REP-3.scope'
    WHEN actor = 'representative' AND tie = 'parent'                                 THEN 'REP-1.parent'
    WHEN actor = 'representative' AND tie = 'legal'                                  THEN 'REP-3.legal'
    WHEN actor = 'representative' AND tie IN ('foster', 'mandate', 'mandate-decides') THEN 'REP-3.mandate'
    WHEN actor = 'representative' AND tie = 'trusted'                                THEN 'REP-3.trusted'
    WHEN actor = 'representative'                                                    THEN 'REP-4.none'
    WHEN act IN ('decide', 'govern')                                                 THEN 'ACD-1.none'
    -- machines
    -- whom its institution never registered is nobody to it: an id that is known elsewhere must not answer unlike one that is not (ACD-8)
    WHEN actor = 'machine' AND act = 'deliver' AND tie = 'institution'               THEN 'XCH-1.deliver'
    WHEN actor = 'machine' AND act = 'deliver'                                       THEN 'ACS-5.machine'
    WHEN actor = 'machine' AND act = 'open' AND tie = 'institution'                  THEN 'ACS-5.institution'
    WHEN actor = 'machine' AND act = 'open'                                          THEN 'ACS-5.machine'
    WHEN act = 'deliver'                                                             THEN 'ACD-1.none'
    -- planning work opens nothing, but makes a relation: never for the deceased, never from outside
    WHEN act = 'plan' AND actor = 'outside'                                          THEN 'ACD-1.none'
    WHEN act = 'plan' AND dead                                                       THEN 'DTH-1.no-new-relation'
    WHEN act = 'plan'                                                                THEN 'ACD-2.planning'
    -- death
    WHEN dead AND tie = 'designated' AND actor IN ('inside', 'outside')              THEN 'DTH-3.designated'
    WHEN dead AND actor = 'outside'                                                  THEN 'DTH-1.outside'
    -- a lifting passes a plain exclusion and opens by itself
    WHEN exclusion = 'plain'                                                         THEN 'EXC-7.lifted'
    -- what the patient closed
    WHEN actor = 'outside' AND refuses_outside                                       THEN 'CON-10.refused'
    WHEN tie = 'suspended'                                                           THEN 'CON-9.suspended'
    -- relations in force
    WHEN tie = 'work'                                                                THEN 'ACD-2.work'
    WHEN tie = 'consent'                                                             THEN 'ACD-3.consent'
    WHEN tie = 'gp' AND gp_default AND actor IN ('inside', 'outside')                THEN 'CON-3.gp'
    -- break-the-glass
    WHEN glass <> 'none' AND dead                                                    THEN 'DTH-1.no-new-relation'
    WHEN glass <> 'none' AND (NOT may_break_glass OR actor NOT IN ('inside', 'outside')) THEN 'BTG-2.function'
    WHEN glass = 'incomplete'                                                        THEN 'BTG-1.incomplete'
    WHEN glass = 'valid'                                                             THEN 'BTG-1.emergency'
    -- why not
    WHEN tie = 'gp' AND actor IN ('inside', 'outside')                               THEN 'CON-4.consent'
    WHEN tie = 'pending'                                                             THEN 'CON-6.pending'
    WHEN tie = 'ended'                                                               THEN 'ACD-4.ended'
    ELSE                                                                                  'ACD-1.none'
END
$$;
