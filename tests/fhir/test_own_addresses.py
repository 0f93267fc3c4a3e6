"""What stands below this server's own address is its own resource, and numbers and dates at the edge of what there is are stored and found."""

from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation
from unidossier.exchange.fhir.room import BASE

UCUM = "http://unitsofmeasure.org"


def _base(machine: Sender, stored: dict[str, Any]) -> str:
    """Return [base] as the server itself tells it."""
    found = machine.get(f"/fhir/Observation?_id={stored['id']}").json()
    return found["entry"][0]["fullUrl"].partition(f"{BASE}/")[0] + BASE


def test_an_absolute_reference_to_this_server_is_the_resource_itself(
    machine: Sender, known: UUID, stored: dict[str, Any]
) -> None:
    base = _base(machine, stored)
    told = observation(
        f"{base}/Patient/{known}", derivedFrom=[{"reference": f"{base}/Observation/{stored['id']}"}]
    )
    made = machine.post("/fhir/Observation", told)
    assert made.status_code == 201, made.text
    assert made.json()["subject"]["reference"] == f"Patient/{known}"
    assert made.json()["derivedFrom"][0]["reference"] == f"Observation/{stored['id']}"
    for asked in (f"Observation/{stored['id']}", f"{base}/Observation/{stored['id']}"):
        answer = machine.get(
            f"/fhir/Observation?patient={known}&derived-from={asked}&_include=Observation:derived-from"
        ).json()
        assert [one["resource"]["id"] for one in answer["entry"]] == [made.json()["id"], stored["id"]]
    answer = machine.post("/fhir", bundle(entry(told)))
    assert answer.status_code == 200, answer.text


def test_an_absolute_reference_elsewhere_stays_what_it_is(
    machine: Sender, known: UUID, stored: dict[str, Any]
) -> None:
    base = _base(machine, stored)
    for elsewhere in (
        "https://elsewhere.example/fhir/Observation/1",
        f"{base}x/Observation/1",
        f"{base}/nonsense",
    ):
        made = machine.post("/fhir/Observation", observation(known, derivedFrom=[{"reference": elsewhere}]))
        assert made.json()["derivedFrom"][0]["reference"] == elsewhere


@pytest.mark.parametrize(
    "number", ["1e309", "-1e400", "1e999", "1e308", "1E-400", "123456789012345678901234567890.5"]
)
@pytest.mark.parametrize("code", ["mmol/L", "kmol/L", "kg"])
def test_a_number_beyond_all_others_is_stored_as_it_is(
    machine: Sender, known: UUID, number: str, code: str
) -> None:
    quantity = f'"valueQuantity":{{"value":{number},"system":"{UCUM}","code":"{code}"}}'
    text = f'{{"resourceType":"Observation","status":"final","code":{{"text":"x"}},"subject":{{"reference":"Patient/{known}"}},{quantity}}}'
    made = machine.post("/fhir/Observation", text)
    assert made.status_code == 201, made.text
    read = machine.get(f"/fhir/Observation/{made.json()['id']}")
    assert f'"value":{number},' in read.text
    found = machine.get(
        f"/fhir/Observation?patient={known}&value-quantity={'lt' if number[0] == '-' else 'gt'}0&_total=accurate"
    )
    assert found.status_code == 200
    assert found.json()["total"] == (0 if number == "1E-400" else 1)


@pytest.mark.parametrize(
    ("stored_at", "found_by", "missed_by"),
    [
        ("9999-12-31", ("ge2026", "9999-12-31", "le9999-12-31", "ge0001-01-01"), ("gt9999", "lt0001-01-01")),
        (
            "2026-07-01T10:00:30+02:00",
            ("2026-07-01T10:00", "2026-07-01T08:00Z", "2026-07-01T10:00:30"),
            ("2026-07-01T10:01", "gt2026-07-01T10:00"),
        ),
    ],
    ids=["the last day there is", "to the minute"],
)
def test_a_date_is_found(
    machine: Sender, known: UUID, stored_at: str, found_by: tuple[str, ...], missed_by: tuple[str, ...]
) -> None:
    made = machine.post("/fhir/Observation", observation(known, effectiveDateTime=stored_at))
    assert made.status_code == 201, made.text
    for asked in (*found_by, *missed_by):
        answer = machine.get(f"/fhir/Observation?patient={known}&date={asked}")
        assert answer.status_code == 200, answer.text
        assert bool(answer.json().get("entry")) == (asked in found_by), asked


def test_self_names_what_was_used_and_nothing_else(machine: Sender, known: UUID) -> None:
    answer = machine.get(f"/fhir/Observation?patient={known}&bogus=1&status=final&code=").json()
    (address,) = [one["url"] for one in answer["link"] if one["relation"] == "self"]
    assert address.partition("?")[2] == f"patient={known}&status=final"


def test_a_count_beyond_the_largest_page_is_the_largest_page(
    machine: Sender, known: UUID, stored: dict[str, Any]
) -> None:
    answer = machine.get(f"/fhir/Observation?patient={known}&_count=1000000000")
    assert [one["resource"]["id"] for one in answer.json()["entry"]] == [stored["id"]]
    assert machine.get(f"/fhir/Observation?patient={known}&_count=-1").status_code == 400
    assert machine.get(f"/fhir/Observation?patient={known}&_count={'0' * 40}").json().get("entry") is None
