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


def statuses(answer: Any) -> list[str]:
    return [one["response"]["status"] for one in answer.json()["entry"]]


def test_behind_a_full_bundle_nothing_is_read(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A thousand records that did not fit were read one after the other before each was refused."""
    monkeypatch.setattr("unidossier.exchange.fhir.inside.LARGEST_ANSWER", 1_000)
    large = machine.post("/fhir/Observation", observation(known, note=[{"text": "x" * 2_000}])).json()
    small = {"request": {"method": "GET", "url": f"Observation/{stored['id']}"}}
    too_large = {"request": {"method": "GET", "url": f"Observation/{large['id']}"}}
    read = "SELECT count(*) FROM log.entry WHERE person_id = %s AND verb = 'fhir-read'"
    ((before,),) = world.run(read, hospital.machine.person)
    sent = bundle(
        small, too_large, small, entry(observation(known)), *[too_large] * 20, entry(observation(known, status="x")),
        type="batch",
    )  # fmt: skip
    answer = machine.post("/fhir", sent)
    assert statuses(answer) == ["200", "413", "413", "201", *["413"] * 20, "400"]
    assert {one["response"]["outcome"]["issue"][0]["code"] for one in answer.json()["entry"][4:24]} == {
        "too-costly"
    }
    ((after,),) = world.run(read, hospital.machine.person)
    assert after - before == 2


def test_a_bundle_is_answered_for_so_long_and_no_longer(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    get, post = (
        {"request": {"method": "GET", "url": f"Observation/{stored['id']}"}},
        entry(observation(known)),
    )
    assert statuses(machine.post("/fhir", bundle(get, post, get, type="batch"))) == ["200", "201", "200"]
    before = items(world, hospital)
    monkeypatch.setattr("unidossier.exchange.fhir.inside.ANSWERED_WITHIN_S", 0.0)
    answer = machine.post("/fhir", bundle(get, post, get, type="batch"))
    assert statuses(answer) == ["503"] * 3
    (issue,) = answer.json()["entry"][1]["response"]["outcome"]["issue"]
    assert issue["code"] == "throttled"
    assert "send the rest again in a smaller Bundle" in issue["diagnostics"]
    together = machine.post("/fhir", bundle(get, post))
    assert (together.status_code, together.json()["issue"][0]["code"]) == (503, "throttled")
    assert items(world, hospital) == before
    assert machine.post("/fhir", bundle(post)).status_code == 200  # what only stores is done in one


def test_others_have_their_turn_between_the_entries(machine: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused without the database waited for nothing: a thousand of them were one turn of the loop."""
    import asyncio

    from unidossier.exchange.fhir import batch

    loops: list[int] = []

    async def ask(*_: object, **__: object) -> Any:
        if not loops:
            asyncio.get_running_loop().call_soon(loops.append, 1)
        loops.append(0)
        raise batch.refused(404, "not-found", "nothing")

    monkeypatch.setattr(batch, "ask_inside", ask)
    get = {"request": {"method": "GET", "url": "Observation/1"}}
    assert statuses(machine.post("/fhir", bundle(*[get] * 5, type="batch"))) == ["404"] * 5
    assert loops == [0, 1, 0, 0, 0, 0]
