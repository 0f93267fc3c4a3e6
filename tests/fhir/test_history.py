"""FHIR history: every version the reader may see, newest first, in pages; an entry each; refusal is absence."""

from typing import Any
from uuid import UUID, uuid4

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation, patient
from tests.gate.world import World
from unidossier.record.validation import validate


def bundle_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert validate(answer.content).resource_type == "Bundle"
    return answer.json()


def changed(machine: Sender, stored: dict[str, Any], *statuses: str) -> str:
    address = f"/fhir/Observation/{stored['id']}"
    for status in statuses:
        assert machine.put(address, stored | {"status": status}).status_code == 200
    return address


def test_every_version_is_told_with_how_it_came(machine: Sender, stored: dict[str, Any]) -> None:
    address = changed(machine, stored, "amended")
    assert machine.client.request("DELETE", address, headers=machine.headers).status_code == 204
    told = bundle_of(machine.get(f"{address}/_history"))
    assert told["type"] == "history"
    entries = told["entry"]
    assert [one["request"]["method"] for one in entries] == ["DELETE", "PUT", "POST"]
    assert [one["response"]["etag"] for one in entries] == ['W/"3"', 'W/"2"', 'W/"1"']
    assert [one.get("resource", {}).get("status") for one in entries] == [None, "amended", "final"]
    assert entries[2]["resource"] == stored
    assert {one["fullUrl"] for one in entries} == {f"http://api.example{address}"}


def test_pages_hold_each_version_once_though_data_arrive(machine: Sender, stored: dict[str, Any]) -> None:
    address = changed(machine, stored, "amended", "corrected", "final")
    page = bundle_of(machine.get(f"{address}/_history?_count=3"))
    changed(machine, stored, "amended")
    following = next(one["url"] for one in page["link"] if one["relation"] == "next")
    last = bundle_of(machine.get(following))
    tags = [one["response"]["etag"] for one in page["entry"] + last["entry"]]
    assert tags == ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']
    assert [one["relation"] for one in last["link"]] == ["self", "first"]
    start = next(one["url"] for one in last["link"] if one["relation"] == "first")
    assert bundle_of(machine.get(start))["entry"][0]["response"]["etag"] == 'W/"5"'


def test_since_and_at_choose_versions(machine: Sender, stored: dict[str, Any]) -> None:
    address = changed(machine, stored, "amended")
    second, first = bundle_of(machine.get(f"{address}/_history"))["entry"]
    for asked, tags in (
        ("_since=2000", ['W/"2"', 'W/"1"']),
        ("_since=2099", []),
        ("_at=2000", []),
        ("_at=2099", ['W/"2"']),
        (f"_at={first['response']['lastModified'].replace('+', '%2B')}", ['W/"1"']),
    ):
        told = bundle_of(machine.get(f"{address}/_history?{asked}"))
        assert [one["response"]["etag"] for one in told.get("entry", ())] == tags, asked
    assert second["response"]["lastModified"] >= first["response"]["lastModified"]
    for asked in ("_since=yesterday", "_at=2026-02-30", "_count=x", "_page=x"):
        assert machine.get(f"{address}/_history?{asked}").status_code == 400, asked
    assert machine.get(f"{address}/_history?colour=red", prefer="handling=strict").status_code == 400


def test_a_reader_without_relation_learns_nothing(
    machine: Sender, physician: Sender, stored: dict[str, Any], known: UUID, hospital: Hospital, world: World
) -> None:
    address = f"/fhir/Observation/{stored['id']}/_history"
    unseen = [
        physician.get(one)
        for one in (
            address,
            f"/fhir/Observation/{uuid4()}/_history",
            f"/fhir/Condition/{stored['id']}/_history",
        )
    ]
    unseen += [physician.get(f"/fhir/Observation/_history?patient={one}") for one in (known, uuid4())]
    assert {(one.status_code, one.content) for one in unseen} == {(404, unseen[0].content)}
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    world.relation(registered, hospital.physician)
    assert len(bundle_of(physician.get(address))["entry"]) == 1


def test_the_history_of_a_type_is_that_of_one_record(
    machine: Sender, stored: dict[str, Any], known: UUID, hospital: Hospital, world: World
) -> None:
    changed(machine, stored, "amended")
    another = machine.post("/fhir/Observation", observation(known)).json()
    for named in (f"patient={known}", f"patient=Patient/{known}"):
        told = bundle_of(machine.get(f"/fhir/Observation/_history?{named}"))["entry"]
        assert [one["resource"]["id"] for one in told] == [another["id"], stored["id"], stored["id"]]
    assert bundle_of(machine.get(f"/fhir/Condition/_history?patient={known}")).get("entry") is None
    assert machine.get("/fhir/Observation/_history").status_code == 400
    assert machine.get(f"/fhir/Foo/_history?patient={known}").status_code == 404
    rows = world.run(
        "SELECT detail ->> 'type' FROM log.entry WHERE person_id = %s AND verb = 'fhir-history' AND permitted",
        hospital.machine.person,
    )
    assert sorted(rows) == [("Condition",), ("Observation",), ("Observation",)]


def test_a_patients_own_app_need_not_name_him_and_sees_no_draft(
    machine: Sender, stored: dict[str, Any], known: UUID, world: World, client: Any
) -> None:
    draft = machine.post("/fhir/Observation", observation(known, status="preliminary")).json()
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    own = Sender(client, world.own_session(registered, face="api"))
    told = bundle_of(own.get("/fhir/Observation/_history"))["entry"]
    assert [one["resource"]["id"] for one in told] == [stored["id"]]
    assert own.get(f"/fhir/Observation/{draft['id']}/_history").status_code == 404


def test_a_system_follows_what_its_own_institution_stored(
    machine: Sender, stored: dict[str, Any], hospital: Hospital, world: World, client: Any
) -> None:
    """ACS-5: over its patients, since an instant; nothing of another house; every patient is named in the entry."""
    changed(machine, stored, "amended")
    second = machine.post("/fhir/Patient", patient()).json()["id"]
    another = machine.post("/fhir/Observation", observation(UUID(second))).json()
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", second)
    house = world.institution()
    stranger = world.worker("machine", house)
    other = Sender(client, world.session(stranger, face="api", purpose="exchange"))
    world.known_at(registered, house)
    theirs = other.post("/fhir/Observation", observation(registered)).json()
    address = "/fhir/Observation/_history?_since=2026-01-01&_count=2"
    page = bundle_of(machine.get(address))
    last = bundle_of(machine.get(next(one["url"] for one in page["link"] if one["relation"] == "next")))
    told = [(one["resource"]["id"], one["response"]["etag"]) for one in page["entry"] + last["entry"]]
    assert told == [(another["id"], 'W/"1"'), (stored["id"], 'W/"2"'), (stored["id"], 'W/"1"')]
    assert [one["resource"]["id"] for one in bundle_of(other.get(address))["entry"]] == [theirs["id"]]
    assert bundle_of(machine.get("/fhir/Observation/_history?_since=2099-01-01")).get("entry") is None
    named = world.run(
        "SELECT count(DISTINCT l.patient_id) FROM log.listed l JOIN log.entry e ON e.id = l.entry_id WHERE e.person_id = %s",
        hospital.machine.person,
    )
    assert named == [(2,)]
