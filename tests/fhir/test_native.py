"""A Binary is given as the bytes that it holds where its own kind is asked for. hl7.org/fhir/R4/binary.html#rest"""

import base64
import os
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import observation

SMALL, LARGE = b"\x00\xff%PDF", os.urandom(40_000)  # the large one lies beside the database


def stored(machine: Sender, known: UUID, *, data: bytes = SMALL, kind: str = "application/pdf") -> str:
    binary = {
        "resourceType": "Binary",
        "contentType": kind,
        "securityContext": {"reference": f"Patient/{known}"},
        "data": base64.b64encode(data).decode(),
    }
    answer = machine.post("/fhir/Binary", binary)
    assert answer.status_code == 201, answer.text
    return f"/fhir/Binary/{answer.json()['id']}"


@pytest.mark.parametrize("data", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("accept", ["application/pdf", "image/*, Application/PDF;q=0.5"])
def test_the_bytes_come_as_they_were(machine: Sender, known: UUID, data: bytes, accept: str) -> None:
    address = stored(machine, known, data=data)
    for place in (address, f"{address}/_history/1"):
        answer = machine.get(place, accept=accept)
        assert (answer.status_code, answer.content) == (200, data)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["etag"] == 'W/"1"'
        assert answer.headers["cache-control"] == "no-store"
        # no browser shows it as a page of ours
        assert answer.headers["content-disposition"] == "attachment"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert machine.get(address, accept=accept, **{"if-none-match": 'W/"1"'}).status_code == 304


@pytest.mark.parametrize(
    ("accept", "query"),
    [("*/*", ""), ("application/fhir+json", ""), ("application/pdf, */*;q=0.1", ""), ("application/pdf", "?_format=json")],
)  # fmt: skip
def test_whoever_takes_fhir_gets_fhir(machine: Sender, known: UUID, accept: str, query: str) -> None:
    answer = machine.get(stored(machine, known) + query, accept=accept)
    assert answer.headers["content-type"] == "application/fhir+json"
    assert base64.b64decode(answer.json()["data"]) == SMALL


def test_of_another_kind_or_nobodys_it_is_refused_as_ever(
    machine: Sender, physician: Sender, known: UUID
) -> None:
    address = stored(machine, known)
    other = machine.get(address, accept="image/png")
    assert (other.status_code, other.json()["resourceType"]) == (406, "OperationOutcome")
    hidden = physician.get(address, accept="application/pdf")
    absent = physician.get(f"/fhir/Binary/{uuid4()}", accept="application/pdf")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.status_code == 404
    value = machine.post("/fhir/Observation", observation(known)).json()
    assert machine.get(f"/fhir/Observation/{value['id']}", accept="application/pdf").status_code == 406


def test_a_page_of_a_sender_stays_a_file(machine: Sender, known: UUID) -> None:
    page: Any = machine.get(
        stored(machine, known, data=b"<script>alert(1)</script>", kind="text/html; charset=utf-8"),
        accept="text/html",
    )
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-disposition"] == "attachment"
    assert page.headers["content-security-policy"].startswith("sandbox")
