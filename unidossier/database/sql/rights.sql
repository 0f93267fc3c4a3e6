-- Who may touch which table and call which function. Applied after every migration; what is not named here is refused.
REVOKE ALL ON ALL ROUTINES IN SCHEMA gate, record, relations, registry, log, cases, notices FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA gate, record, relations, registry, log, cases, notices FROM PUBLIC, unidossier_app;

-- the application: reads under policies, calls these functions, nothing else
GRANT SELECT ON record.item, record.version, record.attachment, record.presence,
    registry.patient, registry.patient_identifier, registry.institution, registry.institution_setting, registry.team, registry.person, registry.employment, registry.duty,
    relations.relation, relations.appointment, relations.stay, relations.representation, relations.exclusion, relations.lifting, relations.opening,
    relations.federal_feed, relations.federal_consent,
    cases.task, cases.event, cases.overview, cases.gathered, cases.signal_run, cases.rights_proposal, notices.notice, notices.dispatch, notices.preference,
    registry.patient_change, registry.merge, registry.not_same, registry.death_reversal,
    log.listed,
    gate.rights_version, gate.rights, gate.category, gate.function, gate.verb, gate.rule, gate.setting_default TO unidossier_app;
-- a carer outside reads what he typed and how it stands, never whom it found (ACD-8); a director who asks for an account
GRANT SELECT ON relations.attempt, relations.claim, registry.applicant TO unidossier_app;
-- of an entry the patient reads who, when, what and why; never the words searched, the salt, the session
GRANT SELECT (id, at, person_id, person_name, function, institution_id, acting_for, patient_id, verb, categories, items, purpose, rule, permitted, origin, glass_reason) ON log.entry TO unidossier_app;
GRANT EXECUTE ON FUNCTION gate.grant_access, gate.grant_list, gate.use_grant, gate.bearer, gate.open_session, gate.whoami, gate.close_session, gate.purge,
    gate.app_reads, gate.patient, gate.patients, gate.agenda, gate.person, gate.institution, gate.sees_every_number, gate.mask_own, gate.mask_other, gate.mask_open, gate.closed, gate.sees_held, gate.sees_confidential, gate.items, gate.opens_found, gate.log_patient, gate.log_patients, gate.desk_log_patients, gate.desk_institution, gate.desk_function,
    record.store, registry.register_patient, registry.keep_foreign, log.attach_months TO unidossier_app;

-- the gate reads the facts and writes the log; never UPDATE or DELETE of the log
GRANT SELECT ON ALL TABLES IN SCHEMA registry, relations, cases TO unidossier_gate;
GRANT SELECT ON record.directory, record.presence TO unidossier_gate;
GRANT INSERT ON log.entry, log.listed TO unidossier_gate;
-- overseers ask the gate what no relation explains and what a change of rights would flip (LOG-6, ACS-1): it counts, it shows no patient
GRANT SELECT ON log.entry, log.listed TO unidossier_gate;
GRANT USAGE ON SEQUENCE log.entry_number TO unidossier_gate;

-- the one writer
GRANT SELECT, INSERT, UPDATE ON record.item, relations.relation, relations.appointment, relations.stay, relations.representation, registry.patient, registry.person,
    relations.exclusion, relations.lifting, relations.opening, cases.task, notices.notice, notices.dispatch, notices.preference TO unidossier_store;
GRANT SELECT, INSERT ON cases.event, cases.overview, cases.signal_run TO unidossier_store;
GRANT SELECT, INSERT, UPDATE ON cases.gathered, cases.access_count, cases.count_mark TO unidossier_store;
GRANT SELECT, INSERT, UPDATE ON cases.rights_proposal, registry.institution_setting TO unidossier_store;
GRANT SELECT, INSERT ON record.version, record.directory, record.presence, record.attachment, registry.patient_identifier, registry.foreign_resource TO unidossier_store;
GRANT SELECT ON registry.institution, registry.institution_setting, registry.employment, registry.team, registry.duty, gate.setting_default, gate.rights, gate.rights_version, gate.function TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.is_entry_of, gate.in_common, gate.change_fits, gate.change_rights, gate.unexplained, gate.rushing, gate.count_entries TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.kept, gate.sees_every_number, gate.gp_opens TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.grant_found TO unidossier_store;  -- what a search over several patients has found
GRANT EXECUTE ON FUNCTION gate.cur, gate.session_of, gate.any_session_of, gate.app_may, gate.app_covers, gate.app_reach, gate.app_may_store, gate.app_fits, gate.write_entry, gate.employed, gate.holds, gate.rights_of, gate.setting, gate.is_called, gate.sought, gate.touch TO unidossier_store;
-- decisions of the patient: mandates that wait for a person, what a reported entry says, who has a number
GRANT SELECT, INSERT, UPDATE ON relations.mandate_waiting TO unidossier_store;
GRANT SELECT ON registry.person_identifier TO unidossier_store;
GRANT SELECT (id, at, person_id, person_name, function, institution_id, patient_id, verb, permitted) ON log.entry TO unidossier_store;
GRANT SELECT ON log.listed TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.birthday TO unidossier_store;
GRANT EXECUTE ON FUNCTION record.words, record.refuse, record.fresh, relations.from_work, relations.lasts,
    cases.open_task, cases.note, cases.close_task, notices.tell TO unidossier_store;
GRANT EXECUTE ON FUNCTION cases.page, registry.likely_duplicates, registry.alike TO unidossier_gate;
GRANT EXECUTE ON FUNCTION registry.alike TO unidossier_app;
-- the federal platform's word, and the ways out of a notice
GRANT SELECT, INSERT, UPDATE ON relations.federal_exclusion, relations.federal_consent, relations.federal_feed TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.check_word TO unidossier_store;
GRANT EXECUTE ON FUNCTION notices.letter_patients TO unidossier_gate;
-- who looked: what somebody who acts for the patient may not know of (MY-15, REP-2)
GRANT EXECUTE ON FUNCTION record.hidden_from TO unidossier_gate;
GRANT EXECUTE ON FUNCTION gate.accesses_shown, gate.side_of TO unidossier_store;

-- carers outside: their tries, claims of their forms, and new accounts with practice and employment (CON-2)
GRANT SELECT, INSERT, UPDATE ON relations.attempt, relations.claim, registry.applicant TO unidossier_store;
GRANT SELECT, INSERT ON relations.attempt_found, registry.person_identifier TO unidossier_store;
GRANT INSERT ON registry.institution, registry.employment TO unidossier_store;

GRANT SELECT, INSERT, UPDATE ON registry.email_change, notices.carer_message TO unidossier_store;  -- MY-12, BTG-4
GRANT EXECUTE ON FUNCTION notices.told_patients TO unidossier_gate;
-- the registration desk: numbers over time, history, duplicates; of every line about a patient it may change whose it is, and nothing else of it (REC-8)
GRANT SELECT, INSERT, UPDATE ON registry.patient_identifier, registry.merge, registry.death_reversal, registry.person, registry.person_identifier TO unidossier_store;
GRANT SELECT, INSERT ON registry.patient_change, registry.merge_moved, registry.not_same, registry.patient_version TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.birthday, gate.age_of, gate.own_access_age TO unidossier_store;
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT place FROM registry.places() UNION ALL SELECT 'record.directory' LOOP
        EXECUTE format('GRANT UPDATE (patient_id) ON %s TO unidossier_store', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['registry.patient_change', 'registry.merge', 'registry.not_same', 'registry.death_reversal', 'registry.email_change', 'notices.carer_message', 'registry.patient_version'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS writer ON %s', one);
        EXECUTE format('CREATE POLICY writer ON %s FOR ALL TO unidossier_store USING (true) WITH CHECK (true)', one);
        EXECUTE format('DROP POLICY IF EXISTS decider ON %s', one);
        EXECUTE format('CREATE POLICY decider ON %s FOR SELECT TO unidossier_gate USING (true)', one);
    END LOOP;
END $$;

-- the sequencer calls these and reads no table: of an entry it gets the digest alone
GRANT EXECUTE ON FUNCTION log.trees, log.pending, log.unplaced, log.settle, log.leaves, log.integrate, log.begin_year, log.note, log.note_restore, log.note_trouble TO unidossier_sequencer;
GRANT EXECUTE ON FUNCTION gate.write_entry, gate.session_of TO unidossier_log;
-- the comparisons of LOG-8 ask which grants live, which patients are known, and what the last migration sealed; never who a patient is
GRANT EXECUTE ON FUNCTION gate.grants_without_entry, gate.live_grants, gate.nobody, gate.entries_seen TO unidossier_log;
GRANT SELECT ON gate.seal TO unidossier_log;
GRANT EXECUTE ON FUNCTION log.untold_alarms, log.mark_alarm_told, log.close_alarm TO unidossier_store;
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['log.served', 'log.alarm', 'log.gap', 'log.check_mark'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS comparer ON %s', one);
        EXECUTE format('CREATE POLICY comparer ON %s FOR ALL TO unidossier_log USING (true) WITH CHECK (true)', one);
    END LOOP;
END $$;
-- a proof opens what "who looked" shows, by the same rule
GRANT EXECUTE ON FUNCTION gate.cur, gate.log_patients, gate.accesses_shown TO unidossier_log;

-- what leaves the log, and the two people who decide it (LOG-4): the one UPDATE and the one dropping of a month are functions of the log's owner
GRANT SELECT ON cases.erasure_request, cases.setting_proposal, cases.restore_account, log.erasure TO unidossier_app;
GRANT SELECT, INSERT, UPDATE ON cases.erasure_request, cases.legal_hold, cases.setting_proposal, cases.restore_account TO unidossier_store;
GRANT EXECUTE ON FUNCTION log.about, log.erase, log.months, log.still_needed, log.count_entries, log.drop_month, log.restores, log.explain_restored, log.dropped TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.session_behind, gate.must_be_fresh TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.still_needed TO unidossier_store, unidossier_log;
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['cases.erasure_request', 'cases.legal_hold', 'cases.setting_proposal', 'cases.restore_account'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS writer ON %s', one);
        EXECUTE format('CREATE POLICY writer ON %s FOR ALL TO unidossier_store USING (true) WITH CHECK (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['cases.legal_hold', 'cases.gathered'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS decider ON %s', one);
        EXECUTE format('CREATE POLICY decider ON %s FOR SELECT TO unidossier_gate USING (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['log.erasure', 'log.dropped_month', 'log.listed'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS keeper ON %s', one);
        EXECUTE format('CREATE POLICY keeper ON %s FOR ALL TO unidossier_log USING (true) WITH CHECK (true)', one);
    END LOOP;
    DROP POLICY IF EXISTS keeper ON log.entry;
    CREATE POLICY keeper ON log.entry FOR UPDATE TO unidossier_log USING (true) WITH CHECK (true);
END $$;

-- exports of an institution's own data, subscriptions and the addresses they may be told at: kept by the one writer, read by nobody else
GRANT SELECT, INSERT, UPDATE ON record.export, notices.hook_address TO unidossier_store;
GRANT SELECT, INSERT ON record.export_part TO unidossier_store;
GRANT SELECT, INSERT, UPDATE, DELETE ON notices.subscription, notices.event, notices.happening, notices.socket_token TO unidossier_store;
GRANT EXECUTE ON FUNCTION gate.behind, gate.weigh_behind, gate.app_of, gate.told_items TO unidossier_store;
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['record.export', 'record.export_part', 'notices.hook_address', 'notices.subscription', 'notices.event', 'notices.happening', 'notices.socket_token'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS writer ON %s', one);
        EXECUTE format('CREATE POLICY writer ON %s FOR ALL TO unidossier_store USING (true) WITH CHECK (true)', one);
    END LOOP;
END $$;

-- Policies of the two roles that decide and write; NOLOGIN, reached only through the functions above.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['registry.patient', 'registry.patient_identifier', 'relations.relation', 'relations.exclusion', 'relations.lifting', 'relations.representation', 'relations.opening', 'cases.task', 'cases.gathered', 'cases.overview',
                               'relations.appointment', 'relations.stay', 'record.directory', 'record.presence'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS decider ON %s', one);
        EXECUTE format('CREATE POLICY decider ON %s FOR SELECT TO unidossier_gate USING (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['log.entry', 'log.listed'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS decider ON %s', one);
        EXECUTE format('CREATE POLICY decider ON %s FOR SELECT TO unidossier_gate USING (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['log.entry', 'log.listed'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS witness ON %s', one);
        EXECUTE format('CREATE POLICY witness ON %s FOR INSERT TO unidossier_gate WITH CHECK (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['log.entry', 'log.listed'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS teller ON %s', one);
        EXECUTE format('CREATE POLICY teller ON %s FOR SELECT TO unidossier_store USING (true)', one);
    END LOOP;
    EXECUTE 'ALTER TABLE relations.mandate_waiting ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY';
    EXECUTE 'DROP POLICY IF EXISTS writer ON relations.mandate_waiting';
    EXECUTE 'CREATE POLICY writer ON relations.mandate_waiting FOR ALL TO unidossier_store USING (true) WITH CHECK (true)';
    FOREACH one IN ARRAY ARRAY['relations.federal_exclusion', 'relations.federal_consent', 'relations.federal_feed'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS writer ON %s', one);
        EXECUTE format('CREATE POLICY writer ON %s FOR ALL TO unidossier_store USING (true) WITH CHECK (true)', one);
    END LOOP;
    -- the log's own functions: they read entries and keep the tree
    EXECUTE 'DROP POLICY IF EXISTS sequencer ON log.entry';
    EXECUTE 'CREATE POLICY sequencer ON log.entry FOR SELECT TO unidossier_log USING (true)';
    FOREACH one IN ARRAY ARRAY['log.tree', 'log.leaf', 'log.restored'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('DROP POLICY IF EXISTS sequencer ON %s', one);
        EXECUTE format('CREATE POLICY sequencer ON %s FOR ALL TO unidossier_log USING (true) WITH CHECK (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['relations.attempt', 'relations.attempt_found', 'relations.claim', 'registry.applicant', 'record.item', 'record.version', 'record.directory', 'record.presence', 'record.attachment', 'relations.relation', 'relations.appointment',
                               'relations.stay', 'relations.representation', 'relations.exclusion', 'relations.lifting', 'relations.opening', 'registry.patient', 'registry.patient_identifier', 'registry.person',
                               'cases.task', 'cases.event', 'cases.overview', 'cases.gathered', 'cases.signal_run', 'cases.access_count', 'cases.count_mark', 'cases.rights_proposal', 'notices.notice', 'notices.dispatch', 'notices.preference'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS writer ON %s', one);
        EXECUTE format('CREATE POLICY writer ON %s FOR ALL TO unidossier_store USING (true) WITH CHECK (true)', one);
    END LOOP;
END $$;

-- Names of carers are known to all; those of patients, parents and representatives are not.
ALTER TABLE registry.person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS reader ON registry.person;
CREATE POLICY reader ON registry.person FOR SELECT TO unidossier_app USING (professional);
DROP POLICY IF EXISTS decider ON registry.person;
CREATE POLICY decider ON registry.person FOR SELECT TO unidossier_gate USING (true);

-- Acts of people: each function whose comment is 'application' may be called by the application. The list is held by tests/gate/test_attacks_privileges.py.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
               WHERE n.nspname IN ('gate', 'record', 'relations', 'registry', 'cases', 'notices', 'log') AND obj_description(p.oid, 'pg_proc') = 'application' LOOP
        EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO unidossier_app', one);
    END LOOP;
END $$;
