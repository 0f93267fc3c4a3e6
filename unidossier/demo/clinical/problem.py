"""Problems and allergies. hl7.org/fhir/R4/condition.html, allergyintolerance.html"""

from datetime import date

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.codes import code

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_ALLERGY_VERIFIED = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def _status(system: str, value: str) -> dict:
    return {"coding": [{"system": system, "code": value}]}


_LASTING = ("osteoporosis",)  # stays when its chapter of a long record is over


def problem(
    chart: Chart,
    role: Role,
    key: str,
    since: date,
    *,
    until: date | None = None,
    severity: str = "",
    note: str = "",
) -> str:
    """Record a Condition; `until` makes it resolved. Returns its reference; a problem that lasts is told once."""
    if chart.past_days and key not in _LASTING:
        until = until or chart.end
    if until is None and ("problem", key) in chart.courses:
        return chart.courses["problem", key]
    at = chart.at(since)
    entered = chart.at(until) if until else at
    fhir: dict = {
        "resourceType": "Condition",
        "id": chart.id(),
        "clinicalStatus": _status(_CLINICAL, "resolved" if until else "active"),
        "verificationStatus": _status(_VERIFIED, "confirmed"),
        "category": [
            _status("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")
        ],
        "code": code("problems", key).concept(role.language),
        "subject": chart.subject,
        "onsetDateTime": since.isoformat(),
        "recordedDate": at.isoformat(),
        "recorder": role.practitioner,
        "asserter": role.practitioner,
    }
    if until:
        fhir["abatementDateTime"] = until.isoformat()
    if severity:
        fhir["severity"] = {"text": severity}
    if note:
        fhir["note"] = [{"text": note}]
    reference = chart.store(role, fhir, at=entered)
    if until is None:
        chart.courses["problem", key] = reference
    return reference


def allergy(
    chart: Chart, role: Role, key: str, since: date, *, reaction: str = "", high: bool = False
) -> str:
    """Record an AllergyIntolerance; key 'none' states that no allergy is known."""
    at = chart.at(since)
    fhir: dict = {
        "resourceType": "AllergyIntolerance",
        "id": chart.id(),
        "clinicalStatus": _status(_ALLERGY_CLINICAL, "active"),
        "verificationStatus": _status(_ALLERGY_VERIFIED, "confirmed"),
        "code": code("allergies", key).concept(role.language),
        "patient": chart.subject,
        "recordedDate": at.isoformat(),
        "recorder": role.practitioner,
    }
    if key != "none":
        fhir["type"] = "allergy"
        fhir["category"] = [_CATEGORY.get(key, "medication")]
        fhir["criticality"] = "high" if high else "low"
    if reaction:
        manifestation = [code("reactions", reaction).concept(role.language)]
        fhir["reaction"] = [{"manifestation": manifestation, "severity": "severe" if high else "mild"}]
    return chart.store(role, fhir, at=at)


_CATEGORY = {
    "peanut": "food",
    "pollen": "environment",
    "house-dust-mite": "environment",
    "latex": "environment",
}
