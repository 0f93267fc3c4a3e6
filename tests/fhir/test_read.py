"""Reading through the API: exact text, neutral refusal, an entry for every read."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation
from tests.gate.world import World


def entries(world: World, person: UUID) -> list[tuple[Any, ...]]:
    return world.run(
        "SELECT verb, permitted, items FROM log.entry WHERE person_id = %s AND verb = 'fhir-read'", person
    )


def test_a_machine_reads_back_the_exact_text_that_its_institution_sent(machine: Sender, known: UUID) -> None:
    text = (
        '{ "resourceType" : "Observation", "status":"final","code":{"text":"Kalium"},\n'
        f'  "subject":{{"reference":"Patient/{known}"}}, "valueQuantity":{{"value":72.50}} }}'
    )
    created = machine.post("/fhir/Observation", text)
    id_ = created.json()["id"]
    read = machine.get(f"/fhir/Observation/{id_}")
    assert read.status_code == 200
    meta = json.dumps(read.json()["meta"], separators=(",", ":"))
    assert read.text == text.replace("{ ", f'{{"id":"{id_}","meta":{meta}, ', 1)
    assert read.headers["etag"] == 'W/"1"'
    assert read.headers["last-modified"].endswith("GMT")
    assert read.headers["content-type"] == "application/fhir+json"
    assert read.headers["cache-control"] == "no-store"


def test_every_read_is_an_entry_that_names_the_item(
    machine: Sender, hospital: Hospital, stored: dict[str, Any], world: World
) -> None:
    before = len(entries(world, hospital.machine.person))
    machine.get(f"/fhir/Observation/{stored['id']}")
    assert entries(world, hospital.machine.person)[before:] == [("fhir-read", True, [UUID(stored["id"])])]


def test_refused_unknown_of_another_type_and_senseless_look_the_same(
    physician: Sender, machine: Sender, stored: dict[str, Any], hospital: Hospital, world: World, known: UUID
) -> None:
    addresses = [
        f"/fhir/Observation/{stored['id']}",  # exists, no relation
        f"/fhir/Observation/{uuid4()}",
        f"/fhir/Condition/{stored['id']}",
        f"/fhir/Patient/{known}",
        f"/fhir/Patient/{uuid4()}",
        "/fhir/Observation/no-uuid",
        f"/fhir/Nothing/{stored['id']}",
        f"/fhir/Observation/{stored['id']}/_history/7",
    ]
    answers = [physician.get(address) for address in addresses]
    told = {(one.status_code, one.content, _without_date(one.headers)) for one in answers}
    assert len(told) == 1
    assert answers[0].status_code == 404
    assert answers[0].json()["issue"][0]["code"] == "not-found"
    # the same reader with a relation is let in: it is the relation that was missing
    world.relation(_registry_id(world, stored["id"]), hospital.physician)
    assert physician.get(addresses[0]).status_code == 200
    assert physician.get(addresses[2]).content == answers[0].content


def test_another_institutions_machine_reads_nothing(
    client: Any, world: World, stored: dict[str, Any]
) -> None:
    other = world.worker("machine", world.institution())
    sender = Sender(client, world.session(other, face="api", purpose="exchange"))
    assert sender.get(f"/fhir/Observation/{stored['id']}").status_code == 404


def test_an_outside_carer_sees_finals_but_no_draft(
    client: Any, world: World, machine: Sender, known: UUID, stored: dict[str, Any]
) -> None:  # REC-10
    gp = world.worker("gp", world.institution(network=False))
    world.relation(_registry_id(world, str(known)), gp, consented=True)
    sender = Sender(client, world.session(gp, face="consult"))
    draft = machine.post("/fhir/Observation", observation(known, status="preliminary")).json()
    assert sender.get(f"/fhir/Observation/{stored['id']}").status_code == 200
    assert sender.get(f"/fhir/Observation/{draft['id']}").status_code == 404


def test_the_patient_of_the_registry_reads_as_a_resource(
    physician: Sender, hospital: Hospital, world: World
) -> None:
    patient = world.patient()
    assert physician.get(f"/fhir/Patient/{patient}").status_code == 404
    world.relation(patient, hospital.physician)
    told = physician.get(f"/fhir/Patient/{patient}").json()
    assert told["resourceType"] == "Patient"
    assert told["id"] == str(patient)
    ((birth,),) = world.run("SELECT birth_date::text FROM registry.patient WHERE id = %s", told["id"])
    assert told["birthDate"] == birth
    assert told["name"][0]["family"].startswith("Roe")


def test_an_unchanged_resource_is_not_sent_again(machine: Sender, stored: dict[str, Any]) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    assert machine.get(address, **{"if-none-match": 'W/"1"'}).status_code == 304
    assert machine.get(address, **{"if-none-match": 'W/"2"'}).status_code == 200


def test_every_version_can_be_read_again(machine: Sender, stored: dict[str, Any]) -> None:  # REC-5
    address = f"/fhir/Observation/{stored['id']}"
    changed = stored | {"status": "amended", "valueQuantity": {"value": 4.1}}
    assert machine.put(address, changed).status_code == 200
    assert machine.get(address).json()["valueQuantity"]["value"] == 4.1
    assert machine.get(f"{address}/_history/1").json()["valueQuantity"]["value"] == 5.6
    assert machine.get(f"{address}/_history/2").headers["etag"] == 'W/"2"'


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"authorization": "Bearer"}, id="empty"),
        pytest.param({"authorization": "Bearer zz"}, id="no hexadecimal"),
        pytest.param({"authorization": f"Bearer {'ab' * 32}"}, id="unknown"),
        pytest.param({"authorization": f"Basic {'ab' * 32}"}, id="another scheme"),
    ],
)
def test_without_a_good_token_nothing_is_read(
    client: Any, stored: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = client.get(f"/fhir/Observation/{stored['id']}", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_an_old_token_reads_and_writes_nothing(
    machine: Sender, stored: dict[str, Any], known: UUID, world: World, hospital: Hospital
) -> None:
    assert machine.get(f"/fhir/Observation/{stored['id']}").status_code == 200
    world.run("UPDATE gate.session SET ends_at = now() WHERE person_id = %s", hospital.machine.person)
    assert machine.get(f"/fhir/Observation/{stored['id']}").status_code == 401
    assert machine.post("/fhir/Observation", observation(known)).status_code == 401


def test_what_is_no_fhir_is_not_given(machine: Sender, stored: dict[str, Any]) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    for accept in (
        "text/html",
        "image/*",
        "application/fhir+json;q=0",
        "application/fhir+json;fhirVersion=5.0",
    ):
        assert machine.get(address, accept=accept).status_code == 406
    assert machine.get(f"{address}?_format=csv").status_code == 406
    assert machine.get(f"{address}?_format=json", accept="text/html").status_code == 200
    assert (
        machine.get(
            address, accept="application/fhir+xml;q=0.9, application/fhir+json;fhirVersion=4.0"
        ).status_code
        == 200
    )


def _without_date(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in headers.items() if name != "date"))


def _registry_id(world: World, item: str) -> UUID:
    ((id_,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", item)
    return id_


def merged(world: World, kept: UUID, away: UUID) -> None:
    world.run("UPDATE registry.patient SET merged_into = %s WHERE id = %s", kept, away)


def test_a_patient_of_the_registry_names_those_merged_into_him(
    physician: Sender, hospital: Hospital, world: World
) -> None:  # REC-8
    kept, away = world.patient(), world.patient()
    for one in (kept, away):
        world.relation(one, hospital.physician)
    assert "link" not in physician.get(f"/fhir/Patient/{kept}").json()
    merged(world, kept, away)
    assert physician.get(f"/fhir/Patient/{kept}").json()["link"] == [
        {"other": {"reference": f"Patient/{away}"}, "type": "replaces"}
    ]
    gone = physician.get(f"/fhir/Patient/{away}")
    assert gone.headers["etag"] == f'W/"{gone.json()["meta"]["versionId"]}"'
    assert (
        physician.get(f"/fhir/Patient/{away}/_history/1").status_code == 404
    )  # who he was, the kept one says
    assert gone.json() | {"meta": None} == {
        "resourceType": "Patient",
        "id": str(away),
        "meta": None,
        "active": False,
        "link": [{"other": {"reference": f"Patient/{kept}"}, "type": "replaced-by"}],
    }


def test_a_merge_tells_nothing_to_somebody_without_access(
    physician: Sender, hospital: Hospital, world: World
) -> None:  # ACD-8
    kept, away = world.patient(), world.patient()
    world.relation(away, hospital.physician)
    merged(world, kept, away)  # the relation moves with a real merge; here nothing opens the kept one
    for one in (kept, away):
        assert physician.get(f"/fhir/Patient/{one}").status_code == 404


def test_a_patient_that_was_sent_names_those_merged_into_him_too(
    machine: Sender, known: UUID, world: World
) -> None:  # REC-8
    before = machine.get(f"/fhir/Patient/{known}").json()
    away = world.patient()
    merged(world, known, away)
    after = machine.get(f"/fhir/Patient/{known}").json()
    assert after.pop("link") == [{"other": {"reference": f"Patient/{away}"}, "type": "replaces"}]
    assert after == before
