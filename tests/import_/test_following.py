"""A Medication of a transaction stands in the record of the prescription that leads to it; one of many patients is about nobody."""

from typing import Any
from uuid import uuid4

from tests.import_.conftest import House, Write, counts


def _transaction(person: str, drug: str) -> dict[str, Any]:
    whom, what = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    prescription = {
        "resourceType": "MedicationRequest",
        "id": f"r-{person}",
        "status": "active",
        "intent": "order",
        "subject": {"reference": whom},
        "medicationReference": {"reference": what},
    }
    sent = [
        (whom, {"resourceType": "Patient", "id": person, "name": [{"family": "Peeters"}]}),
        (what, {"resourceType": "Medication", "id": drug, "code": {"text": "Aspirin 500"}}),
        (f"urn:uuid:{uuid4()}", prescription),
    ]
    entries = [
        {"fullUrl": url, "resource": one, "request": {"method": "POST", "url": one["resourceType"]}}
        for url, one in sent
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _stored(house: House) -> list[str]:
    return [kind for kind, _, _ in house.versions()]


def test_of_a_transaction_it_stands_beside_its_prescription(house: House, write: Write) -> None:
    path = write("a.json", _transaction("p1", "m1"))
    assert counts(house.take(path)) == {"created": 3}
    assert _stored(house) == ["Medication", "MedicationRequest", "Patient"]
    assert counts(house.take(path)) == {"unchanged": 3}


def test_one_that_stands_in_another_record_refuses_no_prescription(house: House, write: Write) -> None:
    house.take(write("a.json", _transaction("p1", "m1")))
    assert counts(house.take(write("b.json", _transaction("p2", "m1")))) == {"created": 2, "kept": 1}
    assert _stored(house) == ["Medication", *["MedicationRequest"] * 2, *["Patient"] * 2]


def test_of_loose_resources_it_is_about_nobody(house: House, write: Write) -> None:
    bundle = _transaction("p1", "m1") | {"type": "collection"}
    loose = bundle | {
        "entry": [{name: one[name] for name in ("fullUrl", "resource")} for one in bundle["entry"]]
    }
    assert counts(house.take(write("a.json", loose))) == {"created": 2, "kept": 1}
    assert _stored(house) == ["MedicationRequest", "Patient"]
