"""Prescriptions and the medication scheme. hl7.org/fhir/R4/medicationrequest.html, medicationstatement.html"""

from collections.abc import Sequence
from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.codes import UCUM, code

# hl7.org/fhir/R4/valueset-event-timing.html
_MOMENTS = (("MORN", "08:00"), ("NOON", "12:00"), ("EVE", "18:00"), ("NIGHT", "22:00"))
_AS_NEEDED = {"nl": "zo nodig", "fr": "si nécessaire", "de": "bei Bedarf", "en": "as needed"}
_WEEKLY = {
    "nl": "één keer per week",
    "fr": "une fois par semaine",
    "de": "einmal pro Woche",
    "en": "once a week",
}
# Prescriptions are renewed twice a year; older ones than this many days are not told one by one.
_RENEWAL_DAYS = 182
_TOLD_DAYS = 900


# Of each of these nobody takes two at a time (REC-12).
_ALIKE = (
    ("ramipril", "perindopril", "sacubitril"), ("bumetanide", "furosemide"), ("atorvastatin", "rosuvastatin"),
    ("apixaban", "clopidogrel", "aspirin", "enoxaparin"), ("sertraline", "escitalopram"), ("tiotropium",),
)  # fmt: skip
Step = tuple[date, str, str]  # since, dose, strength


def _course_of(key: str) -> tuple[str, str]:
    """Under which name a medicine is in course: its own, or that of the first of its kind."""
    return "medicine", next((alike[0] for alike in _ALIKE if key in alike), key)


def titrated(chart: Chart, role: Role, key: str, *steps: Step, reason: str = "") -> None:
    """A medicine whose dose changes: each line ends when the next begins, the last one stays in course."""
    if _course_of(key) in chart.courses:
        return
    ends: Sequence[date | None] = [since for since, _, _ in steps[1:]]
    for (since, dose, strength), until in zip(steps, [*ends, None], strict=True):
        medicine(chart, role, key, dose, since, strength=strength, until=until, reason=reason)


def _dosage(dose: str, language: str) -> list[dict]:
    """FHIR dosages of '1-0-1', '1-0-0-1' (morning, noon, evening, night), 'prn' or 'weekly'."""
    if dose == "prn":
        return [{"text": _AS_NEEDED[language], "asNeededBoolean": True}]
    if dose == "weekly":
        return [
            {
                "text": _WEEKLY[language],
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}},
            }
        ]
    counts = dose.split("-")
    return [
        {
            "text": dose if first else f"{count} ({moment})",
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "when": [moment]}},
            "doseAndRate": [{"doseQuantity": {"value": int(count), "system": UCUM, "code": "1"}}],
        }
        for first, (count, (moment, _)) in _given(counts)
    ]


def _given(counts: list[str]) -> list[tuple[bool, tuple[str, tuple[str, str]]]]:
    given = [pair for pair in zip(counts, _MOMENTS, strict=False) if pair[0] != "0"]
    return [(index == 0, pair) for index, pair in enumerate(given)]


def medicine(
    chart: Chart, role: Role, key: str, dose: str, since: date, *,
    strength: str = "", until: date | None = None, reason: str = "",
) -> None:  # fmt: skip
    """A medicine in course or stopped: one line of the scheme and its prescriptions.

    The same medicine twice in course, or two of a kind, would be a mistake of the prescriber (REC-12): it is told once.
    What another illness of the patient forbids (`chart.stops`) ends on that day, or is never given.
    """
    if chart.past_days:
        until = until or chart.end
    if (stop := chart.stops.get(key)) and (until is None or stop < until):
        until = stop
    ended = until is not None and until <= chart.end
    if (until is not None and until <= since) or (not ended and _course_of(key) in chart.courses):
        return
    concept = code("medicines", key).concept(role.language)
    if strength:
        concept["text"] = f"{concept['text']} {strength}"
    dosage = _dosage(dose, role.language)
    fhir: dict = {
        "resourceType": "MedicationStatement",
        "id": chart.id(),
        "status": "completed" if ended else "active",
        "medicationCodeableConcept": concept,
        "subject": chart.subject,
        "effectivePeriod": {"start": since.isoformat(), **({"end": until.isoformat()} if until else {})},
        "dateAsserted": since.isoformat(),
        "informationSource": role.practitioner,
        "dosage": dosage,
    }
    if reason:
        fhir["reasonCode"] = [code("problems", reason).concept(role.language)]
    line = chart.store(role, fhir, at=chart.at(until if ended else since))
    if not ended:
        chart.courses[_course_of(key)] = line
    _prescriptions(chart, role, concept, dosage, since=since, until=until or chart.end)


def _prescriptions(
    chart: Chart, role: Role, concept: dict, dosage: list[dict], *, since: date, until: date
) -> None:
    day = max(since, chart.end - timedelta(days=_TOLD_DAYS - chart.rng.randint(0, 90)))
    while day <= until:
        at = chart.at(day)
        last = day + timedelta(days=_RENEWAL_DAYS) > chart.end and until >= chart.end
        fhir = {
            "resourceType": "MedicationRequest",
            "id": chart.id(),
            "status": "active" if last else "completed",
            "intent": "order",
            "medicationCodeableConcept": concept,
            "subject": chart.subject,
            "authoredOn": at.isoformat(),
            "requester": role.practitioner,
            "dosageInstruction": dosage,
            "dispenseRequest": {"validityPeriod": {"end": (day + timedelta(days=90)).isoformat()}},
        }
        chart.store(role, fhir, at=at)
        day += timedelta(days=_RENEWAL_DAYS + chart.rng.randint(-9, 9))
