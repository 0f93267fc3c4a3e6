"""Everything that a sender can do wrong is refused at once, with the status that says how, and an OperationOutcome that says what."""

import gzip
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, observation
from tests.gate.world import World

LONGEST_S = 2.0
JSON = "application/fhir+json"
XML_BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]><Observation xmlns="http://hl7.org/fhir"><status value="&b;&c;"/></Observation>"""


def _told(answer: Any, *expected: int) -> str:
    assert answer.status_code in expected, f"{answer.status_code} {answer.text[:300]}"
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome", body
    assert all(len(one["diagnostics"]) > 10 for one in body["issue"])
    return answer.text


def test_resources_that_are_wrong(machine: Sender, known: UUID) -> None:
    table = [
        ({"status": 5}, "Observation.status"),
        ({"status": ["final"]}, "Observation.status"),
        ({"colour": "red"}, "colour"),
        ({"valueQuantity": {"value": "5.6"}}, "Observation.valueQuantity"),
        ({"effectiveDateTime": "2026-02-30"}, "Observation.effectiveDateTime"),
        ({"effectiveDateTime": "26-02-03"}, "Observation.effectiveDateTime"),
        ({"code": None}, "Observation.code"),
        ({"valueString": "two values"}, "Observation"),
        ({"subject": {"reference": 1}}, "Observation.subject"),
    ]
    for changes, expression in table:
        assert expression in _told(machine.post("/fhir/Observation", observation(known) | changes), 400)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", JSON, (400,)),
        (b"{", JSON, (400,)),
        (b"[" * 100_000, JSON, (400,)),
        (b'{"a":' * 100_000, JSON, (400,)),
        (b'{"resourceType":"Observation","status":"final","status":"final"}', JSON, (400,)),
        (b"\xff\xfe{}", JSON, (400,)),
        (b'{"resourceType":"Observation","valueQuantity":{"value":1e999999}}', JSON, (400,)),
        (b"status=final", "text/plain", (415,)),
        (b"{}", "", (415,)),
        (XML_BOMB, "application/fhir+xml", (400, 415)),
    ],
    ids=[
        "nothing",
        "cut",
        "nested lists",
        "nested objects",
        "twice",
        "no UTF-8",
        "no number",
        "text",
        "untyped",
        "entities",
    ],
)
def test_bodies_that_are_wrong(
    machine: Sender, body: bytes, content_type: str, expected: tuple[int, ...]
) -> None:
    began = time.perf_counter()
    for address in ("/fhir/Observation", "/fhir"):
        _told(machine.post(address, body, content_type=content_type), *expected)
    assert time.perf_counter() - began < LONGEST_S


def test_a_body_that_unpacks_to_very_much(machine: Sender) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    _told(machine.post("/fhir/Observation", bomb, content_encoding="gzip"), 400, 413, 415)


def test_a_body_that_is_too_large(machine: Sender) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    whole = b" " * 50_000_000
    began = time.perf_counter()
    _told(machine.post("/fhir/Observation", whole), 413)

    async def in_parts() -> Any:
        for one in parts():
            yield one

    answer = machine.client.request(
        "POST", "/fhir", headers=machine.headers | {"content-type": JSON}, content=in_parts()
    )
    _told(answer, 413)
    assert time.perf_counter() - began < LONGEST_S


def test_a_bundle_of_very_many_entries(machine: Sender) -> None:
    one = b'{"resource":{"resourceType":"Basic"},"request":{"method":"POST","url":"Basic"}},'
    for kind in (b"transaction", b"batch"):
        text = b'{"resourceType":"Bundle","type":"' + kind + b'","entry":[' + one * 100_000 + one[:-1] + b"]}"
        began = time.perf_counter()
        _told(machine.post("/fhir", text), 400, 413, 422)
        assert time.perf_counter() - began < LONGEST_S


def test_references_in_a_circle(machine: Sender, known: UUID) -> None:
    """They are allowed (hl7.org/fhir/R4/http.html#trules); nothing may go round for ever."""
    first, second = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    circle = bundle(
        entry(observation(known, hasMember=[{"reference": second}]), full_url=first),
        entry(observation(known, hasMember=[{"reference": first}]), full_url=second),
    )
    began = time.perf_counter()
    answer = machine.post("/fhir", circle)
    assert answer.status_code in (200, 400, 422), answer.text
    if answer.status_code == 200:
        for one in answer.json()["entry"]:
            place = one["response"]["location"].split("/_history")[0]
            assert machine.get(f"/fhir/{place}").status_code == 200
    assert time.perf_counter() - began < LONGEST_S


def test_tokens_of_every_wrong_kind(machine: Sender, known: UUID, world: World) -> None:
    over = world.own_session(known, face="api", life_s=0)
    jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."
    for token in (
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        f"Bearer {jwt}",
        "Bearer zz",
        f"Bearer {'ab' * 32}",
        f"Bearer {'ab' * 9999}",
        f"Bearer {over.hex()}",
    ):
        for method, address in (
            ("GET", f"/fhir/Patient/{known}"),
            ("POST", "/fhir"),
            ("GET", "/fhir/AuditEvent"),
        ):
            answer = machine.client.request(
                method, address, headers={"authorization": token} if token else {}
            )
            _told(answer, 401)
            assert "Bearer" in answer.headers["www-authenticate"]


def test_searches_that_would_read_everything(machine: Sender, physician: Sender) -> None:
    """Across patients only what the institution's own machine may; a carer asks about one patient."""
    for asked in (
        "Observation",
        "Observation?code:not=x",
        "Patient?name:contains=a",
        "Observation?_has:Provenance:target:agent=x",
    ):
        answer = physician.get(f"/fhir/{asked}")
        assert 400 <= answer.status_code < 500, f"{asked}: {answer.status_code} {answer.text[:200]}"
        _told(answer, answer.status_code)
