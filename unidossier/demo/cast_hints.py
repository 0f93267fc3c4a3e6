"""What each account is good to try, in four languages."""

from unidossier.demo.world import Texts


def _t(nl: str, fr: str, de: str, en: str) -> Texts:
    return {"nl": nl, "fr": fr, "de": de, "en": en}


# Main accounts by username; the others by function.
HINTS: dict[str, Texts] = {
    "an.verlinden": _t(
        "Open Rita Goossens op uw afdeling: dertig jaar dossier. Zoek, open een labtrend, schrijf een verslag.",
        "Ouvrez Rita Goossens dans votre unité : trente ans de dossier. Cherchez, ouvrez une courbe, écrivez un rapport.",
        "Öffnen Sie Rita Goossens auf Ihrer Station: dreißig Jahre Akte. Suchen, Verlauf ansehen, Bericht schreiben.",
        "Open Rita Goossens on your ward: a record of thirty years. Search, open a laboratory trend, write a report."),
    "sofie.claes": _t(
        "Bekijk de patiënten van uw afdeling en hun medicatieschema. Uw eigen dossier blijft hier voor u dicht.",
        "Voyez les patients de votre unité et leur schéma de médication. Votre propre dossier vous reste fermé ici.",
        "Sehen Sie die Patienten Ihrer Station und deren Medikationsplan. Ihre eigene Akte bleibt hier geschlossen.",
        "See the patients of your ward and their medication scheme. Your own record stays closed to you here."),
    "koen.bogaert": _t(
        "Zoek een patiënt zonder relatie met u, bijvoorbeeld Frans Van Acker: hoe de weigering klinkt en wat dan kan.",
        "Cherchez un patient sans relation avec vous, par exemple Frans Van Acker : le refus et les voies ouvertes.",
        "Suchen Sie einen Patienten ohne Beziehung zu Ihnen, etwa Frans Van Acker: die Ablehnung und was dann geht.",
        "Look for a patient without a relation to you, for example Frans Van Acker: the refusal and what is then open."),
    "ilse.daems": _t(
        "Bekijk de agenda van vandaag. Administratieve gegevens ziet u, medische niet.",
        "Consultez l'agenda du jour. Vous voyez l'administratif, pas le médical.",
        "Sehen Sie die Termine von heute. Verwaltungsdaten sehen Sie, medizinische nicht.",
        "See today's agenda. You see administrative data, not clinical data."),
    "griet.thijs": _t(
        "Bekijk de aanvragen voor uw laboratorium: u ziet wat de aanvraag nodig heeft, niet het hele dossier.",
        "Voyez les demandes adressées à votre laboratoire : ce qu'il faut pour la demande, pas tout le dossier.",
        "Sehen Sie die Anforderungen an Ihr Labor: was die Anforderung braucht, nicht die ganze Akte.",
        "See the orders for your laboratory: what the order needs, not the whole record."),
    "benoit.warnier": _t(
        "Open Mariam Haddad (BIS-nummer) in uw agenda van vandaag; vergelijk de EEG-verslagen.",
        "Ouvrez Mariam Haddad (numéro BIS) dans votre agenda du jour ; comparez les rapports d'EEG.",
        "Öffnen Sie Mariam Haddad (BIS-Nummer) in Ihren heutigen Terminen; vergleichen Sie die EEG-Berichte.",
        "Open Mariam Haddad (BIS number) in today's agenda; compare her EEG reports."),
    "birgit.heinen": _t(
        "Open Gertrud Schmitz: haar dossier komt uit Vennblick en Sainte-Aldegonde, Duits en Frans in één lijst.",
        "Ouvrez Gertrud Schmitz : Vennblick et Sainte-Aldegonde, allemand et français dans une seule liste.",
        "Öffnen Sie Gertrud Schmitz: Vennblick und Sainte-Aldegonde, Deutsch und Französisch in einer Liste.",
        "Open Gertrud Schmitz: Vennblick and Sainte-Aldegonde, German and French in one list."),
    "stijn.moens": _t(
        "Open Hubert Janssens na zijn heupbreuk: het revalidatieplan. U ziet minder dan een arts.",
        "Ouvrez Hubert Janssens après sa fracture de hanche : le plan de rééducation. Vous voyez moins qu'un médecin.",
        "Öffnen Sie Hubert Janssens nach seinem Hüftbruch: der Rehaplan. Sie sehen weniger als ein Arzt.",
        "Open Hubert Janssens after his hip fracture: the rehabilitation plan. You see less than a physician."),
    "hilde.lemmens": _t(
        "Uw patiënten als huisarts: open Willy De Backer. Concepten uit het ziekenhuis ziet u niet.",
        "Vos patients de généraliste : ouvrez Willy De Backer. Les brouillons de l'hôpital ne se voient pas.",
        "Ihre Patienten als Hausärztin: öffnen Sie Willy De Backer. Entwürfe des Krankenhauses sehen Sie nicht.",
        "Your patients as their GP: open Willy De Backer. Drafts of the hospital are not shown."),
    "philippe.collard": _t(
        "Sainte-Aldegonde vraagt schriftelijke toestemming: zie wat dat verandert voor uw patiënten.",
        "Sainte-Aldegonde exige un consentement écrit : voyez ce que cela change pour vos patients.",
        "Sainte-Aldegonde verlangt schriftliche Zustimmung: sehen Sie, was das für Ihre Patienten ändert.",
        "Sainte-Aldegonde requires written consent: see what that changes for your patients."),
    "rita.goossens": _t(
        "Uw eigen dossier van dertig jaar, in gewone woorden, en wie erin keek.",
        "Votre dossier de trente ans, en mots simples, et qui l'a consulté.",
        "Ihre eigene Akte aus dreißig Jahren, in einfachen Worten, und wer hineinsah.",
        "Your own record of thirty years, in plain words, and who looked."),
    "isabelle.marchal": _t(
        "Uw dossier na borstkanker: verslagen, beelden, volgende afspraak.",
        "Votre dossier après un cancer du sein : rapports, images, prochain rendez-vous.",
        "Ihre Akte nach Brustkrebs: Berichte, Bilder, nächster Termin.",
        "Your record after breast cancer: reports, images, next appointment."),
    "stefan.kessler": _t(
        "Uw diabetes: het verloop van uw suikerwaarde en uw medicatie.",
        "Votre diabète : l'évolution de votre glycémie et vos médicaments.",
        "Ihr Diabetes: der Verlauf Ihres Zuckerwerts und Ihre Medikamente.",
        "Your diabetes: the course of your blood sugar and your medicines."),
    "bart.vermeiren": _t(
        "Vader van Lotte en Seppe (tweeling, 7 jaar): wissel van profiel en bekijk hun vaccinaties.",
        "Père de Lotte et Seppe (jumeaux, 7 ans) : changez de profil et voyez leurs vaccins.",
        "Vater von Lotte und Seppe (Zwillinge, 7 Jahre): Profil wechseln und ihre Impfungen ansehen.",
        "Father of Lotte and Seppe (twins, aged 7): change profile and see their vaccinations."),
    "daniel.whitmore": _t(
        "Een bezoeker zonder Belgisch nummer, geopereerd in Sainte-Aldegonde.",
        "Un visiteur sans numéro belge, opéré à Sainte-Aldegonde.",
        "Ein Besucher ohne belgische Nummer, in Sainte-Aldegonde operiert.",
        "A visitor without a Belgian number, operated on at Sainte-Aldegonde."),
    "katrien.segers": _t(
        "Volg een klacht over inzage: u ziet het logboek, nooit medische inhoud.",
        "Suivez une plainte sur un accès : vous voyez le journal, jamais le contenu médical.",
        "Verfolgen Sie eine Beschwerde über einen Zugriff: Sie sehen das Protokoll, nie medizinische Inhalte.",
        "Follow a complaint about an access: you see the log, never clinical content."),
}  # fmt: skip

_CLINICAL = _t(
    "Open een patiënt van uw team: u ziet wat bij uw functie hoort, de rest is er niet.",
    "Ouvrez un patient de votre équipe : vous voyez ce qui relève de votre fonction, rien d'autre.",
    "Öffnen Sie einen Patienten Ihres Teams: Sie sehen, was zu Ihrer Funktion gehört, sonst nichts.",
    "Open a patient of your team: you see what belongs to your function, nothing else.")  # fmt: skip
_STAFF = _t(
    "Agenda en administratieve gegevens; geen medische inhoud.", "Agenda et données administratives ; aucun contenu médical.",
    "Termine und Verwaltungsdaten; keine medizinischen Inhalte.", "Agenda and administrative data; no clinical content.")  # fmt: skip
_GOVERNANCE = _t(
    "Logboek, aanvragen en uitsluitingen; nooit medische inhoud.", "Journal, demandes et exclusions ; jamais le contenu médical.",
    "Protokoll, Anträge und Ausschlüsse; nie medizinische Inhalte.", "Log, requests and exclusions; never clinical content.")  # fmt: skip
_MACHINE = _t(
    "Levert resultaten via de FHIR-interface.", "Livre des résultats par l'interface FHIR.",
    "Liefert Ergebnisse über die FHIR-Schnittstelle.", "Delivers results through the FHIR interface.")  # fmt: skip
_RESEARCH = _t(
    "Een onderzoeker zonder behandelrelatie: geen dossier gaat open.", "Un chercheur sans relation de soins : aucun dossier ne s'ouvre.",
    "Ein Forscher ohne Behandlungsbeziehung: keine Akte öffnet sich.", "A researcher without a care relation: no record opens.")  # fmt: skip

HINTS |= dict.fromkeys(
    ("gp", "specialist", "trainee-physician", "dentist", "pharmacist-hospital", "pharmacist-public", "nurse",
     "practical-nurse", "midwife", "physiotherapist", "occupational-therapist", "dietician", "psychologist",
     "laboratory-technologist", "imaging-technologist", "social-worker"), _CLINICAL)  # fmt: skip
HINTS |= dict.fromkeys(("reception", "billing"), _STAFF)
HINTS |= dict.fromkeys(
    ("registration-desk", "medical-director", "data-protection-officer", "security-officer"), _GOVERNANCE)  # fmt: skip
HINTS |= {"machine": _MACHINE, "researcher": _RESEARCH}
