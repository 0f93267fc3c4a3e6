-- ACS-1, first version: what each function may do with each category. Data, not code: a change is a new version with a date and a reason.
-- The filled cells of the national access matrix are not public; this is a marked assumption to be replaced by it (docs/adr/0006).
DO $$
BEGIN
    IF EXISTS (SELECT FROM gate.rights_version) THEN
        RETURN;
    END IF;
    INSERT INTO gate.rights_version (version, made_by, reason) VALUES (1, 'Unidossier', 'First table: assumption until the national access matrix is published');
    INSERT INTO gate.rights (version, function, action, category)
    SELECT 1, f, a, c.code FROM (VALUES
        -- function(s), actions, categories ('*' = all)
        ('gp specialist emergency-physician trainee-physician', 'read enter', '*'),
        ('gp specialist emergency-physician', 'plan', 'administrative agenda order'),
        ('trainee-physician', 'plan', 'agenda order'),
        ('dentist', 'read', 'administrative agenda problem allergy medication prescription laboratory report letter discharge operation imaging examination order questionnaire patient-document'),
        ('dentist', 'enter', 'report letter prescription imaging examination order'),
        ('dentist', 'plan', 'agenda order'),
        ('pharmacist-hospital pharmacist-public', 'read', 'administrative problem allergy vaccination medication prescription'),
        ('pharmacist-hospital', 'enter', 'medication prescription'),
        ('pharmacist-public', 'enter', 'medication'),
        ('clinical-biologist', 'read', 'administrative agenda problem allergy medication laboratory order vital-sign'),
        ('clinical-biologist', 'enter', 'laboratory order'),
        ('laboratory-technologist', 'read', 'administrative agenda laboratory order'),
        ('laboratory-technologist', 'enter', 'laboratory'),
        ('imaging-technologist', 'read', 'administrative agenda allergy imaging order'),
        ('imaging-technologist', 'enter', 'imaging'),
        ('nurse', 'read', 'administrative agenda problem allergy vaccination medication prescription vital-sign laboratory report letter discharge operation imaging examination care-plan order questionnaire patient-document'),
        ('nurse', 'enter', 'vital-sign report care-plan questionnaire allergy vaccination'),
        ('nurse', 'plan', 'agenda'),
        ('practical-nurse', 'read', 'administrative agenda allergy vital-sign care-plan'),
        ('practical-nurse', 'enter', 'vital-sign care-plan'),
        ('midwife', 'read', 'administrative agenda problem allergy vaccination medication vital-sign laboratory report letter discharge operation imaging examination care-plan order questionnaire gynaecology'),
        ('midwife', 'enter', 'vital-sign report care-plan gynaecology vaccination'),
        ('midwife', 'plan', 'agenda'),
        ('physiotherapist', 'read', 'administrative agenda problem allergy report letter discharge operation imaging care-plan order'),
        ('physiotherapist', 'enter', 'report care-plan'),
        ('occupational-therapist', 'read', 'administrative agenda problem report discharge care-plan order'),
        ('occupational-therapist', 'enter', 'report care-plan'),
        ('dietician', 'read', 'administrative agenda problem allergy medication vital-sign laboratory report care-plan order'),
        ('dietician', 'enter', 'report care-plan'),
        ('psychologist', 'read', 'administrative agenda problem medication report letter discharge care-plan order questionnaire psychiatry'),
        ('psychologist', 'enter', 'report care-plan psychiatry'),
        ('social-worker', 'read', 'administrative agenda problem report care-plan discharge'),
        ('social-worker', 'enter', 'report care-plan'),
        ('researcher', 'read', 'problem medication vital-sign laboratory report imaging examination'),
        ('reception medical-secretary', 'read', 'administrative agenda'),
        ('reception medical-secretary', 'plan', 'administrative agenda'),
        ('billing', 'read', 'administrative agenda'),
        ('gp specialist emergency-physician trainee-physician dentist clinical-biologist pharmacist-hospital nurse midwife', 'break-the-glass', '*'),
        ('patient', 'read', '*'),
        ('patient', 'enter', 'questionnaire patient-document'),
        ('representative', 'read', '*'),
        ('representative', 'enter', 'questionnaire patient-document'),
        ('machine', 'read deliver', '*'),
        ('patient representative', 'decide', 'administrative'),
        ('registration-desk ombuds medical-director data-protection-officer security-officer', 'govern', 'administrative'),
        ('registration-desk', 'register', 'administrative'),
        ('ombuds', 'mediate', 'administrative'),
        ('medical-director', 'direct', 'administrative'),
        ('data-protection-officer', 'protect', 'administrative'),
        ('data-protection-officer security-officer', 'guard', 'administrative'),
        ('ombuds medical-director data-protection-officer', 'oversee', 'administrative')
    ) AS t (functions, actions, categories), unnest(string_to_array(functions, ' ')) f, unnest(string_to_array(actions, ' ')) a, gate.category c
    WHERE categories = '*' OR c.slug = ANY (string_to_array(categories, ' '));
END $$;
