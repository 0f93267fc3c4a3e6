"""The resources of the document: what was stored, made fit to stand beside the others in one Bundle.

Nothing clinical is changed. Added is what IPS wants said and the source left unsaid: that a date is not known
(data-absent-reason), who gave a result, the words of a thing without a code.
"""

from typing import Any
from uuid import UUID

from unidossier.record.summary.gathered import Gathered
from unidossier.record.summary.sections import Line

Json = dict[str, Any]
UNKNOWN = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
}
LABORATORY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]
}
# the time that IPS wants of each type
_TIMES = {
    "MedicationStatement": "effective",
    "Procedure": "performed",
    "DeviceUseStatement": "timing",
    "Observation": "effective",
}
_CODED = frozenset({"Condition", "AllergyIntolerance", "Procedure"})


def entry_of(line: Line, *, gathered: Gathered) -> Json:
    """Return the resource of a line, as it stands in the document."""
    told: Json = _readdressed(line["told"], gathered=gathered) | {"id": str(line["id"])}
    kind = told["resourceType"]
    holder = "patient" if kind in ("AllergyIntolerance", "Immunization", "Consent") else "subject"
    told[holder] = {**told.get(holder, {}), "reference": f"Patient/{gathered.patient['id']}"}
    time = _TIMES.get(kind)
    if time and not any(name.lstrip("_").startswith(time) for name in told):
        told[f"_{time}DateTime"] = UNKNOWN
    if kind in _CODED and not told.get("code"):
        told["code"] = {"text": line["title"]}
    if kind == "Observation" and line["category"] == 8:
        _complete_result(told, line)
    return told


def _complete_result(told: Json, line: Line) -> None:
    told.setdefault("performer", [{"reference": f"Organization/{line['institution_id']}"}])
    codes = {coding.get("code") for one in told.get("category", ()) for coding in one.get("coding", ())}
    if "laboratory" not in codes:
        told["category"] = [*told.get("category", ()), LABORATORY]


def _readdressed(value: Any, *, gathered: Gathered) -> Any:
    """Let every reference to the patient, by whatever id an institution knows him, mean the Patient of the document."""
    if isinstance(value, list):
        return [_readdressed(one, gathered=gathered) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: _readdressed(one, gathered=gathered) for name, one in value.items()}
    reference = made.get("reference")
    if isinstance(reference, str) and reference.startswith("Patient/") and _is_he(reference, gathered):
        made["reference"] = f"Patient/{gathered.patient['id']}"
    return made


def _is_he(reference: str, gathered: Gathered) -> bool:
    try:
        return UUID(reference.removeprefix("Patient/").partition("/")[0]) in gathered.known_as
    except ValueError:
        return False
