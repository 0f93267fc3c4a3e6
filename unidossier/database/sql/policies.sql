-- Row security of every table of a record, for the application. Run by the migrating role, which inherits from the owners.
-- The policies themselves. `(SELECT f())` is computed once a statement; the patient drives the index.
DO $$
DECLARE
    -- in the order of frequency, each look made once a statement and only when it is needed: what may be seen of every institution; what only of
    -- one's own; and, for carers outside without signed consent, what may be seen of those institutions that do not ask for it (CON-4)
    visible constant text := $p$ ((vis & (SELECT gate.mask_other())) <> 0
        OR (vis & (SELECT gate.mask_own())) <> 0 AND institution_id = (SELECT gate.institution())
        OR (vis & (SELECT gate.mask_open())) <> 0 AND institution_id <> ALL ((SELECT gate.closed())::uuid[])) $p$;
    -- an app sees of a type what its scopes name; whoever is no app, everything (SMART App Launch 2.2)
    in_scope constant text := $p$ ((SELECT gate.app_reads()) IS NULL
        OR (coalesce(((SELECT gate.app_reads()) ->> type)::bigint, 0) | coalesce(((SELECT gate.app_reads()) ->> '*')::bigint, 0)) & (1::bigint << category) <> 0) $p$;
    policies constant text[][] := ARRAY[
        ['record.item', 'patient_id = (SELECT gate.patient()) AND ' || visible || $p$
            AND (held_until IS NULL OR held_until <= now() OR (SELECT gate.sees_held())) AND (NOT confidential OR (SELECT gate.sees_confidential())) AND $p$ || in_scope],
        -- content: only of items named by the entry, or sought by its words, and only versions the reader may see, of items he may see
        ['record.version', 'patient_id = (SELECT gate.patient()) AND (item_id = ANY ((SELECT gate.items())::uuid[]) OR (SELECT gate.opens_found())) AND ' || visible ||
            'AND EXISTS (SELECT FROM record.item i WHERE i.patient_id = version.patient_id AND i.id = version.item_id AND ' || replace(replace(in_scope, '>> type', '>> i.type'), '<< category', '<< version.category') || ')'],
        ['record.attachment', 'patient_id = (SELECT gate.patient()) AND item_id = ANY ((SELECT gate.items())::uuid[])
            AND EXISTS (SELECT FROM record.version v WHERE v.patient_id = attachment.patient_id AND v.item_id = attachment.item_id AND v.version = attachment.version)'],
        ['record.presence', 'patient_id = ANY ((SELECT gate.patients())::uuid[])'],
        ['registry.patient', 'id = ANY ((SELECT gate.patients())::uuid[])'],
        ['registry.patient_identifier', 'patient_id = ANY ((SELECT gate.patients())::uuid[]) AND (institution_id IS NULL OR institution_id = (SELECT gate.institution()) OR (SELECT gate.sees_every_number()))'],
        ['relations.relation', 'patient_id = ANY ((SELECT gate.patients())::uuid[])'],
        ['relations.appointment', 'patient_id = ANY ((SELECT gate.agenda())::uuid[])'],
        ['relations.stay', 'patient_id = ANY ((SELECT gate.agenda())::uuid[])'],
        ['relations.representation', 'patient_id = ANY ((SELECT gate.patients())::uuid[])'],
        ['relations.federal_feed', '(SELECT gate.patients()) IS NOT NULL'],  -- names nobody: any grant reads it
        ['relations.federal_consent', 'patient_id = (SELECT gate.log_patient())'],
        ['relations.exclusion', 'patient_id = (SELECT gate.log_patient())'],
        ['relations.lifting', 'patient_id = (SELECT gate.log_patient())'],
        ['relations.opening', 'patient_id = ANY ((SELECT gate.patients())::uuid[])'],
        ['relations.attempt', 'person_id = (SELECT gate.person())'],
        ['relations.claim', 'person_id = (SELECT gate.person())'],
        ['registry.applicant', 'institution_id = (SELECT gate.desk_institution()) AND (SELECT gate.desk_function()) = ''medical-director'''],
        -- the Desk: tasks of one's own institution and function; about a patient only under an entry that names him
        ['cases.task', 'institution_id = (SELECT gate.desk_institution()) AND function = (SELECT gate.desk_function()) AND (patient_id IS NULL OR patient_id = ANY ((SELECT gate.patients())::uuid[]))'],
        ['cases.event', 'task_id = ANY (ARRAY(SELECT t.id FROM cases.task t WHERE t.institution_id = (SELECT gate.desk_institution())))'],
        ['cases.overview', 'institution_id = (SELECT gate.desk_institution()) AND patient_id = ANY ((SELECT gate.patients())::uuid[])'],
        ['cases.gathered', 'task_id = ANY (ARRAY(SELECT t.id FROM cases.task t WHERE t.institution_id = (SELECT gate.desk_institution())))'],
        ['cases.signal_run', 'institution_id = (SELECT gate.desk_institution())'],
        -- the function table is one for all: every data protection officer sees what waits for a second one
        ['cases.rights_proposal', '(SELECT gate.desk_institution()) IS NOT NULL AND (SELECT gate.desk_function()) = ''data-protection-officer'''],
        -- what two officers decide together: it names no patient
        ['cases.erasure_request', '(SELECT gate.desk_institution()) IS NOT NULL AND (SELECT gate.desk_function()) IN (''data-protection-officer'', ''security-officer'')'],
        ['cases.setting_proposal', '(SELECT gate.desk_institution()) IS NOT NULL AND (SELECT gate.desk_function()) IN (''data-protection-officer'', ''security-officer'')'],
        ['cases.restore_account', '(SELECT gate.desk_institution()) IS NOT NULL AND (SELECT gate.desk_function()) IN (''data-protection-officer'', ''security-officer'')'],
        ['log.erasure', 'about && (SELECT gate.log_patients())::uuid[]'],
        ['notices.notice', 'patient_id = (SELECT gate.log_patient())'],
        ['notices.dispatch', 'patient_id = (SELECT gate.log_patient())'],
        ['notices.preference', 'patient_id = (SELECT gate.log_patient())'],
        -- what the registration desk changed: read by the patient beside his log, and by the Desk
        ['registry.patient_change', 'patient_id = (SELECT gate.log_patient())'],
        ['registry.merge', 'kept = (SELECT gate.log_patient()) OR merged = (SELECT gate.log_patient())'],
        ['registry.not_same', 'one = ANY ((SELECT gate.patients())::uuid[]) AND other = ANY ((SELECT gate.patients())::uuid[])'],
        ['registry.death_reversal', 'patient_id = ANY ((SELECT gate.patients())::uuid[]) AND institution_id = (SELECT gate.desk_institution())'],
        -- and of those merged into him: their entries stayed where they were (REC-8)
        ['log.entry', 'patient_id = ANY ((SELECT gate.desk_log_patients())::uuid[])'],
        ['log.listed', 'patient_id = ANY ((SELECT gate.desk_log_patients())::uuid[])']
    ];
    one text[];
BEGIN
    -- read by the writer alone: no policy for anybody else
    ALTER TABLE notices.carer_message ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE registry.email_change ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE registry.patient_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE cases.access_count ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE cases.count_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    ALTER TABLE relations.attempt_found ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    FOREACH one SLICE 1 IN ARRAY policies LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', one[1]);
        EXECUTE format('DROP POLICY IF EXISTS reader ON %s', one[1]);
        EXECUTE format('CREATE POLICY reader ON %s FOR SELECT TO unidossier_app USING (%s)', one[1], one[2]);
    END LOOP;
END
$$;

-- With its rights in place: patients who were registered before their versions were kept.
SELECT registry.begin_versions();
