"""Single measurements. hl7.org/fhir/R4/observation.html"""

from datetime import datetime

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.codes import LOINC, UCUM
from unidossier.terminology import unit as unit_words

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_FLAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def quantity(value: float, unit: str) -> dict:
    """A FHIR Quantity in UCUM, the unit also as people write it."""
    words = written_unit(unit)
    return {"value": value, **({"unit": words} if words else {}), "system": UCUM, "code": unit}


def written_unit(unit: str) -> str:
    """A UCUM unit as it is printed: 10*3/uL is 10³/µL, {INR} is nothing."""
    words = unit_words(unit, "en")
    return unit.replace("{", "").replace("}", "") if words is None else words


def loinc(value: str, text: str) -> dict:
    """A CodeableConcept of LOINC."""
    return {"coding": [{"system": LOINC, "code": value, "display": text}], "text": text}


def flag(value: float, low: float | None, high: float | None) -> str:
    """'H' or 'L' outside the range, 'HH' or 'LL' far outside, '' inside."""
    if high is not None and value > high:
        return "HH" if value > high * 1.4 else "H"
    if low is not None and value < low:
        return "LL" if value < low * 0.7 else "L"
    return ""


def observation(
    chart: Chart, role: Role, *, category: str, code: dict, at: datetime, value: dict | None = None,
    components: list[dict] | None = None, low: float | None = None, high: float | None = None,
) -> dict:  # fmt: skip
    """An Observation as FHIR, not stored yet; `value` is a Quantity."""
    fhir: dict = {
        "resourceType": "Observation",
        "id": chart.id(),
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": category}]}],
        "code": code,
        "subject": chart.subject,
        "effectiveDateTime": at.isoformat(),
        "performer": [role.practitioner, role.organization],
    }
    if components:
        fhir["component"] = components
    if value is not None:
        fhir["valueQuantity"] = value
        limits = {
            name: {**value, "value": limit}
            for name, limit in (("low", low), ("high", high))
            if limit is not None
        }
        if limits:
            fhir["referenceRange"] = [limits]
            mark = flag(value["value"], low, high)
            fhir["interpretation"] = [{"coding": [{"system": _FLAG, "code": mark or "N"}]}]
    return fhir
