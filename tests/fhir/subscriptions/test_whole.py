"""Whole resources in notices: decided when they are sent, after the entry stands; the bundles are those of the R4 backport (1.1)."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.fhir.subscriptions.line import Line
from tests.fhir.subscriptions.receiver import Receiver, focuses, parameter
from tests.fhir.subscriptions.scene import BASE, Package, Scene, send, subscription
from tests.fhir.subscriptions.test_socket import bound
from tests.fhir.subscriptions.test_told import exclude, keep_inside, leave, withdraw, withdraw_letter
from tests.fhir.subscriptions.tls import certificate
from unidossier.actions import subscribe
from unidossier.kernel.uuid7 import new_id
from unidossier.record.validation import validate
from unidossier.signin.claims import tell_gate

Json = dict[str, Any]
NAME = "hook.example"


@pytest.fixture(scope="module")
def sealed(stage: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A receiver over TLS, by a name that this process believes."""
    pem, found = certificate(tmp_path_factory.mktemp("tls"), name=NAME), socket.getaddrinfo

    def looked_up(host: Any, port: Any, *more: Any, **named: Any) -> list[Any]:
        return found("127.0.0.1" if host == NAME else host, port, *more, **named)

    receiver = Receiver(pem)
    receiver.origin = receiver.origin.replace("127.0.0.1", NAME)
    stage.world.run(
        "INSERT INTO notices.hook_address (id, origin, private, reason, institution_id, made_by, entry_id) VALUES (%s, %s, true, 'test', %s, %s, 0)",
        *(new_id(), receiver.origin, stage.account.institution, stage.world.person()),
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SSL_CERT_FILE", str(pem))
        patched.setattr(socket, "getaddrinfo", looked_up)
        yield receiver
    receiver.close()


@pytest.fixture
def whole(scene: Scene, sealed: Receiver) -> Scene:
    sealed.told.clear()
    return replace(scene, receiver=sealed)


def subscribed(scene: Scene, gp: Package, content: str = "full-resource") -> str:
    body = subscription(scene.receiver.origin, content=content)
    id_ = gp.sender.post("/fhir/Subscription", body).json()["id"]
    send()
    return str(id_)


def test_a_letter_comes_whole_with_its_file(whole: Scene) -> None:
    gp = whole.package()
    subscribed(whole, gp)
    letter = whole.store(
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "docStatus": "final",
            "type": {"coding": [{"system": "http://loinc.org", "code": "18842-5"}]},
            "subject": {"reference": f"Patient/{whole.patient}"},
            "content": [{"attachment": {"contentType": "application/pdf", "data": "QUJD" * 12000}}],
        }
    )
    send()
    handshake, notice = whole.receiver.told
    assert len(handshake["entry"]) == 1
    assert focuses(notice) == [(1, f"{BASE}/fhir/{letter}")]
    (event,) = notice["entry"][1:]
    assert event["resource"] == gp.sender.get(f"/fhir/{letter}").json()
    assert event["fullUrl"] == f"{BASE}/fhir/{letter}"
    assert validate(json.dumps(notice).encode()).resource_type == "Bundle"
    entry = whole.world.run(
        "SELECT permitted, detail ->> 'content' FROM log.entry WHERE person_id = %s AND verb = 'notify'",
        gp.worker.person,
    )
    assert entry == [(True, "full-resource")]


@pytest.mark.parametrize(
    "close", [exclude, withdraw, leave, keep_inside, withdraw_letter], ids=lambda one: one.__name__
)
def test_what_closes_between_telling_and_sending_keeps_the_content_back(
    whole: Scene, close: Callable[[Scene, Package], None]
) -> None:
    gp = whole.package()
    id_ = subscribed(whole, gp)
    whole.letter()
    taken = tell_gate("notices.take_hook", {"what": "take-hook"})
    asked = {
        "what": "notice-contents",
        "subscription": id_,
        "version": taken["version"],
        "entries": [one["entry"] for one in taken["events"]],
    }
    assert len(tell_gate("notices.contents_for_hook", asked)) == 1
    close(whole, gp)
    assert tell_gate("notices.contents_for_hook", asked) == {}


def test_content_is_for_the_entries_of_its_own_telling_alone(whole: Scene) -> None:
    gp, other = whole.package(), whole.package()
    id_, others, modest = (
        subscribed(whole, gp),
        subscribed(whole, other),
        subscribed(whole, gp, content="id-only"),
    )
    whole.letter()
    send()
    rows = whole.world.run(
        "SELECT id::text, detail ->> 'subscription' FROM log.entry WHERE verb = 'notify' AND person_id = ANY (%s)",
        [gp.worker.person, other.worker.person],
    )
    entries = {of: entry for entry, of in rows}

    def found(of: str, entry: str) -> Json:
        claims = {"what": "notice-contents", "subscription": of, "version": 1, "entries": [entry]}
        return dict(tell_gate("notices.contents_for_hook", claims))

    assert len(found(id_, entries[id_])) == 1
    assert found(id_, entries[others]) == found(modest, entries[modest]) == found(id_, "1") == {}
    assert gp.sender.get(f"/fhir/Subscription/{others}/$events").status_code == 404
    whole.world.run(
        "UPDATE notices.hook_address SET ended_at = now() WHERE origin = %s", whole.receiver.origin
    )
    assert found(id_, entries[id_]) == {}
    whole.world.run(
        "UPDATE notices.hook_address SET ended_at = NULL WHERE origin = %s", whole.receiver.origin
    )


def test_one_that_no_longer_fits_is_told_by_its_id(whole: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gp = whole.package()
    subscribed(whole, gp)
    first, second = whole.letter(), whole.letter()
    monkeypatch.setattr(subscribe, "MOST_CONTENT", len(gp.sender.get(f"/fhir/{first}").text) + 10)
    send()
    notice = whole.receiver.told[-1]
    assert focuses(notice) == [(1, f"{BASE}/fhir/{first}"), (2, f"{BASE}/fhir/{second}")]
    assert ["resource" in one for one in notice["entry"][1:]] == [True, False]


def test_events_give_less_when_less_is_asked_for(whole: Scene) -> None:
    gp = whole.package()
    id_, modest = subscribed(whole, gp), subscribed(whole, gp, content="id-only")
    letter = whole.letter()
    send()

    def events(of: str, content: str) -> list[Json]:
        answer = gp.sender.get(f"/fhir/Subscription/{of}/$events?content={content}").json()
        return list(answer["entry"][1:])

    (event,) = events(id_, "")
    assert event["resource"]["id"] == letter.partition("/")[2]
    assert "resource" not in events(id_, "id-only")[0]
    assert events(id_, "empty") == []
    assert "resource" not in events(modest, "full-resource")[0]


def test_by_websocket(scene: Scene) -> None:
    gp, _, token = bound(scene, content="full-resource")
    with Line(scene.client) as line:
        line.say(f"bind-with-token: {token}")
        assert parameter(line.hear(), "status") == "active"
        letter = scene.letter()
        (event,) = line.hear()["entry"][1:]
        assert event["resource"] == gp.sender.get(f"/fhir/{letter}").json()


# backport-subscription-status-r4: name -> how often; and what the guide says of empty payloads
STATUS = {"subscription": 1, "status": 1, "type": 1, "events-since-subscription-start": 1}


@pytest.mark.parametrize("content", ["empty", "id-only", "full-resource"])
def test_each_bundle_is_as_the_guide_says(whole: Scene, content: str) -> None:
    gp = whole.package()
    id_ = subscribed(whole, gp, content)
    whole.letter()
    send()
    whole.world.run(
        "UPDATE notices.subscription SET heartbeat_s = 10, sent_at = now() - interval '1 hour', next_at = now() WHERE id = %s",
        id_,
    )
    send()
    assert whole.receiver.kinds() == ["handshake", "event-notification", "heartbeat"]
    status = [parameter(one, "status") for one in whole.receiver.told]
    assert status == ["requested", "active", "active"]
    for bundle, since in zip(whole.receiver.told, (0, 1, 1), strict=True):
        assert (bundle["type"], bundle["meta"]["profile"][0].rpartition("/")[2]) == (
            "history",
            "backport-subscription-notification-r4",
        )
        assert all("request" in one and "response" in one for one in bundle["entry"]), "bdl-3, bdl-4"
        first = bundle["entry"][0]
        assert first["request"]["url"].endswith(f"/Subscription/{id_}/$status")
        names = [one["name"] for one in first["resource"]["parameter"]]
        assert {name: names.count(name) for name in STATUS} == STATUS
        assert names.count("topic") == (0 if content == "empty" else 1)
        assert parameter(bundle, "events-since-subscription-start") == str(since)
    events = whole.receiver.told[1]
    assert len(events["entry"]) == (1 if content == "empty" else 2)
    assert [focus is None for _, focus in focuses(events)] == [content == "empty"]
