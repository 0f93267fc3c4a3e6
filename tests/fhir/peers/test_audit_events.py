"""AuditEvents over the API (ITI-81): the patient as "who looked" shows it, the Desk as it searches; to everybody else absence; each reading an entry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest

from tests.fhir.client import Client
from tests.fhir.conftest import Hospital, Sender
from tests.gate.world import Worker, World
from unidossier.gate import door
from unidossier.gate.door import Ask, Query
from unidossier.record.validation import validate

SID = "https://unidossier.be/fhir/sid"
VERB = "https://unidossier.be/fhir/CodeSystem/verb"
ABSENCE = "There is no such resource, or you have no access to it."


@dataclass(frozen=True)
class Scene:
    """A patient whom a physician looked at five times and a machine once, and who may ask."""

    world: World
    client: Client
    hospital: Hospital
    patient: UUID
    own: Sender
    physician: Sender

    def at_desk(self, function: str) -> Sender:
        worker = self.world.worker(function, self.hospital.id)
        return Sender(self.client, self.world.session(worker, face="api", purpose="governance"))

    def at_work(self, worker: Worker, purpose: str = "care") -> Sender:
        return Sender(self.client, self.world.session(worker, face="api", purpose=purpose))

    def entries(self, verb: str) -> int:
        ((count,),) = self.world.run("SELECT count(*) FROM log.entry WHERE verb = %s", verb)
        return count

    def present(self, how: str) -> None:
        self.world.run(
            "DELETE FROM registry.institution_setting WHERE institution_id = %s AND name = 'log.presentation'",
            self.hospital.id,
        )
        self.world.setting(self.hospital.id, name="log.presentation", value=how)


@pytest.fixture
def scene(client: Client, world: World, hospital: Hospital) -> Scene:
    patient = world.patient()
    world.relation(patient, hospital.physician)
    own = Sender(client, world.own_session(patient, face="api"))
    physician = Sender(client, world.session(hospital.physician, face="api"))
    for _ in range(5):
        assert physician.get(f"/fhir/Patient/{patient}").status_code == 200
    return Scene(world, client, hospital, patient, own, physician)


def events_of(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
    return [entry["resource"] for entry in bundle.get("entry", [])]


def looked(events: list[dict[str, Any]], verb: str = "fhir-read") -> list[dict[str, Any]]:
    return [one for one in events if any(sub["code"] == verb for sub in one["subtype"])]


def next_of(answer: Any) -> str | None:
    found = [one["url"] for one in answer.json()["link"] if one["relation"] == "next"]
    return found[0].partition("api.example")[2] if found else None


@pytest.mark.parametrize(
    ("how", "is_named"), [("named", True), ("pseudonymised", False), ("anonymised", False)]
)
def test_a_patient_reads_who_looked_as_each_institution_shows_it(
    scene: Scene, how: str, is_named: bool
) -> None:
    """MY-15."""
    scene.present(how)
    ((name,),) = scene.world.run(
        "SELECT given || ' ' || family FROM registry.person WHERE id = %s", scene.hospital.physician.person
    )
    answer = scene.own.get(f"/fhir/AuditEvent?patient=Patient/{scene.patient}")
    found = looked(events_of(answer))
    assert len(found) == 5
    validate(answer.content)
    told = answer.text
    assert (name in told, str(scene.hospital.physician.person) in told) == (is_named, is_named)
    assert [one["recorded"] for one in found] == sorted((one["recorded"] for one in found), reverse=True)


def test_each_reading_is_an_entry_that_the_next_shows(scene: Scene) -> None:
    """LOG-1: the reading of the log too."""
    before = scene.entries("who-looked")
    address = f"/fhir/AuditEvent?patient={scene.patient}"
    first = events_of(scene.own.get(address))
    second = events_of(scene.own.get(address))
    assert scene.entries("who-looked") == before + 2
    assert len(second) == len(first) + 1
    assert looked(second[:1], "who-looked")


def test_an_event_is_read_by_its_id(scene: Scene) -> None:
    found = events_of(scene.own.get(f"/fhir/AuditEvent?patient={scene.patient}"))
    for one in found[:3]:
        read = scene.own.get(f"/fhir/AuditEvent/{one['id']}")
        assert (read.status_code, read.json()) == (200, one)
    # nobody reads it by knowing its id
    stranger = Sender(scene.client, scene.world.own_session(scene.world.patient(), face="api"))
    for who in (stranger, scene.physician, scene.at_desk("registration-desk")):
        one = f"/fhir/AuditEvent/{found[0]['id']}?ground=spot-check"
        refused, absent = who.get(one), who.get(one.replace(str(scene.patient), str(uuid4())))
        assert (refused.status_code, refused.content) == (404, absent.content)


def test_pages_stand_still_while_the_log_grows(scene: Scene) -> None:
    address: str | None = f"/fhir/AuditEvent?patient={scene.patient}&_count=2&subtype=fhir-read"
    ids = []
    while address is not None:
        answer = scene.own.get(address)
        page = events_of(answer)
        assert len(page) <= 2
        ids += [one["id"] for one in page]
        scene.physician.get(f"/fhir/Patient/{scene.patient}")
        address = next_of(answer)
    assert len(ids) == len(set(ids)) == 5
    assert ids == sorted(ids, reverse=True)


def test_an_entry_about_several_items_is_not_torn(scene: Scene) -> None:
    items = [scene.world.item(scene.patient, scene.hospital.id) for _ in range(3)]
    secret = scene.world.session(scene.hospital.physician)
    door.read(secret, Ask(verb="open-item", patient=scene.patient, items=tuple(items)), Query("SELECT 1"))
    address: str | None = f"/fhir/AuditEvent?patient={scene.patient}&_count=2"
    told = []
    while address is not None:
        answer = scene.own.get(address)
        told += looked(events_of(answer), "open-item")
        address = next_of(answer)
    assert {entity["what"]["identifier"]["value"] for one in told for entity in one["entity"][1:]} == {
        f"urn:uuid:{item}" for item in items
    }
    assert len({one["id"] for one in told}) == len(told) == 3
    hit = events_of(scene.own.get(f"/fhir/AuditEvent?patient={scene.patient}&entity={items[1]}"))
    assert [one["id"] for one in hit] == [one["id"] for one in told if str(items[1]) in str(one["entity"])]


def criteria(scene: Scene) -> list[tuple[str, str]]:
    """Give each parameter with what it finds and what it misses (hl7.org/fhir/R4/auditevent.html#search)."""
    person, house = scene.hospital.physician.person, scene.hospital.id
    return [
        ("action=R", "action=D"),
        ("action:not=D", "action:not=R,E,C,U,D"),
        ("address=unidossier", "address=elsewhere"),
        (f"agent:identifier={SID}/person|{person}", f"agent:identifier={SID}/person|{uuid4()}"),
        (f"agent:identifier={SID}/institution|{house}", f"agent:identifier={SID}/institution|{uuid4()}"),
        ("agent-name=doe", "agent-name=nobody"),
        ("agent-name:contains=O", "agent-name:exact=jo"),
        ("agent-role=specialist", "agent-role=nurse"),
        ("date=ge2026-01-01", "date=lt2026-01-01"),
        ("date=ge2020&date=lt2100", "date=ge2100"),
        # the edges of the calendar
        ("date=ge0001-01-01&date=le9999-12-31", "date=ap0001-01-01"),
        ("date=ne9999-12-31", "date=ap9999-12-31"),
        (f"entity=Patient/{scene.patient}", f"entity={uuid4()}"),
        ("entity-role=1", "entity-role=9"),
        ("entity-type=http://terminology.hl7.org/CodeSystem/audit-entity-type|1", "entity-type=x|1"),
        ("outcome=0", "outcome=8"),
        ("policy=urn:unidossier:rule:ACD-2.work", "policy=urn:unidossier:rule:BTG-1.emergency"),
        ("site=unidossier", "site=other"),
        (f"source:identifier={SID}/device|unidossier", f"source:identifier={SID}/device|x"),
        (f"subtype={VERB}|fhir-read", f"subtype={VERB}|exclude"),
        ("subtype=read,nothing", "subtype=nothing"),
        ("type=rest", "type=110106"),
    ]


def test_every_parameter_finds_and_misses(scene: Scene) -> None:
    for hit, miss in criteria(scene):
        base = f"/fhir/AuditEvent?patient={scene.patient}&"
        assert len(looked(events_of(scene.own.get(base + hit)))) == 5, hit
        assert looked(events_of(scene.own.get(base + miss))) == [], miss


def test_a_search_is_sent_as_a_form_too(scene: Scene) -> None:
    answer = scene.client.request(
        "POST",
        "/fhir/AuditEvent/_search",
        headers=scene.own.headers,
        data={"patient": f"Patient/{scene.patient}", "subtype": "fhir-read"},
    )
    assert len(events_of(answer)) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        "patient=1",
        "patient=",
        "code=x",
        "date=soon",
        "date=2026-02-30",
        "action:text=R",
        "_count=0",
        "_count=many",
        "_page=1",
        "_page=99999999999999999999-1",
        "_page=9999999999999999999-9999999999999999999",
        "_sort=date",
        "_summary=count",
        "agent=",
    ],
)
def test_what_is_asked_wrongly_is_told(scene: Scene, wrong: str) -> None:
    base = "" if wrong.startswith("patient") else f"patient={scene.patient}&"
    answer = scene.own.get(f"/fhir/AuditEvent?{base}{wrong}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["issue"][0]["diagnostics"]


def test_a_patient_says_whose(scene: Scene) -> None:
    assert scene.own.get("/fhir/AuditEvent").status_code == 400


def test_to_everybody_else_there_is_no_such_log(scene: Scene) -> None:
    """ACD-8: whose log it is changes nothing in the answer; the tries are entries."""
    others: list[Callable[[], Sender]] = [
        lambda: scene.physician,
        lambda: scene.at_work(scene.hospital.machine, "exchange"),
        lambda: scene.at_work(scene.world.worker("nurse", scene.hospital.id)),
        lambda: scene.at_desk("registration-desk"),
        lambda: Sender(scene.client, scene.world.own_session(scene.world.patient(), face="api")),
        lambda: Sender(
            scene.client,
            scene.world.representative_session(scene.world.person(professional=False), face="api"),
        ),
    ]
    for other in others:
        who = other()
        ((before,),) = scene.world.run("SELECT count(*) FROM log.entry WHERE NOT permitted")
        closed = who.get(f"/fhir/AuditEvent?patient={scene.patient}&ground=spot-check")
        absent = who.get(f"/fhir/AuditEvent?patient={uuid4()}&ground=spot-check")
        assert (closed.status_code, closed.content) == (404, absent.content)
        assert closed.json()["issue"][0]["diagnostics"] == ABSENCE
        ((after,),) = scene.world.run("SELECT count(*) FROM log.entry WHERE NOT permitted")
        assert after == before + 2
    for token in ("", "Bearer 00", f"Bearer {'00' * 32}"):
        answer = scene.client.get("/fhir/AuditEvent", headers={"authorization": token} if token else {})
        assert answer.status_code == 401


def test_a_representative_reads_it_from_the_start_of_his_mandate(scene: Scene) -> None:
    """REP-3: what happened before is not his."""
    person = scene.world.person(professional=False)
    scene.world.represent(scene.patient, person, kind="mandate")
    who = Sender(scene.client, scene.world.representative_session(person, face="api"))
    before = looked(events_of(who.get(f"/fhir/AuditEvent?patient={scene.patient}")))
    scene.physician.get(f"/fhir/Patient/{scene.patient}")
    after = looked(events_of(who.get(f"/fhir/AuditEvent?patient={scene.patient}")))
    assert len(after) == len(before) + 1


@pytest.mark.parametrize("function", ["data-protection-officer", "medical-director"])
def test_the_desk_reads_the_log_of_its_own_institution(scene: Scene, function: str) -> None:
    """LOG-6."""
    desk = scene.at_desk(function)
    person = scene.hospital.physician.person
    asked = f"ground=spot-check&agent:identifier={SID}/person|{person}&subtype={VERB}|fhir-read"
    found = events_of(desk.get(f"/fhir/AuditEvent?{asked}"))
    assert len(found) == 5
    for one in found[:2]:
        validate_one(one)
        read = desk.get(f"/fhir/AuditEvent/{one['id']}?ground=spot-check")
        assert (read.status_code, read.json()) == (200, one)
    ids, address = [], f"/fhir/AuditEvent?{asked}&_count=2"
    while address:
        answer = desk.get(address)
        ids += [one["id"] for one in events_of(answer)]
        address = next_of(answer) or ""
    assert ids == [one["id"] for one in found]
    elsewhere = Sender(
        scene.client,
        scene.world.session(
            scene.world.worker(function, scene.world.institution()), face="api", purpose="governance"
        ),
    )
    assert events_of(elsewhere.get(f"/fhir/AuditEvent?{asked}")) == []
    assert elsewhere.get(f"/fhir/AuditEvent/{found[0]['id']}?ground=spot-check").status_code == 404


def test_the_desk_says_why(scene: Scene) -> None:
    """LOG-6: the ground stands in the entry."""
    desk = scene.at_desk("data-protection-officer")
    for asked in ("", "?ground=curiosity"):
        answer = desk.get(f"/fhir/AuditEvent{asked}")
        assert answer.status_code == 400 and "complaint" in answer.text
    before = scene.entries("search-log")
    events_of(desk.get("/fhir/AuditEvent?ground=incident&date=ge2026-01-01&outcome=8"))
    assert scene.entries("search-log") == before + 1
    ((detail,),) = scene.world.run(
        "SELECT detail FROM log.entry WHERE verb = 'search-log' ORDER BY id DESC LIMIT 1"
    )
    assert (detail["why"], detail["outcome"]) == ("incident", "refused")


def test_the_ombuds_service_reads_for_an_open_request_alone(scene: Scene) -> None:
    """LOG-6, CON-11."""
    ombuds = scene.at_desk("ombuds")
    address = f"/fhir/AuditEvent?ground=patient-question&patient={scene.patient}"
    for asked in (
        address,
        f"{address}&task={uuid4()}",
        f"/fhir/AuditEvent?ground=complaint&patient={uuid4()}",
    ):
        answer = ombuds.get(asked)
        assert answer.status_code == 422 and "task=" in answer.text


def validate_one(event: dict[str, Any]) -> None:
    import orjson

    validate(orjson.dumps(event))


def test_the_address_of_the_next_page_keeps_the_question(scene: Scene) -> None:
    answer = scene.own.get(f"/fhir/AuditEvent?patient={scene.patient}&subtype=fhir-read&_count=1")
    asked = dict(parse_qsl(urlsplit(next_of(answer) or "").query))
    assert (asked["patient"], asked["subtype"], asked["_count"]) == (str(scene.patient), "fhir-read", "1")
