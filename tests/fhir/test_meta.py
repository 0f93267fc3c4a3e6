"""`meta.versionId` and `meta.lastUpdated` are the server's: in every answer, whatever was sent. hl7.org/fhir/R4/resource.html#Meta"""

import base64
import json
import os
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation

FALSE = {"versionId": "99", "lastUpdated": "1999-01-01T00:00:00Z"}
TAG = {"system": "urn:example:tags", "code": "night"}


def _is_told(resource: dict[str, Any], *, version: int, headers: Any) -> None:
    told = resource["meta"]
    assert (told["versionId"], headers["etag"]) == (str(version), f'W/"{version}"')
    at = datetime.fromisoformat(told["lastUpdated"])
    assert at.replace(microsecond=0) == parsedate_to_datetime(headers["last-modified"])


@pytest.mark.parametrize(
    "meta", [None, {}, FALSE, FALSE | {"tag": [TAG]}], ids=["none", "empty", "false", "tag"]
)
def test_what_is_stored_and_read_tells_number_and_instant(
    machine: Sender, known: UUID, meta: dict[str, Any] | None
) -> None:
    sent = observation(known) | ({} if meta is None else {"meta": meta})
    made = machine.post("/fhir/Observation", sent)
    if meta == {}:  # ele-1: no element is empty
        assert made.status_code in (400, 422)
        return
    read = machine.get(f"/fhir/Observation/{made.json()['id']}")
    for answer in (made, read):
        _is_told(answer.json(), version=1, headers=answer.headers)
        assert answer.json()["meta"].get("tag") == (meta or {}).get("tag")
    assert made.json() == read.json()


def test_each_version_keeps_its_own_and_a_false_one_changes_nothing(machine: Sender, known: UUID) -> None:
    first = machine.post("/fhir/Observation", observation(known)).json()
    address = f"/fhir/Observation/{first['id']}"
    same = machine.put(address, machine.get(address).text)
    assert (same.headers["etag"], same.json()) == ('W/"1"', first)
    assert machine.put(address, first | {"meta": first["meta"] | FALSE}).json() == first
    second = machine.put(address, first | {"status": "amended", "meta": FALSE})
    _is_told(second.json(), version=2, headers=second.headers)
    past = machine.get(f"{address}/_history").json()["entry"]
    assert [one["resource"]["meta"] for one in past] == [second.json()["meta"], first["meta"]]
    assert [one["response"]["etag"] for one in past] == ['W/"2"', 'W/"1"']
    old = machine.get(f"{address}/_history/1")
    _is_told(old.json(), version=1, headers=old.headers)


def test_many_at_once_tell_it_too(machine: Sender, known: UUID) -> None:
    sent = [entry(observation(known, meta=FALSE)) for _ in range(2)]
    made = machine.post("/fhir", bundle(*sent), prefer="return=representation").json()["entry"]
    found = machine.get(f"/fhir/Observation?patient={known}").json()["entry"]
    whole = machine.get(f"/fhir/Patient/{known}/$everything").json()["entry"]
    short = machine.get(f"/fhir/Observation?patient={known}&_elements=status").json()["entry"]
    told = {one["resource"]["id"]: one["resource"]["meta"] for one in made}
    assert len(told) == 2
    for entries in (made, found, whole):
        read = {one["resource"]["id"]: one["resource"]["meta"] for one in entries}
        assert {id_: read[id_] for id_ in told} == told
    assert {one["resource"]["meta"]["lastUpdated"] for one in short} == {
        one["lastUpdated"] for one in told.values()
    }
    assert {one["versionId"] for one in told.values()} == {"1"}
    at = next(iter(told.values()))["lastUpdated"]
    assert len(machine.get(f"/fhir/Observation?patient={known}&_lastUpdated={at}").json()["entry"]) == 2
    assert "entry" not in machine.get(f"/fhir/Observation?patient={known}&_lastUpdated=gt{at}").json()


def test_what_a_contained_resource_says_stays_the_senders(machine: Sender, known: UUID) -> None:
    inside = {"resourceType": "Practitioner", "id": "p", "meta": {"profile": ["urn:example:profile"]}}
    sent = observation(known, contained=[inside], performer=[{"reference": "#p"}])
    assert machine.post("/fhir/Observation", sent).json()["contained"] == [inside]


def test_a_file_before_it_moves_nothing(machine: Sender, known: UUID) -> None:
    data = base64.b64encode(os.urandom(40_000)).decode()
    sent = {
        "content": [{"attachment": {"contentType": "application/pdf", "data": data}}],
        "meta": FALSE | {"tag": [TAG]},
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{known}"},
    }
    made = machine.post("/fhir/DocumentReference", sent)
    read = machine.get(f"/fhir/DocumentReference/{made.json()['id']}")
    assert read.text == made.text
    assert read.json()["meta"]["tag"] == [TAG]
    _is_told(read.json(), version=1, headers=read.headers)


def test_two_of_it_are_refused(machine: Sender, known: UUID) -> None:
    text = json.dumps(observation(known, meta={"tag": [TAG]}))
    answer = machine.post("/fhir/Observation", f'{text[:-1]}, "meta":{{"versionId":"99"}}}}')
    assert answer.status_code == 400, answer.text
