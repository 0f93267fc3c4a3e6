"""If-Match: one ETag, several, or whatever stands; on every interaction that changes. RFC 9110, 13.1.1"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation

# what is sent over version 2 -> is it taken
SEEN = {
    'W/"2"': True,
    'W/"1"': False,
    'W/"1", W/"2"': True,
    '"2",W/"7"': True,
    'W/"1", W/"3"': False,
    "*": True,
}


def put(machine: Sender, one: dict[str, Any], seen: str) -> httpx.Response:
    return machine.put(f"/fhir/Observation/{one['id']}", one | {"status": "corrected"}, if_match=seen)


def patch(machine: Sender, one: dict[str, Any], seen: str) -> httpx.Response:
    headers = machine.headers | {"content-type": "application/json-patch+json", "if-match": seen}
    change = b'[{"op": "replace", "path": "/status", "value": "corrected"}]'
    return machine.client.request("PATCH", f"/fhir/Observation/{one['id']}", headers=headers, content=change)


def delete(machine: Sender, one: dict[str, Any], seen: str) -> httpx.Response:
    headers = machine.headers | {"if-match": seen}
    return machine.client.request("DELETE", f"/fhir/Observation/{one['id']}", headers=headers)


def transaction(machine: Sender, one: dict[str, Any], seen: str) -> httpx.Response:
    changed = one | {"status": "corrected"}
    sent = entry(changed, method="PUT", url=f"Observation/{one['id']}", ifMatch=seen)
    return machine.post("/fhir", bundle(sent))


WAYS: list[Callable[..., httpx.Response]] = [put, patch, delete, transaction]


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("seen", SEEN)
def test_a_change_follows_a_version_that_was_seen(
    machine: Sender, known: UUID, way: Callable[..., httpx.Response], seen: str
) -> None:
    made = machine.post("/fhir/Observation", observation(known)).json()
    address = f"/fhir/Observation/{made['id']}"
    second = machine.put(address, made | {"status": "amended"}).json()
    answer = way(machine, second, seen)
    assert answer.status_code in ((200, 204) if SEEN[seen] else (412,)), answer.text
    if not SEEN[seen]:
        assert machine.get(address).headers["etag"] == 'W/"2"'


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
def test_where_nothing_stands_there_is_nothing_to_follow(
    machine: Sender, known: UUID, way: Callable[..., httpx.Response]
) -> None:
    assert way(machine, observation(known) | {"id": str(uuid4())}, "*").status_code == 412


@pytest.mark.parametrize("seen", ["2", 'W/"2" W/"3"', 'W/"two"', ",", 'W/"1",*', ",".join(['W/"1"'] * 21)])
def test_what_is_no_etag_of_ours_is_told(machine: Sender, known: UUID, seen: str) -> None:
    made = machine.post("/fhir/Observation", observation(known)).json()
    answer = put(machine, made, seen)
    assert answer.status_code == 400
    assert "If-Match" in answer.json()["issue"][0]["diagnostics"]
