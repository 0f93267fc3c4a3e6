"""Resources as a hospital sends them, under ids of its own."""

from itertools import count
from typing import Any
from uuid import uuid4

_numbers = count(1)


def patient(id: str = "p1", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"family": f"Claes{next(_numbers)}", "given": ["Jan"]}],
        "birthDate": "1962-03-01",
    } | changes


def condition(id: str = "c1", *, of: str = "Patient/p1", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": id,
        "code": {"text": "Hypertension"},
        "subject": {"reference": of},
        "recordedDate": "2020-05-05",
    } | changes


def transaction(*resources: dict[str, Any], type: str = "transaction") -> dict[str, Any]:
    entries = [
        {
            "fullUrl": f"urn:uuid:{uuid4()}",
            "resource": one,
            "request": {"method": "POST", "url": one["resourceType"]},
        }
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": type, "entry": entries}
