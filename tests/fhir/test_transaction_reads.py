"""Reads of a transaction: one that fails refuses all of it; they see what was stored, and are asked twice only then."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation
from tests.fhir.test_transaction import items
from tests.gate.world import World


def reading(url: str, method: str = "GET", **more: str) -> dict[str, Any]:
    return {"request": {"method": method, "url": url} | more}


@pytest.mark.parametrize(
    ("url", "method", "status"),
    [
        pytest.param(f"Observation/{UUID(int=7)}", "GET", 404, id="absent"),
        pytest.param(f"Observation/{UUID(int=7)}", "HEAD", 404, id="absent, by HEAD"),
        pytest.param("Observation/{stored}/_history/9", "GET", 404, id="version that is none"),
        pytest.param("Condition/{stored}", "GET", 404, id="another type"),
        pytest.param("Observation/{new}?_format=xml", "GET", 406, id="no form of a Bundle"),
        pytest.param("Observation?patient={known}&date=yesterday", "GET", 400, id="a search that is none"),
        pytest.param("Condition/{new}", "GET", 404, id="what is stored, of another type"),
    ],
)
def test_a_read_that_fails_refuses_all(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital,
    url: str, method: str, status: int,
) -> None:  # fmt: skip
    before, new = items(world, hospital), str(uuid4())
    put = entry(observation(known, id=new), method="PUT", url=f"Observation/{new}")
    url = url.format(stored=stored["id"], known=known, new=new)
    answer = machine.post("/fhir", bundle(put, reading(url, method)))
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1]"]
    assert items(world, hospital) == before


def test_what_the_same_transaction_deletes_is_not_read(
    machine: Sender, known: UUID, stored: dict[str, Any]
) -> None:
    address = f"Observation/{stored['id']}"
    answer = machine.post("/fhir", bundle(reading(address), reading(address, "DELETE")))
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (410, "deleted")
    assert machine.get(f"/fhir/{address}").status_code == 200
    earlier = machine.post("/fhir", bundle(reading(f"{address}/_history/1"), reading(address, "DELETE")))
    assert [one["response"]["status"] for one in earlier.json()["entry"]] == ["200", "204"]


def test_reads_see_what_is_stored_with_them(machine: Sender, known: UUID, stored: dict[str, Any]) -> None:
    """In the same set-up: each of these was absent before."""
    new = str(uuid4())
    put = entry(observation(known, id=new), method="PUT", url=f"Observation/{new}")
    held = reading(f"Observation/{stored['id']}", ifNoneMatch='W/"1"')
    sent = bundle(reading(f"Observation/{new}"), reading(f"Observation?patient={known}&_id={new}"), held, put)
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 200, answer.text
    told = answer.json()["entry"]
    assert [one["response"]["status"] for one in told] == ["200", "200", "304", "201"]
    assert told[0]["resource"]["id"] == new
    assert told[1]["resource"]["total"] == 1


def test_what_no_write_changes_is_read_once(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital
) -> None:
    count = "SELECT count(*) FROM log.entry WHERE person_id = %s AND verb = 'fhir-read'"
    before = world.run(count, hospital.machine.person)
    sent = bundle(reading(f"Observation/{stored['id']}"), entry(observation(known)))
    assert machine.post("/fhir", sent).json()["entry"][0]["resource"] == stored
    ((after,),) = world.run(count, hospital.machine.person)
    assert after - before[0][0] == 1


def test_the_client_says_how_much_it_wants_back(machine: Sender, known: UUID, stored: dict[str, Any]) -> None:
    sent = bundle(
        entry(observation(known)),
        reading(f"Observation/{stored['id']}", "DELETE"),
        entry({"resourceType": "Organization", "name": "Linde"}),
    )
    answer = machine.post("/fhir", sent, prefer="return=OperationOutcome")
    assert answer.status_code == 200, answer.text
    told = [one["response"]["outcome"]["issue"][0] for one in answer.json()["entry"]]
    assert [one["severity"] for one in told] == ["information"] * 3
    assert not any("resource" in one for one in answer.json()["entry"])
    assert "Observation" in told[0]["diagnostics"]
    plain = machine.post("/fhir", bundle(entry(observation(known)))).json()["entry"]
    assert "outcome" not in plain[0]["response"]


@pytest.mark.parametrize("kind", ["transaction", "batch"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"method": None}, ".url"),
        ({"method": None, "url": None}, ".url"),
        ({"method": None, "url": "/metadata"}, ".url"),
        ({"method": None, "url": "http://elsewhere.example/fhir/Patient/1"}, ".url"),
        ({}, ""),
        (None, ""),
        ("absent", ""),
    ],
    ids=str,
)
def test_an_entry_that_names_nothing_of_ours_is_told_its_place(
    machine: Sender, known: UUID, world: World, hospital: Hospital, kind: str, method: str, asked: Any, place: str
) -> None:  # fmt: skip
    before = items(world, hospital)
    sent = entry(observation(known))
    del sent["request"]
    if asked != "absent":
        sent["request"] = asked | {"method": method} if asked else asked
    answer = machine.post("/fhir", bundle(sent, type=kind))
    told = answer.json()
    if answer.status_code == 200:  # of a batch, where it is the answer to this entry
        assert (kind, told["entry"][0]["response"]["status"]) == ("batch", "400")
        told = told["entry"][0]["response"]["outcome"]
    else:
        assert answer.status_code == 400, answer.text
    assert told["issue"][0]["expression"] == [f"Bundle.entry[0].request{place}"]
    assert items(world, hospital) == before
