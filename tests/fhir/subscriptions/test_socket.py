"""Notices by websocket: a token binds one line once; what it is told is decided at each notice."""

from contextlib import ExitStack
from typing import Any

import pytest

from tests.fhir.subscriptions.line import Line, LineEnded
from tests.fhir.subscriptions.receiver import focuses, parameter
from tests.fhir.subscriptions.scene import Package, Scene, subscription


def bound(scene: Scene, *, content: str | None = None) -> tuple[Package, str, str]:
    """A package with a subscription by websocket: its id and a token."""
    gp = scene.package()
    id_ = gp.sender.post("/fhir/Subscription", subscription(None, content=content)).json()["id"]
    answer = gp.sender.get(f"/fhir/Subscription/{id_}/$get-ws-binding-token")
    named: dict[str, Any] = {
        one["name"]: next(value for key, value in one.items() if key.startswith("value"))
        for one in answer.json()["parameter"]
    }
    assert named["subscription"] == id_ and named["websocket-url"] == "ws://api.example/fhir/ws"
    return gp, id_, named["token"]


def test_a_line_is_told_at_once_and_no_more_when_the_patient_excludes(scene: Scene) -> None:
    gp, id_, token = bound(scene)
    with Line(scene.client) as line:
        line.say(f"bind-with-token: {token}")
        assert parameter(line.hear(), "type") == "handshake"
        letter = scene.letter()
        notice = line.hear()
        assert focuses(notice) == [(1, f"http://api.example/fhir/{letter}")]
        scene.world.exclude(scene.patient, gp.worker.person)
        scene.letter()
        scene.world.run(
            "UPDATE notices.subscription SET heartbeat_s = 10, sent_at = now() - interval '1 hour' WHERE id = %s",
            id_,
        )
        assert parameter(line.hear(), "type") == "heartbeat", "and nothing of the second letter"
    assert scene.world.run(
        "SELECT count(*) FROM log.entry WHERE person_id = %s AND verb = 'notify'", gp.worker.person
    ) == [(1,)]


@pytest.mark.parametrize("said", ["bind-with-token " + "0" * 64, "hello", "bind-with-token: zz", "used"])
def test_what_is_no_token_ends_the_line(scene: Scene, said: str) -> None:
    if said == "used":
        _, _, token = bound(scene)
        said = f"bind-with-token {token}"
        scene.world.run("UPDATE notices.socket_token SET bound_at = now()")
    with Line(scene.client) as line:
        line.say(said)
        with pytest.raises(LineEnded) as ended:
            line.hear()
    assert ended.value.code == 1008


def test_a_token_is_for_ones_own_active_subscriptions(scene: Scene) -> None:
    gp, other = scene.package(), scene.package()
    assert gp.sender.get("/fhir/Subscription/$get-ws-binding-token").status_code == 404
    hook = gp.sender.post("/fhir/Subscription", subscription(scene.receiver.origin)).json()["id"]
    own = gp.sender.post("/fhir/Subscription", subscription(None)).json()["id"]
    assert gp.sender.get(f"/fhir/Subscription/{hook}/$get-ws-binding-token").status_code == 404
    assert other.sender.get(f"/fhir/Subscription/{own}/$get-ws-binding-token").status_code == 404
    assert gp.sender.post("/fhir/Subscription/$get-ws-binding-token", "").status_code == 200


def test_lines_of_nobody_keep_nobody_out(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no token waits; with too many of them the longest waiting goes, and whoever has one is told."""
    monkeypatch.setattr("unidossier.exchange.fhir.subscriptions.socket.MOST_WAITING", 3)
    _, _, token = bound(scene)
    with ExitStack() as held:
        silent = [held.enter_context(Line(scene.client)) for _ in range(5)]
        for one in silent[:2]:
            with pytest.raises(LineEnded):
                one.hear()
        line = held.enter_context(Line(scene.client))
        line.say(f"bind-with-token: {token}")
        assert parameter(line.hear(), "type") == "handshake"
