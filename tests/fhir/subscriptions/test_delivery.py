"""How a notice travels: handshake, tries with growing gaps, error, heartbeat, status, events; a crash repeats, never loses."""

import time

from tests.fhir.subscriptions.receiver import focuses, parameter
from tests.fhir.subscriptions.scene import BASE, Scene, send, subscription
from unidossier.jobs.subscriptions import _take, forget_old_events
from unidossier.notices.subscription_bundle import BACKPORT

STATE = "SELECT state, tries, fault, next_at > now() FROM notices.subscription WHERE id = %s"


def due(scene: Scene) -> None:
    """The gap is over."""
    scene.world.run("UPDATE notices.subscription SET next_at = now(), leased_until = '-infinity'")


def test_a_handshake_with_the_headers_that_were_asked_for(scene: Scene) -> None:
    gp = scene.package()
    body = subscription(scene.receiver.origin, channel={"header": ["Authorization: Bearer of-the-practice"]})
    answer = gp.sender.post("/fhir/Subscription", body)
    assert answer.status_code == 201 and answer.json()["status"] == "requested"
    assert "of-the-practice" not in answer.text, "a secret is not shown again"
    assert send() == 1
    assert scene.receiver.kinds() == ["handshake"]
    (headers,) = scene.receiver.headers
    assert (
        headers["authorization"] == "Bearer of-the-practice"
        and headers["content-type"] == "application/fhir+json"
    )
    stored = scene.world.run("SELECT headers FROM notices.subscription WHERE id = %s", answer.json()["id"])[
        0
    ][0]
    assert b"of-the-practice" not in stored
    assert gp.sender.get(f"/fhir/Subscription/{answer.json()['id']}").json()["status"] == "active"


def test_tries_with_growing_gaps_then_error_then_anew(scene: Scene) -> None:
    gp = scene.package()
    id_ = scene.subscribe(gp.sender)
    letter = scene.letter()
    scene.receiver.answers[:] = [500, 302, 404, 503, 500, 500]
    gaps = []
    for nth in range(1, 7):
        assert send() == 0
        state, tries, fault, waits = scene.world.run(STATE, id_)[0]
        assert (tries, waits) == (nth, True) and fault
        assert state == ("error" if nth == 6 else "active")
        gaps.append(
            scene.world.run(
                "SELECT extract(epoch FROM next_at - now()) FROM notices.subscription WHERE id = %s", id_
            )[0][0]
        )
        due(scene)
    assert gaps[:5] == sorted(gaps[:5]) and gaps[0] < 15 and gaps[4] > 7000
    assert len(scene.receiver.told) == 6, "a redirect is not followed"
    assert {focuses(one)[0] for one in scene.receiver.told} == {(1, f"{BASE}/fhir/{letter}")}, (
        "the same number each time"
    )
    shown = gp.sender.get(f"/fhir/Subscription/{id_}").json()
    assert shown["status"] == "error" and "500" in shown["error"]
    (status,) = gp.sender.get(f"/fhir/Subscription/{id_}/$status").json()["entry"]
    assert {"name": "status", "valueCode": "error"} in status["resource"]["parameter"]
    assert send() == 0, "nothing more is sent"
    scene.receiver.told.clear()
    assert gp.sender.put(f"/fhir/Subscription/{id_}", shown | {"status": "requested"}).status_code == 200
    send()
    send()
    assert scene.receiver.kinds() == ["handshake", "event-notification"]


def test_a_worker_that_died_before_saying_so_sends_the_same_again(scene: Scene) -> None:
    gp = scene.package()
    scene.subscribe(gp.sender)
    scene.letter()
    taken = _take()
    assert taken is not None and [one["number"] for one in taken["events"]] == [1]
    assert send() == 0, "the lease holds"
    due(scene)
    assert send() == 1 and focuses(scene.receiver.told[0])[0][0] == 1


def test_one_that_answers_drop_by_drop_is_cut(scene: Scene) -> None:
    gp = scene.package()
    heartbeat = {"extension": [{"url": f"{BACKPORT}/backport-timeout", "valueUnsignedInt": 1}]}
    id_ = scene.subscribe(gp.sender, channel=heartbeat)
    scene.letter()
    scene.receiver.drops_for_s = 8.0
    begun = time.monotonic()
    try:
        assert send() == 0
        assert time.monotonic() - begun < 6
    finally:
        scene.receiver.drops_for_s = 0.0
    assert scene.world.run(STATE, id_)[0][1] == 1


def test_heartbeats_when_there_is_nothing_to_say(scene: Scene) -> None:
    gp = scene.package()
    extension = [{"url": f"{BACKPORT}/backport-heartbeat-period", "valueUnsignedInt": 60}]
    scene.subscribe(gp.sender, channel={"extension": extension})
    assert send() == 0
    scene.world.run("UPDATE notices.subscription SET sent_at = now() - interval '61 seconds'")
    assert send() == 1 and scene.receiver.kinds() == ["heartbeat"]
    assert send() == 0


def test_events_are_told_again_as_far_as_they_may_be_now(scene: Scene) -> None:
    gp = scene.package()
    id_ = scene.subscribe(gp.sender)
    letters = []
    for _ in range(3):
        letters.append(scene.letter())
        send()
    asked = f"/fhir/Subscription/{id_}/$events?eventsSinceNumber=2"
    told = gp.sender.get(asked).json()
    assert (
        parameter(told, "type") == "query-event" and parameter(told, "events-since-subscription-start") == "3"
    )
    assert focuses(told) == [(nth, f"{BASE}/fhir/{letters[nth - 1]}") for nth in (2, 3)]
    scene.world.exclude(scene.patient, gp.worker.person)
    assert focuses(gp.sender.get(asked).json()) == []


def test_an_address_that_is_taken_from_the_list_is_told_nothing_more(scene: Scene) -> None:
    gp = scene.package()
    id_ = scene.subscribe(gp.sender)
    scene.letter()
    scene.world.run(
        "UPDATE notices.hook_address SET ended_at = now() WHERE origin = %s", scene.receiver.origin
    )
    try:
        assert send() == 0 and scene.receiver.told == []
        assert scene.world.run(STATE, id_)[0][0] == "error"
        assert scene.world.run(
            "SELECT count(*) FROM log.entry WHERE person_id = %s AND verb = 'notify'", gp.worker.person
        ) == [(0,)]
    finally:
        scene.world.run(
            "UPDATE notices.hook_address SET ended_at = NULL WHERE origin = %s", scene.receiver.origin
        )


def test_events_are_kept_for_a_month(scene: Scene) -> None:
    gp = scene.package()
    id_ = scene.subscribe(gp.sender)
    for _ in range(2):
        scene.letter()
        send()
    scene.world.run("UPDATE notices.event SET at = now() - interval '31 days' WHERE number = 1")
    assert forget_old_events() == 1
    assert [nth for nth, _ in focuses(gp.sender.get(f"/fhir/Subscription/{id_}/$events").json())] == [2]
