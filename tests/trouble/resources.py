"""What the tests store: each with a mark of its own, by which it is found again."""

import base64
from datetime import UTC, datetime
from typing import Any

LOINC = "http://loinc.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def report(patient: str, *, mark: str) -> dict[str, Any]:
    """A progress note."""
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "11506-3", "display": "Progress note"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "date": _now(),
        "author": [{"display": "Test"}],
        "title": f"Note {mark}",
        "section": [
            {
                "title": "Course",
                "text": {
                    "status": "generated",
                    "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{mark}</p></div>',
                },
            }
        ],
    }


def weight(patient: str, *, mark: str) -> dict[str, Any]:
    """A weight."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "vital-signs"}]}],
        "code": {"coding": [{"system": LOINC, "code": "29463-7", "display": "Body weight"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": _now(),
        "valueQuantity": {"value": 71.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"},
        "note": [{"text": mark}],
    }


def paper(patient: str, *, mark: str, data: bytes) -> dict[str, Any]:
    """A document with a file in it."""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": "11488-4", "display": "Consult note"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "date": _now(),
        "description": f"Paper {mark}",
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "title": f"{mark}.pdf",
                    "data": base64.b64encode(data).decode(),
                }
            }
        ],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
