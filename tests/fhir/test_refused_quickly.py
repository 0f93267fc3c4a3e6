"""What is too much, too deep or no FHIR at all is refused at once, in words, and never costs more memory than it may."""

import resource
import time
from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation
from tests.gate.world import World

XML = "application/fhir+xml"
MB = 1024 * 1024
HEAD = b'<Observation xmlns="http://hl7.org/fhir">'
DEEP = b'{"resourceType":"Observation","extension":' + b'[{"url":"x","extension":' * 50_000
BODIES = {
    "50 MB": (b" " * 50 * MB, {}, 413),
    "50 MB without its length": (None, {}, 413),
    "deep JSON": (DEEP, {}, 400),
    "deep lists": (b"[" * 1_000_000, {}, 400),
    "deep XML": (HEAD + b"<extension url='x'>" * 100_000, {"content_type": XML}, 400),
    "XML with a DTD": (
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + HEAD + b"</Observation>",
        {"content_type": XML},
        400,
    ),
    "XML that laughs": (
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + HEAD + b"&b;</Observation>",
        {"content_type": XML},
        400,
    ),
    "a long number": (b'{"resourceType":"Observation","valueInteger":' + b"9" * 1_000_000 + b"}", {}, 400),
    "a name twice": (b'{"resourceType":"Observation","status":"final","status":"final"}', {}, 400),
    "a name twice among many": (
        b'{"resourceType":"Observation",'
        + b",".join(b'"k%d":1' % nth for nth in range(60_000))
        + b',"k59999":1}',
        {},
        400,
    ),
    "many faults": (b'{"resourceType":"Observation","category":[' + b"{}," * 40_000 + b"{}]}", {}, 400),
    "a Bundle of nothing": (
        b'{"resourceType":"Bundle","type":"transaction","entry":[' + b"{}," * 99_999 + b"{}]}",
        {},
        400,
    ),
    "too many values for one": (
        b'{"resourceType":"Observation","category":[' + b'{"text":"a"},' * 60_000 + b"{}]}",
        {},
        400,
    ),
    "too many values": (
        b'{"resourceType":"Observation","category":[' + b"{}," * 6_000_000 + b"{}]}",
        {},
        413,
    ),
    "not a number": (b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}', {}, 400),
    "half a pair": (b'{"resourceType":"Observation","status":"\\ud800"}', {}, 400),
    "no type of content": (b"{}", {"content_type": ""}, 415),
    "a form": (b"a=b", {"content_type": "application/x-www-form-urlencoded"}, 415),
    "another FHIR": (b"{}", {"content_type": "application/fhir+json; fhirVersion=5.0"}, 415),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_at_once(machine: Sender, hospital: Hospital, world: World, name: str) -> None:
    body, headers, status = BODIES[name]
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    answer = machine.post("/fhir/Observation", _endless() if body is None else body, **headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["issue"][0]["diagnostics"]
    assert time.process_time() - started < 2
    # the client's own copy of 50 MB is in this process too
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 150 * MB
    assert world.run("SELECT count(*) FROM record.version WHERE institution_id = %s", hospital.id) == [(0,)]


async def _endless() -> Any:
    for _ in range(50):
        yield b" " * MB


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fhir/Observation/%00", 404),
        ("/fhir/Observation/" + "a" * 5000, 404),
        ("/fhir/" + "A" * 5000, 404),
        ("/fhir/Observation/_history?patient=%00&_count=9999999999", 400),
        ("/fhir/Observation/_history?patient=x", 404),
        (f"/fhir/Observation/{UUID(int=1)}/_history/99999999999999999999", 404),
        (f"/fhir/Observation/{UUID(int=1)}?_elements=" + "a," * 5000, 404),
    ],
    ids=lambda given: str(given)[:40],
)
def test_a_bad_address_is_refused(machine: Sender, address: str, status: int) -> None:
    answer = machine.get(address)
    assert answer.status_code == status, answer.text
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_good_body_beside_them_is_stored(machine: Sender, known: UUID) -> None:
    assert machine.post("/fhir/Observation", observation(known)).status_code == 201


def test_a_bundle_of_too_many_entries_is_refused_at_once(
    machine: Sender, world: World, hospital: Hospital
) -> None:
    counted = "SELECT count(*) FROM record.item WHERE institution_id = %s"
    before = world.run(counted, hospital.id)
    one = b'{"resource":{"resourceType":"Basic","code":{"text":"x"}},"request":{"method":"POST","url":"Basic"}},'
    told = b'{"fullUrl":"urn:uuid:7c1a9c5e-0d1b-4a58-9f6e-0c55b1f5a001"},'
    for kind, entry, count in (
        (b"transaction", one, 100_000),
        (b"transaction", told, 100_000),
        (b"transaction", one, 5_001),
        (b"batch", one, 1_001),
    ):
        body = b'{"resourceType":"Bundle","type":"%s","entry":[%s]}' % (kind, (entry * count)[:-1])
        started = time.process_time()
        answer = machine.post("/fhir", body)
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (413, "too-costly")
        assert time.process_time() - started < 3
    assert world.run(counted, hospital.id) == before
