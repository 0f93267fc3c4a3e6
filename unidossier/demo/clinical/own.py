"""What the patient himself adds: questionnaires, documents. MY-8, MY-10"""

import base64
from datetime import date
from functools import partial

from unidossier.demo.chart.chart import Chart
from unidossier.demo.clinical.observation import loinc
from unidossier.demo.pictures.snapshot import snapshot
from unidossier.demo.world import Attachment

_TITLES = {
    "mood": {"nl": "PHQ-9: hoe voelt u zich?", "fr": "PHQ-9 : comment vous sentez-vous ?", "de": "PHQ-9: Wie geht es Ihnen?",
             "en": "PHQ-9: how do you feel?"},
    "copd": {"nl": "COPD-beoordelingstest (CAT)", "fr": "Test d'évaluation de la BPCO (CAT)",
             "de": "COPD-Assessment-Test (CAT)", "en": "COPD assessment test (CAT)"},
    "pain": {"nl": "Pijndagboek", "fr": "Journal de la douleur", "de": "Schmerztagebuch", "en": "Pain diary"},
    "asthma": {"nl": "Astmacontrolevragenlijst", "fr": "Questionnaire de contrôle de l'asthme",
               "de": "Fragebogen Asthmakontrolle", "en": "Asthma control questionnaire"},
}  # fmt: skip
_QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "mood": {"nl": ("Weinig interesse of plezier", "Neerslachtig of hopeloos", "Slecht slapen", "Moe, weinig energie"),
             "fr": ("Peu d'intérêt ou de plaisir", "Triste ou désespéré", "Mauvais sommeil", "Fatigue, peu d'énergie"),
             "de": ("Wenig Interesse oder Freude", "Niedergeschlagen", "Schlechter Schlaf", "Müde, wenig Energie"),
             "en": ("Little interest or pleasure", "Feeling down", "Poor sleep", "Tired, little energy")},
    "copd": {"nl": ("Hoesten", "Slijm", "Kortademig op de trap", "Slapen"),
             "fr": ("Toux", "Glaires", "Essoufflement dans l'escalier", "Sommeil"),
             "de": ("Husten", "Schleim", "Atemnot auf der Treppe", "Schlaf"),
             "en": ("Cough", "Phlegm", "Breathless on stairs", "Sleep")},
    "pain": {"nl": ("Pijn vandaag (0-10)", "Ergste pijn (0-10)"), "fr": ("Douleur aujourd'hui (0-10)", "Pire douleur (0-10)"),
             "de": ("Schmerz heute (0-10)", "Stärkster Schmerz (0-10)"), "en": ("Pain today (0-10)", "Worst pain (0-10)")},
    "asthma": {"nl": ("'s Nachts wakker", "Klachten overdag", "Noodmedicatie gebruikt"),
               "fr": ("Réveil la nuit", "Gêne en journée", "Traitement de secours utilisé"),
               "de": ("Nachts wach", "Beschwerden tagsüber", "Notfallspray benutzt"),
               "en": ("Awake at night", "Complaints by day", "Reliever used")},
}  # fmt: skip
_PHOTO = {"nl": "Foto van mij", "fr": "Photo que j'ai prise", "de": "Foto von mir", "en": "Photo taken by me"}


def questionnaire(chart: Chart, key: str, day: date, *, high: int, partly: bool = False) -> str:
    """A questionnaire that the patient filled in; `high` is the top of each scale, `partly` saves it half-way."""
    language, at = chart.patient.language, chart.at(day, low=18, high=21)
    questions = _QUESTIONS[key][language]
    answered = questions[: len(questions) // 2] if partly else questions
    fhir = {
        "resourceType": "QuestionnaireResponse",
        "id": chart.id(),
        "questionnaire": f"urn:unidossier:questionnaire:{key}",
        "status": "in-progress" if partly else "completed",
        "language": language,
        "subject": chart.subject,
        "authored": at.isoformat(),
        "author": chart.subject,
        "source": chart.subject,
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{_TITLES[key][language]}</p></div>',
        },
        "item": [
            {
                "linkId": str(number),
                "text": question,
                "answer": [{"valueInteger": chart.rng.randint(0, high)}],
            }
            for number, question in enumerate(answered, start=1)
        ],
    }
    return chart.store(None, fhir, at=at, flags=("patient-own",))


def added_document(chart: Chart, day: date, *, text: str) -> str:
    """A note with a photograph that the patient added to his record."""
    language, at = chart.patient.language, chart.at(day, low=18, high=21)
    photo = Attachment(
        id=chart.id(),
        name="foto.png",
        media_type="image/png",
        render=partial(snapshot, chart.rng.getrandbits(31)),
    )
    note = base64.b64encode(text.encode()).decode()
    fhir = {
        "resourceType": "DocumentReference",
        "id": chart.id(),
        "status": "current",
        "docStatus": "final",
        "type": loinc("51855-5", "Patient note"),
        "subject": chart.subject,
        "date": at.isoformat(),
        "author": [chart.subject],
        "description": _PHOTO[language],
        "content": [
            {"attachment": {"contentType": "text/plain; charset=utf-8", "language": language, "data": note}},
            {"attachment": {"contentType": "image/png", "url": f"Binary/{photo.id}", "title": photo.name}},
        ],
    }
    return chart.store(None, fhir, at=at, attachments=(photo,), flags=("patient-own",))
