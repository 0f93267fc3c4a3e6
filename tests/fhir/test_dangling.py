"""A reference by `urn:uuid:` that fits nothing refuses what holds it; one that fits, or is none, does not."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation
from tests.fhir.test_transaction import items
from tests.gate.world import World

NOBODYS = f"urn:uuid:{UUID(int=9)}"


def told(answer: Any) -> tuple[int, str, list[str]]:
    (issue,) = answer.json()["issue"]
    return answer.status_code, issue["code"], issue["expression"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"encounter": {"reference": NOBODYS}}, "encounter.reference"),
        ({"hasMember": [{"display": "a"}, {"reference": NOBODYS}]}, "hasMember[1].reference"),
        ({"subject": {"reference": NOBODYS}}, "subject.reference"),
        (
            {"extension": [{"url": "urn:x", "valueReference": {"reference": NOBODYS}}]},
            "extension[0].valueReference.reference",
        ),
    ],
)
def test_a_reference_that_fits_nothing_is_refused(
    machine: Sender, known: UUID, world: World, hospital: Hospital, changes: dict[str, Any], place: str
) -> None:
    before = items(world, hospital)
    sent = bundle(entry(observation(known)), entry(observation(known) | changes))
    assert told(machine.post("/fhir", sent)) == (422, "not-found", [f"Bundle.entry[1].resource.{place}"])
    alone = machine.post("/fhir/Observation", observation(known) | changes)
    assert told(alone) == (422, "not-found", [f"Observation.{place}"])
    assert items(world, hospital) == before


def test_what_fits_or_is_no_reference_is_stored(machine: Sender, known: UUID) -> None:
    """In the same set-up: a fullUrl of a neighbour, of one that is there already, a number, what is contained."""
    value, there = entry(observation(known)), uuid4().hex
    identifier = [{"system": "urn:ietf:rfc:3986", "value": NOBODYS}, {"system": "urn:a", "value": there}]
    assert machine.post("/fhir/Observation", observation(known, identifier=identifier)).status_code == 201
    again = entry(observation(known), ifNoneExist=f"identifier=urn:a|{there}&patient={known}")
    contained = {"resourceType": "Encounter", "id": "x", "status": "finished", "class": {"code": "AMB"}}
    more = observation(
        known,
        identifier=identifier[:1],
        contained=[contained],
        encounter={"reference": "#x", "identifier": identifier[0]},
        hasMember=[{"reference": value["fullUrl"]}, {"reference": again["fullUrl"]}],
    )
    answer = machine.post("/fhir", bundle(value, again, entry(more)))
    assert answer.status_code == 200, answer.text
    assert [one["response"]["status"] for one in answer.json()["entry"]] == ["201", "200", "201"]


def test_what_stands_with_such_a_reference_can_still_be_taken_back(
    machine: Sender, known: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("unidossier.exchange.fhir.storing.require_known", lambda *_, **__: None)
        made = machine.post("/fhir/Observation", observation(known, encounter={"reference": NOBODYS}))
    address = f"/fhir/Observation/{made.json()['id']}"
    assert machine.put(address, made.json() | {"status": "amended"}).status_code == 422
    assert machine.client.request("DELETE", address, headers=machine.headers).status_code == 204
