"""Create, read, update, delete and list Subscriptions; each change is an entry, and another's is not there (ACD-8)."""

from typing import Any
from uuid import uuid4

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.subscriptions.scene import CONTENT, Scene, subscription
from unidossier.actions.subscribe import (
    end_subscription,
    keep_subscription,
    list_events,
    make_socket_token,
    own_subscriptions,
)
from unidossier.exchange.fhir.subscriptions.resource import wanted_of
from unidossier.gate.door import AccessRefused
from unidossier.kernel.uuid7 import new_id

ENTRIES = "SELECT permitted FROM log.entry WHERE person_id = %s AND verb = 'subscribe' ORDER BY id"
# name -> what is wrong of it
BAD: dict[str, dict[str, Any]] = {
    "another topic": {"criteria": "https://unidossier.be/fhir/SubscriptionTopic/everything"},
    "a search as of R4": {"criteria": "Observation?code=1"},
    "mail": {"channel": {"type": "email", "endpoint": "mailto:a@b.example"}},
    "XML": {"channel": {"payload": "application/fhir+xml"}},
    "the whole resource over an open line": {
        "channel": {"_payload": {"extension": [{"url": CONTENT, "valueCode": "full-resource"}]}}
    },
    "a content of nobody": {"channel": {"_payload": {"extension": [{"url": CONTENT, "valueCode": "all"}]}}},
    "a header of HTTP": {"channel": {"header": ["Host: elsewhere.example"]}},
    "a header of two lines": {"channel": {"header": ["X-A: 1\r\nX-B: 2"]}},
    "past": {"end": "2020-01-01T00:00:00Z"},
    "an address that is not allowed": {"channel": {"endpoint": "https://elsewhere.example/notices"}},
    "another port": {"channel": {"endpoint": "http://127.0.0.1:1/notices"}},
    "a user name": {"channel": {"endpoint": "http://a:b@127.0.0.1/"}},
    "a file": {"channel": {"endpoint": "file:///etc/passwd"}},
    "no address": {"channel": {"endpoint": ""}},
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_done_is_refused_with_its_place(scene: Scene, name: str) -> None:
    answer = scene.machine.post("/fhir/Subscription", subscription(scene.receiver.origin, **_copy(BAD[name])))
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["issue"][0]["expression"][0].startswith("Subscription")
    assert scene.world.run("SELECT count(*) FROM notices.subscription") == [(0,)]


def _copy(changes: dict[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in changes.items()}


def test_one_life(scene: Scene) -> None:
    gp, other = scene.package(), scene.package()
    made = gp.sender.post("/fhir/Subscription", subscription(scene.receiver.origin))
    id_ = made.json()["id"]
    address = f"/fhir/Subscription/{id_}"
    assert made.headers["location"].endswith(f"{address}/_history/1") and made.headers["etag"] == 'W/"1"'
    assert made.headers["last-modified"].endswith(" GMT")
    body = gp.sender.get(address).json()
    assert body == made.json() and body["channel"]["endpoint"].startswith(scene.receiver.origin)
    changed = gp.sender.put(address, body | {"reason": "Other", "status": "off"}, if_match='W/"1"')
    assert (
        changed.status_code == 200
        and changed.json()["status"] == "off"
        and changed.json()["reason"] == "Other"
    )
    assert gp.sender.put(address, body, if_match='W/"1"').status_code == 412
    assert gp.sender.get("/fhir/Subscription?status=off").json()["total"] == 1
    assert gp.sender.get("/fhir/Subscription?status=active").json()["total"] == 0
    for answer in (
        other.sender.get(address),
        other.sender.get(f"{address}/$status"),
        other.sender.get(f"{address}/$events"),
        other.sender.client.request("DELETE", address, headers=other.sender.headers),
    ):
        assert answer.status_code == 404
    assert other.sender.get(address).json() == other.sender.get(f"/fhir/Subscription/{uuid4()}").json()
    assert other.sender.put(address, body).status_code == 409
    assert other.sender.get("/fhir/Subscription").json()["total"] == 0
    assert gp.sender.client.request("DELETE", address, headers=gp.sender.headers).status_code == 204
    assert gp.sender.get(address).status_code == 404
    assert [one for (one,) in scene.world.run(ENTRIES, gp.worker.person)] == [True, True, True]


def test_the_list_in_pages_by_address_and_by_form(scene: Scene) -> None:
    gp = scene.package()
    ids = [
        gp.sender.post("/fhir/Subscription", subscription(scene.receiver.origin)).json()["id"]
        for _ in range(5)
    ]
    seen, address = [], "/fhir/Subscription?_count=2&type=rest-hook"
    while address:
        page = gp.sender.get(address).json()
        assert page["total"] == 5
        seen.append([one["resource"]["id"] for one in page["entry"]])
        address = next((one["url"] for one in page["link"] if one["relation"] == "next"), "")
    assert seen == [ids[:2], ids[2:4], ids[4:]]
    form = gp.sender.client.request(
        "POST",
        "/fhir/Subscription/_search",
        content=f"_id={ids[0]},{ids[3]}".encode(),
        headers=gp.sender.headers | {"content-type": "application/x-www-form-urlencoded"},
    )
    assert [one["resource"]["id"] for one in form.json()["entry"]] == [ids[0], ids[3]]
    none = gp.sender.get("/fhir/Subscription?_count=0").json()
    assert none["total"] == 5 and "entry" not in none
    for wrong in ("_count=x", f"_after={uuid4()}", "colour=red"):
        assert gp.sender.get(f"/fhir/Subscription?{wrong}").status_code == 400


@pytest.mark.parametrize("function", ["specialist", "reception", "security-officer"])
def test_others_do_not_subscribe(scene: Scene, function: str) -> None:
    person = scene.world.worker(function, scene.account.institution)
    sender = Sender(scene.client, scene.world.session(person, face="api"))
    assert sender.post("/fhir/Subscription", subscription(scene.receiver.origin)).status_code == 403
    assert scene.world.run(ENTRIES, person.person) == [(False,)]


def test_each_verb_leaves_its_entry(scene: Scene) -> None:
    gp, nurse = scene.package(), scene.world.worker("nurse", scene.account.institution)
    wanted, id_ = wanted_of(subscription(None)), new_id()
    assert keep_subscription(gp.sender.secret, subscription=id_, wanted=wanted)["state"] == "active"
    assert len(own_subscriptions(gp.sender.secret)) == 1  # one's own address book: no entry
    assert list_events(gp.sender.secret, subscription=id_, since=None, until=None) is not None
    assert make_socket_token(gp.sender.secret, subscriptions=None) is not None
    assert end_subscription(gp.sender.secret, subscription=id_)
    rows = scene.world.run(
        "SELECT permitted FROM log.entry WHERE person_id = %s AND verb = 'subscribe'", gp.worker.person
    )
    assert rows == [(True,)] * 3
    secret = scene.world.session(nurse)
    with pytest.raises(AccessRefused):
        keep_subscription(secret, subscription=new_id(), wanted=wanted)
    assert own_subscriptions(secret) == [] and not end_subscription(secret, subscription=id_)
    assert list_events(secret, subscription=id_, since=None, until=None) is None
    assert make_socket_token(secret, subscriptions=None) is None
    assert {one for (one,) in scene.world.run(ENTRIES, nurse.person)} == {False}


def test_fifty_and_no_more(scene: Scene) -> None:
    gp = scene.package()
    wanted = wanted_of(subscription(None))
    for _ in range(50):
        keep_subscription(gp.sender.secret, subscription=new_id(), wanted=wanted)
    answer = gp.sender.post("/fhir/Subscription", subscription(None))
    assert answer.status_code == 422 and "50" in answer.json()["issue"][0]["diagnostics"]
