-- The vocabulary the log and the screens speak: code, English, French, Dutch, German.
INSERT INTO gate.category (code, slug, words)
SELECT code, slug, jsonb_build_object('en', en, 'fr', fr, 'nl', nl, 'de', de) FROM (VALUES
    (0, 'administrative', 'Administrative data', 'Données administratives', 'Administratieve gegevens', 'Verwaltungsdaten'),
    (1, 'agenda', 'Appointments and stays', 'Rendez-vous et séjours', 'Afspraken en verblijven', 'Termine und Aufenthalte'),
    (2, 'problem', 'Problems', 'Problèmes', 'Problemen', 'Probleme'),
    (3, 'allergy', 'Allergies', 'Allergies', 'Allergieën', 'Allergien'),
    (4, 'vaccination', 'Vaccinations', 'Vaccinations', 'Vaccinaties', 'Impfungen'),
    (5, 'medication', 'Medication', 'Médicaments', 'Medicatie', 'Medikamente'),
    (6, 'prescription', 'Prescriptions', 'Prescriptions', 'Voorschriften', 'Verordnungen'),
    (7, 'vital-sign', 'Vital signs', 'Paramètres vitaux', 'Vitale parameters', 'Vitalzeichen'),
    (8, 'laboratory', 'Laboratory', 'Laboratoire', 'Laboratorium', 'Labor'),
    (9, 'report', 'Reports', 'Comptes rendus', 'Verslagen', 'Berichte'),
    (10, 'letter', 'Letters', 'Lettres', 'Brieven', 'Briefe'),
    (11, 'discharge', 'Discharge letters', 'Lettres de sortie', 'Ontslagbrieven', 'Entlassungsbriefe'),
    (12, 'operation', 'Operations', 'Opérations', 'Operaties', 'Operationen'),
    (13, 'imaging', 'Imaging', 'Imagerie', 'Beeldvorming', 'Bildgebung'),
    (14, 'examination', 'Technical examinations', 'Examens techniques', 'Technische onderzoeken', 'Technische Untersuchungen'),
    (15, 'care-plan', 'Care plans', 'Plans de soins', 'Zorgplannen', 'Pflegepläne'),
    (16, 'order', 'Orders', 'Demandes', 'Aanvragen', 'Anforderungen'),
    (17, 'questionnaire', 'Questionnaires', 'Questionnaires', 'Vragenlijsten', 'Fragebögen'),
    (18, 'patient-document', 'Documents of the patient', 'Documents du patient', 'Documenten van de patiënt', 'Dokumente des Patienten'),
    (19, 'psychiatry', 'Psychiatry', 'Psychiatrie', 'Psychiatrie', 'Psychiatrie'),
    (20, 'gynaecology', 'Gynaecology', 'Gynécologie', 'Gynaecologie', 'Gynäkologie')
) AS t (code, slug, en, fr, nl, de)
ON CONFLICT (code) DO UPDATE SET slug = excluded.slug, words = excluded.words;

INSERT INTO gate.function (slug, kind, words)
SELECT slug, kind, jsonb_build_object('en', en, 'fr', fr, 'nl', nl, 'de', de) FROM (VALUES
    ('gp', 'carer', 'General practitioner', 'Médecin généraliste', 'Huisarts', 'Hausarzt'),
    ('specialist', 'carer', 'Specialist', 'Médecin spécialiste', 'Arts-specialist', 'Facharzt'),
    ('emergency-physician', 'carer', 'Emergency physician', 'Médecin urgentiste', 'Urgentiearts', 'Notarzt'),
    ('trainee-physician', 'carer', 'Physician in training', 'Médecin en formation', 'Arts in opleiding', 'Arzt in Ausbildung'),
    ('dentist', 'carer', 'Dentist', 'Dentiste', 'Tandarts', 'Zahnarzt'),
    ('pharmacist-hospital', 'carer', 'Hospital pharmacist', 'Pharmacien hospitalier', 'Ziekenhuisapotheker', 'Krankenhausapotheker'),
    ('pharmacist-public', 'carer', 'Pharmacist', 'Pharmacien', 'Apotheker', 'Apotheker'),
    ('clinical-biologist', 'carer', 'Clinical biologist', 'Biologiste clinique', 'Klinisch bioloog', 'Klinischer Biologe'),
    ('laboratory-technologist', 'carer', 'Laboratory technologist', 'Technologue de laboratoire', 'Laboratoriumtechnoloog', 'Labortechnologe'),
    ('imaging-technologist', 'carer', 'Imaging technologist', 'Technologue en imagerie', 'Technoloog beeldvorming', 'Technologe für Bildgebung'),
    ('nurse', 'carer', 'Nurse', 'Infirmier', 'Verpleegkundige', 'Krankenpfleger'),
    ('practical-nurse', 'carer', 'Care assistant', 'Aide-soignant', 'Zorgkundige', 'Pflegehelfer'),
    ('midwife', 'carer', 'Midwife', 'Sage-femme', 'Vroedvrouw', 'Hebamme'),
    ('physiotherapist', 'carer', 'Physiotherapist', 'Kinésithérapeute', 'Kinesitherapeut', 'Kinesitherapeut'),
    ('occupational-therapist', 'carer', 'Occupational therapist', 'Ergothérapeute', 'Ergotherapeut', 'Ergotherapeut'),
    ('dietician', 'carer', 'Dietician', 'Diététicien', 'Diëtist', 'Diätassistent'),
    ('psychologist', 'carer', 'Psychologist', 'Psychologue', 'Psycholoog', 'Psychologe'),
    ('social-worker', 'carer', 'Social worker', 'Assistant social', 'Maatschappelijk werker', 'Sozialarbeiter'),
    ('researcher', 'carer', 'Researcher', 'Chercheur', 'Onderzoeker', 'Forscher'),
    ('reception', 'staff', 'Reception', 'Accueil', 'Onthaal', 'Empfang'),
    ('medical-secretary', 'staff', 'Medical secretary', 'Secrétaire médical', 'Medisch secretaris', 'Arztsekretär'),
    ('billing', 'staff', 'Billing', 'Facturation', 'Facturatie', 'Rechnungsstelle'),
    ('registration-desk', 'governance', 'Registration desk', 'Bureau des inscriptions', 'Inschrijvingsbalie', 'Anmeldung'),
    ('ombuds', 'governance', 'Ombuds service', 'Service de médiation', 'Ombudsdienst', 'Ombudsdienst'),
    ('medical-director', 'governance', 'Medical director', 'Directeur médical', 'Medisch directeur', 'Ärztlicher Direktor'),
    ('data-protection-officer', 'governance', 'Data protection officer', 'Délégué à la protection des données', 'Functionaris gegevensbescherming', 'Datenschutzbeauftragter'),
    ('security-officer', 'governance', 'Security officer', 'Responsable de la sécurité', 'Veiligheidsverantwoordelijke', 'Sicherheitsbeauftragter'),
    ('patient', 'patient', 'Patient', 'Patient', 'Patiënt', 'Patient'),
    ('representative', 'representative', 'Representative', 'Représentant', 'Vertegenwoordiger', 'Vertreter'),
    ('machine', 'machine', 'Computer system', 'Système informatique', 'Computersysteem', 'Computersystem')
) AS t (slug, kind, en, fr, nl, de)
ON CONFLICT (slug) DO UPDATE SET kind = excluded.kind, words = excluded.words;

-- act: what the decision is asked; action: the column of the function table
INSERT INTO gate.verb (slug, act, action, words)
SELECT slug, act, action, jsonb_build_object('en', en, 'fr', fr, 'nl', nl, 'de', de) FROM (VALUES
    ('open-record', 'open', 'read', 'opened the record', 'a ouvert le dossier', 'opende het dossier', 'öffnete die Akte'),
    ('search-record', 'open', 'read', 'searched in the record', 'a cherché dans le dossier', 'zocht in het dossier', 'suchte in der Akte'),
    ('open-item', 'open', 'read', 'read a document or result', 'a lu un document ou un résultat', 'las een document of resultaat', 'las ein Dokument oder Ergebnis'),
    ('show-trend', 'open', 'read', 'looked at the course of a value', 'a consulté l’évolution d’une valeur', 'bekeek het verloop van een waarde', 'sah den Verlauf eines Wertes an'),
    ('open-attachment', 'open', 'read', 'opened an attached file', 'a ouvert un fichier joint', 'opende een bijlage', 'öffnete eine Anlage'),
    ('fhir-read', 'open', 'read', 'fetched an item by computer', 'a récupéré un élément par ordinateur', 'haalde een gegeven op per computer', 'rief einen Eintrag per Computer ab'),
    ('who-looked', 'open', 'read', 'looked at the list of accesses', 'a consulté la liste des accès', 'bekeek de lijst van inzages', 'sah die Liste der Zugriffe an'),
    ('write-report', 'open', 'enter', 'wrote in the record', 'a écrit dans le dossier', 'schreef in het dossier', 'schrieb in die Akte'),
    ('plan', 'plan', 'plan', 'planned an appointment or stay', 'a planifié un rendez-vous ou un séjour', 'plande een afspraak of verblijf', 'plante einen Termin oder Aufenthalt'),
    ('deliver', 'deliver', 'deliver', 'delivered data by computer', 'a livré des données par ordinateur', 'leverde gegevens per computer', 'lieferte Daten per Computer'),
    ('register-patient', 'plan', 'plan', 'registered the patient', 'a enregistré le patient', 'schreef de patiënt in', 'registrierte den Patienten'),
    ('list-patients', 'open', 'read', 'saw the name in a list', 'a vu le nom dans une liste', 'zag de naam in een lijst', 'sah den Namen in einer Liste'),
    ('find-patient', 'open', 'read', 'found the name by searching', 'a trouvé le nom par une recherche', 'vond de naam door te zoeken', 'fand den Namen durch eine Suche'),
    ('show-agenda', 'open', 'read', 'saw the name in the agenda', 'a vu le nom dans l’agenda', 'zag de naam in de agenda', 'sah den Namen im Terminkalender'),
    ('sign-in', 'open', 'read', 'signed in', 's’est connecté', 'meldde zich aan', 'meldete sich an'),
    ('sign-out', 'open', 'read', 'signed out', 's’est déconnecté', 'meldde zich af', 'meldete sich ab')
) AS t (slug, act, action, en, fr, nl, de)
ON CONFLICT (slug) DO UPDATE SET act = excluded.act, action = excluded.action, words = excluded.words;

-- Lengths of ACD-4 and the other settings, where an institution has not chosen its own.
INSERT INTO gate.setting_default (name, value, meaning) VALUES
    ('consent-model', 'gp-default', 'CON-3 gp-default, or CON-4 written-consent'),
    ('lead.appointment', '7 days', 'how long before an appointment its carers may prepare'),
    ('length.appointment', '3 months', 'ACD-4: after the end of an ambulatory treatment'),
    ('length.contact', '3 months', 'ACD-4: after a consultation'),
    ('length.stay', '3 months', 'ACD-4: after the end of a stay'),
    ('length.order', '3 months', 'ACD-4: the performing service, limited to what the order needs'),
    ('length.referral', '3 months', 'ACD-4'),
    ('length.care-team', '0 days', 'a named team ends with its period'),
    ('length.emergency', '1 month', 'ACD-4'),
    ('length.gp', '12 months', 'ACD-4: from the last confirmation'),
    ('length.link', '12 months', 'CON-7'),
    ('glass.hours', '12', 'BTG-3'),
    ('log.presentation', 'named', 'MY-15: named, pseudonymised or anonymised'),
    ('exclusion.online', 'on', 'EXC-4'),
    ('sms', 'off', 'MY-2')
ON CONFLICT (name) DO UPDATE SET value = excluded.value, meaning = excluded.meaning;
