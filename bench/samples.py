"""What the lines of the measured records say: kinds in the proportions of a hospital, words in the languages of the country."""

from dataclasses import dataclass

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"

# code, title, unit, low, high
LABORATORY = (
    ("718-7", "Hemoglobine", "g/dL", 12.0, 16.0),
    ("2160-0", "Creatinine", "mg/dL", 0.5, 1.1),
    ("2345-7", "Glucose", "mg/dL", 70, 100),
    ("1988-5", "CRP", "mg/L", 0, 5),
    ("2951-2", "Natrium", "mmol/L", 136, 145),
    ("2823-3", "Kalium", "mmol/L", 3.5, 5.1),
    ("1742-6", "ALAT", "U/L", 0, 35),
    ("1920-8", "ASAT", "U/L", 0, 35),
    ("4548-4", "HbA1c", "%", 4, 6),
    ("777-3", "Bloedplaatjes", "10*3/uL", 150, 400),
    ("6690-2", "Leukocyten", "10*3/uL", 4, 10),
    ("3016-3", "TSH", "mU/L", 0.3, 4.2),
)

# language -> words of reports; a report takes a run of them
WORDS = {
    "nl": "patiënt meldt sinds enkele weken vermoeidheid en kortademigheid bij inspanning geen koorts normale hartgeluiden "
    "longen zuiver bloeddruk licht verhoogd echocardiografie toont behouden linkerventrikelfunctie opvolging over drie maanden "
    "bij de huisarts behandeling ongewijzigd verder gezet wonde geneest mooi hechtingen verwijderd kinesitherapie opgestart",
    "fr": "le patient décrit depuis plusieurs semaines une fatigue et un essoufflement à l'effort sans fièvre auscultation "
    "cardiaque normale poumons libres tension artérielle légèrement élevée échocardiographie fonction ventriculaire gauche "
    "conservée contrôle dans trois mois chez le médecin traitant traitement inchangé plaie propre fils enlevés kinésithérapie",
    "de": "der Patient berichtet seit einigen Wochen über Müdigkeit und Atemnot bei Belastung kein Fieber Herztöne rein Lungen "
    "frei Blutdruck leicht erhöht Echokardiographie zeigt erhaltene linksventrikuläre Funktion Kontrolle in drei Monaten beim "
    "Hausarzt Behandlung unverändert fortgesetzt Wunde heilt gut Fäden entfernt Physiotherapie begonnen",
}

# category, FHIR type, share of the lines that are no laboratory value, titles by language
KINDS = (
    (9, "DocumentReference", 24, {"nl": "Consultatieverslag", "fr": "Compte rendu de consultation", "de": "Konsultationsbericht"}),
    (10, "DocumentReference", 14, {"nl": "Brief aan de huisarts", "fr": "Lettre au médecin traitant", "de": "Arztbrief"}),
    (13, "DiagnosticReport", 10, {"nl": "Radiografie van de thorax", "fr": "Radiographie du thorax", "de": "Röntgen Thorax"}),
    (7, "Observation", 20, {"nl": "Bloeddruk", "fr": "Tension artérielle", "de": "Blutdruck"}),
    (1, "Appointment", 16, {"nl": "Afspraak cardiologie", "fr": "Rendez-vous de cardiologie", "de": "Termin Kardiologie"}),
    (14, "DiagnosticReport", 6, {"nl": "Elektrocardiogram", "fr": "Électrocardiogramme", "de": "Elektrokardiogramm"}),
    (5, "MedicationStatement", 5, {"nl": "Bisoprolol 5 mg", "fr": "Bisoprolol 5 mg", "de": "Bisoprolol 5 mg"}),
    (4, "Immunization", 2, {"nl": "Griepvaccin", "fr": "Vaccin contre la grippe", "de": "Grippeimpfung"}),
    (2, "Condition", 2, {"nl": "Voorkamerfibrillatie", "fr": "Fibrillation auriculaire", "de": "Vorhofflimmern"}),
    (3, "AllergyIntolerance", 1, {"nl": "Allergie voor penicilline", "fr": "Allergie à la pénicilline", "de": "Penicillinallergie"}),
)  # fmt: skip
REPORT_WORDS = 40
RUNS = 7  # different texts of each kind and language


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one line says; `body` is what is searched beside the title."""

    category: int
    type: str
    language: str
    title: str
    body: str = ""
    code_system: str | None = None
    code: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None


def values() -> list[Sample]:
    """Return the laboratory values."""
    return [
        Sample(
            category=8, type="Observation", language="nl", title=title,
            code_system=LOINC, code=code, unit=unit, low=low, high=high,
        )
        for code, title, unit, low, high in LABORATORY
    ]  # fmt: skip


def others() -> list[Sample]:
    """Return lines of all other kinds, each as often as its share; their order mixes kinds and languages."""
    made = []
    for category, type_, share, titles in KINDS:
        for nth in range(share * RUNS):
            language = ("nl", "fr", "de")[nth % 3]
            made.append(
                Sample(
                    category=category, type=type_, language=language, title=titles[language],
                    body=_text(language, nth) if category in (9, 10, 13, 14) else "",
                    code_system=SNOMED, code=f"{category}000{nth % 4}",
                )
            )  # fmt: skip
    # a fixed mixture: neighbours in the list must not be of one kind
    return [made[nth * 389 % len(made)] for nth in range(len(made))]


def _text(language: str, nth: int) -> str:
    words = WORDS[language].split()
    start = nth * 11 % len(words)
    return " ".join((words * 3)[start : start + REPORT_WORDS])
