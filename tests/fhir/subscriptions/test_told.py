"""A general practitioner's package learns of a new letter at once, and only what its account may see at that moment (ACD-8, EXC-2)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fhir.resources import observation
from tests.fhir.subscriptions.receiver import focuses, parameter
from tests.fhir.subscriptions.scene import BASE, Package, Scene, send, subscription
from unidossier.record.validation import validate

ALL = (1 << 21) - 1  # categories
NOTICES = """SELECT permitted, rule, patient_id, items, categories FROM log.entry WHERE person_id = %s AND verb = 'notify' ORDER BY id"""


def test_a_package_is_told_of_a_new_letter_and_may_fetch_it(scene: Scene) -> None:
    gp = scene.package()
    id_ = scene.subscribe(gp.sender)
    letter = scene.letter()
    assert send() == 1
    (notice,) = scene.receiver.told
    assert parameter(notice, "type") == "event-notification" and parameter(notice, "status") == "active"
    assert focuses(notice) == [(1, f"{BASE}/fhir/{letter}")]
    assert [one["fullUrl"] for one in notice["entry"][1:]] == [f"{BASE}/fhir/{letter}"]
    assert "resource" not in notice["entry"][1], "ids alone"
    assert gp.sender.get(f"/fhir/{letter}").status_code == 200
    assert send() == 0, "once"
    item = letter.partition("/")[2]
    ((permitted, rule, patient, items, categories),) = scene.world.run(NOTICES, gp.worker.person)
    assert (permitted, rule, patient) == (True, "ACD-3.consent", scene.patient)
    assert [str(one) for one in items] == [item] and categories.bit_count() == 1
    assert gp.sender.get(f"/fhir/Subscription/{id_}").json()["meta"]["versionId"] == "1"


def test_the_notice_is_a_valid_bundle_and_says_nothing_of_anybody(scene: Scene) -> None:
    gp = scene.package()
    scene.subscribe(gp.sender)
    scene.letter(title="Letter of Mr Grosemans")
    send()
    import orjson

    text = orjson.dumps(scene.receiver.told[0])
    assert validate(text).resource_type == "Bundle"
    assert b"Grosemans" not in text and b"Peeters" not in text and str(scene.patient).encode() not in text


def exclude(scene: Scene, gp: Package) -> None:
    scene.world.exclude(scene.patient, gp.worker.person)


def withdraw(scene: Scene, gp: Package) -> None:
    scene.world.run(
        "UPDATE relations.relation SET state = 'withdrawn', withdrawn_at = now() WHERE person_id = %s",
        gp.worker.person,
    )


def suspend(scene: Scene, gp: Package) -> None:
    scene.world.run(
        "UPDATE relations.relation SET state = 'suspended' WHERE person_id = %s", gp.worker.person
    )


def end(scene: Scene, gp: Package) -> None:
    scene.world.run("UPDATE relations.relation SET ends_at = now() WHERE person_id = %s", gp.worker.person)


def refuse_outside(scene: Scene, _: Package) -> None:
    scene.world.run("UPDATE registry.patient SET refuses_outside = true WHERE id = %s", scene.patient)


def die(scene: Scene, _: Package) -> None:
    scene.world.run("UPDATE registry.patient SET deceased_at = now() WHERE id = %s", scene.patient)


def leave(scene: Scene, gp: Package) -> None:
    scene.world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", gp.worker.employment)


def keep_inside(scene: Scene, _: Package) -> None:
    scene.world.run("UPDATE record.item SET internal_only = true WHERE patient_id = %s", scene.patient)


def withdraw_letter(scene: Scene, _: Package) -> None:
    scene.world.run("UPDATE record.item SET status = 'entered-in-error' WHERE patient_id = %s", scene.patient)


CLOSED: list[Callable[[Scene, Package], None]] = [
    *(exclude, withdraw, suspend, end, refuse_outside, die, leave, keep_inside, withdraw_letter)
]


@pytest.mark.parametrize("close", CLOSED, ids=lambda one: one.__name__)
def test_what_closes_the_record_between_storing_and_telling_keeps_the_notice_back(
    scene: Scene, close: Callable[[Scene, Package], None]
) -> None:
    gp, other = scene.package(), scene.package()
    id_, still = scene.subscribe(gp.sender), scene.subscribe(other.sender)
    scene.letter()
    close(scene, gp)
    send()
    told = [parameter(one, "subscription").count(id_) for one in scene.receiver.told]
    assert sum(told) == 0
    if close in (exclude, withdraw, suspend, end, leave):  # those that concern one of them alone
        assert [parameter(one, "subscription").count(still) for one in scene.receiver.told] == [1]
    assert scene.world.run(NOTICES, gp.worker.person) == []
    rows = scene.world.run("SELECT told FROM notices.subscription WHERE id = %s", id_)
    assert rows == [(0,)], "and not even a number says that there was something"


def test_nobody_without_a_relation_is_told(scene: Scene) -> None:
    stranger = scene.package(related=False)
    scene.subscribe(stranger.sender)
    scene.letter()
    assert send() == 0 and scene.receiver.told == []


def test_only_what_is_of_the_topic_and_no_draft(scene: Scene) -> None:
    gp = scene.package()
    scene.subscribe(gp.sender)
    scene.subscribe(gp.sender, "new-result")
    draft = scene.letter(status="preliminary")
    assert send() == 0
    value = scene.store(observation(scene.patient))
    send()
    (notice,) = scene.receiver.told
    assert parameter(notice, "topic").endswith("/new-result")
    assert focuses(notice) == [(1, f"{BASE}/fhir/{value}")]
    ready = scene.machine.get(f"/fhir/{draft}").json() | {"status": "final"}
    assert scene.machine.put(f"/fhir/{draft}", ready).status_code == 200
    send()
    assert focuses(scene.receiver.told[1]) == [(1, f"{BASE}/fhir/{draft}")]


def test_a_stay_begins_once_and_ends_once(scene: Scene) -> None:
    gp = scene.package()
    scene.subscribe(gp.sender, "encounter-start")
    scene.subscribe(gp.sender, "encounter-end")
    stay: dict[str, Any] = {
        "resourceType": "Encounter",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{scene.patient}"},
        "period": {"start": "2026-11-20T10:00:00+01:00"},
    }
    encounter = scene.store(stay)
    send()
    sent = scene.machine.get(f"/fhir/{encounter}").json()
    for changes in ({"priority": {"text": "urgent"}}, {"status": "finished"}):
        sent |= changes
        assert scene.machine.put(f"/fhir/{encounter}", sent).status_code == 200
        send()
    topics = [parameter(one, "topic").rpartition("/")[2] for one in scene.receiver.told]
    assert topics == ["encounter-start", "encounter-end"]


def test_a_machine_is_told_of_its_own_house_alone(scene: Scene) -> None:
    house = scene.world.institution()
    account = scene.world.worker("machine", house)
    from tests.fhir.conftest import Sender

    other = Sender(scene.client, scene.world.session(account, face="api", purpose="exchange"))
    own_id, other_id = scene.subscribe(scene.machine), scene.subscribe(other)
    scene.letter()
    send()
    told = [parameter(one, "subscription") for one in scene.receiver.told]
    assert [own_id in one for one in told] == [True] and other_id not in told[0]


def test_a_filter_narrows_to_one_patient(scene: Scene) -> None:
    from unidossier.notices.subscription_bundle import BACKPORT

    gp, other = (
        scene.package(),
        scene.machine.post(
            "/fhir/Patient", {"resourceType": "Patient", "name": [{"family": "X"}], "birthDate": "1960-01-01"}
        ),
    )
    narrowed = {
        "extension": [
            {
                "url": f"{BACKPORT}/backport-filter-criteria",
                "valueString": f"Composition?patient=Patient/{other.json()['id']}",
            }
        ]
    }
    id_ = scene.subscribe(gp.sender, _criteria=narrowed)
    scene.letter()
    assert send() == 0
    assert (
        other.json()["id"]
        in gp.sender.get(f"/fhir/Subscription/{id_}").json()["_criteria"]["extension"][0]["valueString"]
    )


def test_empty_content_names_no_id(scene: Scene) -> None:
    gp = scene.package()
    scene.subscribe(gp.sender, content="empty")
    scene.letter()
    send()
    assert focuses(scene.receiver.told[0]) == [(1, None)] and len(scene.receiver.told[0]["entry"]) == 1


def test_an_app_is_told_within_its_scopes_and_until_it_is_ended(scene: Scene) -> None:
    """A scope narrows what is told; the end of the app's access ends it at once (XCH-1, ACD-7)."""
    gp = scene.package()
    laboratory = {"user": {"c": {"Subscription": ALL}, "r": {"Observation": ALL}}}
    everything = {"user": {"c": {"*": ALL}, "r": {"*": ALL}}}
    narrow, wide = scene.by_app(gp, laboratory), scene.by_app(gp, everything)
    own, letters = scene.subscribe(narrow, "new-letter"), scene.subscribe(wide, "new-letter")
    assert narrow.get(f"/fhir/Subscription/{letters}").status_code == 404, "another app's"
    assert gp.sender.get("/fhir/Subscription").json()["total"] == 2, "the account's own"
    scene.letter()
    send()
    assert [letters in parameter(one, "subscription") for one in scene.receiver.told] == [True]
    assert own not in str(scene.receiver.told)
    scene.world.run("UPDATE gate.app SET suspended_at = now()")
    scene.letter()
    assert send() == 0 and len(scene.receiver.told) == 1
    assert wide.get("/fhir/Subscription").status_code == 401


def test_an_app_without_the_scope_does_not_subscribe(scene: Scene) -> None:
    gp = scene.package()
    reading = scene.by_app(gp, {"user": {"r": {"*": ALL}}})
    assert reading.post("/fhir/Subscription", subscription(scene.receiver.origin)).status_code == 403
