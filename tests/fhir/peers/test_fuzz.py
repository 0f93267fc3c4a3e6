"""No request makes the server fail: a few seconds here, `FUZZ=5000` and more in `make prove-fhir`."""

from uuid import uuid4

from hypothesis import HealthCheck, given, settings

from tests.fhir.conftest import Sender
from tests.fhir.peers.fuzzing import HOW_MANY, Asked, requests
from tests.fhir.resources import observation
from tests.gate.world import World
from unidossier.exchange.fhir.app import ROUTES


def test_no_request_makes_the_server_fail(
    machine: Sender, physician: Sender, known: object, world: World, record_property: object
) -> None:
    stored = machine.post("/fhir/Observation", observation(known)).json()["id"]  # type: ignore[arg-type]
    own = Sender(machine.client, world.own_session(known, face="api"))  # type: ignore[arg-type]
    senders = (machine, physician, own)
    statuses: dict[int, int] = {}

    @settings(
        max_examples=HOW_MANY,
        deadline=None,
        derandomize=HOW_MANY <= 1000,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(asked=requests(ROUTES, [str(known), str(uuid4()), stored]))
    def ask(asked: Asked) -> None:
        sender = senders[len(asked.body) % 3]
        answer = sender.client.request(
            asked.method,
            asked.path,
            params=asked.params or None,
            headers={name: value.encode() for name, value in (asked.headers | sender.headers).items()},  # type: ignore[arg-type]
            content=asked.body or None,
        )
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"{asked!r}: {answer.status_code} {answer.text[:300]}"
        if answer.status_code >= 400 and answer.content and asked.method != "HEAD":
            assert b"OperationOutcome" in answer.content or b"error" in answer.content, answer.text[:300]

    ask()
    assert len(statuses) > 3, statuses
    record_property("fuzzed", sum(statuses.values()))  # type: ignore[operator]
