"""The Patient whom only the registry knows: versions, history, and the headers of both are those of the registry's own changes."""

from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation
from tests.gate.world import World
from unidossier.record.validation import validate


@pytest.fixture
def registered(world: World, hospital: Hospital) -> UUID:
    """A patient without a Patient resource, whom the physician treats."""
    patient = world.patient()
    world.relation(patient, hospital.physician)
    return patient


def test_a_change_of_the_registry_is_a_version(physician: Sender, registered: UUID, world: World) -> None:
    address = f"/fhir/Patient/{registered}"
    first = physician.get(address)
    assert first.headers["etag"] == f'W/"{first.json()["meta"]["versionId"]}"'
    assert first.headers["last-modified"].endswith("GMT")
    assert validate(first.content).resource_type == "Patient"
    held = {"if-none-match": first.headers["etag"]}
    assert physician.get(address, **held).status_code == 304
    assert physician.get(address, **{"if-modified-since": first.headers["last-modified"]}).status_code == 304
    world.run('UPDATE registry.patient SET contact = \'{"phone": "1"}\' WHERE id = %s', registered)
    assert physician.get(address, **held).status_code == 304  # of what the resource says nothing changed
    world.run("UPDATE registry.patient SET family = 'Changed', given = 'Ada Bo' WHERE id = %s", registered)
    after = physician.get(address, **held)
    assert after.status_code == 200
    assert after.json()["name"] == [{"use": "official", "family": "Changed", "given": ["Ada", "Bo"]}]
    assert int(after.json()["meta"]["versionId"]) == int(first.json()["meta"]["versionId"]) + 1
    assert after.json()["meta"]["lastUpdated"] > first.json()["meta"]["lastUpdated"]


def test_every_version_of_the_registry_is_read_again(
    physician: Sender, registered: UUID, world: World
) -> None:
    address = f"/fhir/Patient/{registered}"
    first = physician.get(address)
    world.run("UPDATE registry.patient SET sex = 'female' WHERE id = %s", registered)
    newest = physician.get(address)
    number = int(newest.json()["meta"]["versionId"])
    assert physician.get(f"{address}/_history/{number - 1}").content == first.content
    assert physician.get(f"{address}/_history/{number}").content == newest.content
    assert physician.get(f"{address}/_history/{number + 1}").status_code == 404
    history = physician.get(f"{address}/_history").json()
    assert validate_json(history) == "Bundle"
    assert [one["response"]["etag"] for one in history["entry"]] == [f'W/"{n}"' for n in range(number, 0, -1)]
    assert history["entry"][0]["resource"] == newest.json()
    paged = physician.get(f"{address}/_history?_count=1").json()
    following = next(one["url"] for one in paged["link"] if one["relation"] == "next")
    assert physician.get(following).json()["entry"] == history["entry"][1:2]
    since = newest.json()["meta"]["lastUpdated"]
    later = physician.get(f"{address}/_history?_since=2099-01-01").json()
    assert "entry" not in later
    assert physician.get(f"{address}/_history?_at={since}").status_code == 200


def test_part_of_it_and_in_another_form(physician: Sender, registered: UUID) -> None:
    address = f"/fhir/Patient/{registered}"
    assert set(physician.get(f"{address}?_elements=birthDate").json()) == {
        "resourceType",
        "id",
        "meta",
        "birthDate",
    }
    assert "communication" not in physician.get(f"{address}?_summary=true").json()
    assert "<Patient " in physician.get(f"{address}?_format=xml").text


def test_nobody_else_learns_of_him(
    client: Any, machine: Sender, physician: Sender, registered: UUID, world: World
) -> None:
    """A version and a history are no way to find out whether somebody is known (ACD-8)."""
    stranger = Sender(client, world.session(world.worker("specialist", world.institution()), face="api"))
    unknown = physician.get(f"/fhir/Patient/{UUID(int=7)}").content
    for one in (machine, stranger):
        for rest in ("", "/_history", "/_history/1"):
            answer = one.get(f"/fhir/Patient/{registered}{rest}")
            assert (answer.status_code, answer.content) == (404, unknown)


def test_what_another_house_calls_him_is_no_version_for_this_one(
    machine: Sender, physician: Sender, registered: UUID, world: World, hospital: Hospital
) -> None:  # ACS-5
    world.known_at(registered, hospital.id)
    machine.post("/fhir/Observation", observation(registered))
    address = f"/fhir/Patient/{registered}"
    before = machine.get(address)
    assert before.status_code == 200
    of_carer = physician.get(address).json()["meta"]["versionId"]
    other = world.institution()
    number = "INSERT INTO registry.patient_identifier (patient_id, system, value, institution_id) VALUES (%s, 'urn:x', %s, %s)"
    world.run(number, registered, registered.hex, other)
    assert machine.get(address).content == before.content
    assert machine.get(address, **{"if-none-match": before.headers["etag"]}).status_code == 304
    assert physician.get(address).json()["meta"]["versionId"] == of_carer
    world.run(number, registered, "own", hospital.id)
    for one in (machine, physician):
        assert {"system": "urn:x", "value": "own"} in one.get(address).json()["identifier"]
    assert physician.get(address).json()["meta"]["versionId"] == str(int(of_carer) + 1)


def test_one_transaction_is_one_version(machine: Sender, known: UUID, world: World) -> None:
    ((versions,),) = world.run("SELECT count(*) FROM registry.patient_version WHERE patient_id = %s", known)
    assert versions == 1  # the patient and two numbers of his


def test_a_reading_of_him_is_one_entry(
    physician: Sender, registered: UUID, hospital: Hospital, world: World
) -> None:
    physician.get(f"/fhir/Patient/{registered}")
    entries = world.run(
        "SELECT verb, permitted, patient_id, items FROM log.entry WHERE person_id = %s AND verb <> 'sign-in'",
        hospital.physician.person,
    )
    assert entries == [("fhir-read", True, registered, None)]


def validate_json(resource: Any) -> str:
    import orjson

    return validate(orjson.dumps(resource)).resource_type
