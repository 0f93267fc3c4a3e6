"""Valid resources in one word each; `changes` replace elements."""

from itertools import count
from typing import Any
from uuid import UUID, uuid4

_numbers = count(1)


def patient(**changes: Any) -> dict[str, Any]:
    """A Patient with a local number of his own."""
    number = f"T{uuid4().hex[:10]}"
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:example:ward-numbers", "value": number}],
        "name": [{"family": f"Peeters{next(_numbers)}", "given": ["An"]}],
        "gender": "female",
        "birthDate": "1951-04-12",
    } | changes


def observation(subject: UUID | str, **changes: Any) -> dict[str, Any]:
    """A potassium value of a patient, by our id or by a reference of any kind."""
    reference = f"Patient/{subject}" if isinstance(subject, UUID) else subject
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3", "display": "Potassium"}]},
        "subject": {"reference": reference},
        "effectiveDateTime": "2026-11-20T10:00:00+01:00",
        "valueQuantity": {"value": 5.6, "unit": "mmol/L"},
    } | changes


def sent_part(resource: dict[str, Any]) -> dict[str, Any]:
    """What is read, without the number and the instant that only the server tells (hl7.org/fhir/R4/resource.html#Meta)."""
    meta = {
        name: value for name, value in resource["meta"].items() if name not in ("versionId", "lastUpdated")
    }
    rest = {name: value for name, value in resource.items() if name != "meta"}
    return rest | ({"meta": meta} if meta else {})


def entry(
    resource: dict[str, Any], *, method: str = "POST", url: str | None = None, **request: Any
) -> dict[str, Any]:
    """An entry of a transaction; its fullUrl is fresh unless `full_url` names it."""
    full_url = request.pop("full_url", f"urn:uuid:{uuid4()}")
    return {
        "fullUrl": full_url,
        "resource": resource,
        "request": {"method": method, "url": url or resource["resourceType"]} | request,
    }


def bundle(*entries: dict[str, Any], type: str = "transaction") -> dict[str, Any]:
    """A Bundle of these entries."""
    return {"resourceType": "Bundle", "type": type, "entry": list(entries)}


_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
