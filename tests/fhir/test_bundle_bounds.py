"""One entry of a Bundle harms no other: a fault of ours, an answer that is too large, a Bundle that takes too long."""

from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation
from tests.fhir.test_transaction import items
from tests.gate.world import World


def test_a_fault_of_ours_is_the_answer_to_its_own_entry(
    machine: Sender,
    known: UUID,
    stored: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    world: World,
    hospital: Hospital,
) -> None:
    from unidossier.exchange.fhir import read

    async def fails(*_: object, **__: object) -> None:
        raise KeyError("a word of the record")

    monkeypatch.setattr(read, "_answer", fails)
    get = {"request": {"method": "GET", "url": f"Observation/{stored['id']}"}}
    search = {"request": {"method": "GET", "url": f"Observation?patient={known}"}}
    before = items(world, hospital)
    told = machine.post("/fhir", bundle(get, entry(observation(known)), search, type="batch"))
    assert [one["response"]["status"] for one in told.json()["entry"]] == ["500", "201", "200"]
    (issue,) = told.json()["entry"][0]["response"]["outcome"]["issue"]
    assert issue["code"] == "exception"
    assert items(world, hospital) == before + 1
    together = machine.post("/fhir", bundle(get, entry(observation(known))))
    assert (together.status_code, together.json()["issue"][0]["expression"]) == (500, ["Bundle.entry[0]"])
    assert items(world, hospital) == before + 1
    assert "KeyError" in caplog.text
    assert "a word of the record" not in caplog.text + told.text + together.text
