"""What is sent is what is read: collected examples by transaction over HTTP (a part of them here, all in `make prove-fhir`)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.peers.round_trip import Trip, data_folder, exact, transactions

Tell = Callable[[str, object], None]
LONG = os.environ.get("FHIR_PROOF") == "long"
ALONE = 3  # resources of each example that are read one by one too
SMALL = ("Liz_Conn", "Bundle-bundle-ips-all-sections")
BELGIAN = ("Immunization-toto-hexa1", "AllergyIntolerance", "Patient-", "DocumentReference")


@pytest.fixture(scope="module")
def folder() -> Path:
    found = data_folder()
    if found is None:
        pytest.skip("no collected examples: set UNIDOSSIER_DATA")
    return found


def test_what_was_sent_comes_back_equal(machine: Sender, folder: Path, record_property: Tell) -> None:
    read, whole, wrong, examples = 0, 0, [], 0
    for name, text in transactions(folder):
        if not (LONG or name.startswith(SMALL + BELGIAN)):
            continue
        answer = machine.post("/fhir", text)
        assert answer.status_code == 200, f"{name}: {answer.text[:500]}"
        examples += 1
        trip = Trip.of(text, answer.json())
        patient = next(place for sent, place in trip.pairs() if sent["resourceType"] == "Patient")
        given = everything(machine, patient)
        whole += len(given)
        for nth, (sent, place) in enumerate(trip.pairs()):
            if place not in given:
                wrong.append(f"{name}: {place} is not in $everything")
                continue
            wrong += [f"{name} {place}: {one}" for one in trip.differences(sent, given[place])]
            read += 1
            if nth < ALONE:
                alone = machine.get(f"/fhir/{place}")
                assert (alone.status_code, exact(alone.content)) == (200, given[place])
    for figure, value in {
        "examples": examples,
        "resources_back": read,
        "everything": whole,
        "differences": len(wrong),
    }.items():
        record_property(figure, value)
    assert wrong == []
    assert read > (7000 if LONG else 80)


def everything(machine: Sender, patient: str) -> dict[str, dict[str, Any]]:
    """Read a whole record, page by page; return what is in it by address."""
    found: dict[str, dict[str, Any]] = {}
    address = f"/fhir/{patient}/$everything"
    while address:
        answer = machine.get(address)
        assert answer.status_code == 200, answer.text[:500]
        bundle = exact(answer.content)
        page = {
            f"{one['resource']['resourceType']}/{one['resource']['id']}": one["resource"]
            for one in bundle.get("entry", ())
        }
        assert not page.keys() & found.keys(), "a page repeats what another gave"
        found |= page
        links = {one["relation"]: one["url"] for one in bundle.get("link", ())}
        address = links.get("next", "").partition("api.example")[2]
    return found


@pytest.mark.parametrize(
    ("sent", "back"),
    [
        ('{"resourceType":"X","a":72.50}', b'{"resourceType":"X","a":72.5}'),
        ('{"resourceType":"X","a":[1,2]}', b'{"resourceType":"X","a":[2,1]}'),
        ('{"resourceType":"X","a":{"b":1}}', b'{"resourceType":"X","a":{}}'),
        ('{"resourceType":"X"}', b'{"resourceType":"X","meta":{"tag":[]}}'),
        (
            '{"resourceType":"X","subject":{"reference":"urn:uuid:1"}}',
            b'{"resourceType":"X","subject":{"reference":"Patient/3"}}',
        ),
    ],
    ids=["digits", "order", "loss", "addition", "reference"],
)
def test_a_difference_is_seen(sent: str, back: bytes) -> None:
    """The comparison itself."""
    text = f'{{"entry":[{{"fullUrl":"urn:uuid:1","resource":{sent}}}]}}'.encode()
    trip = Trip.of(text, {"entry": [{"response": {"location": "Patient/2/_history/1"}}]})
    ((resource, _),) = trip.pairs()
    assert trip.differences(resource, exact(back))
