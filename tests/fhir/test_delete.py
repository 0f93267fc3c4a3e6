"""FHIR delete: taken back is a version entered in error; then 410 to whoever may see it, 404 to anybody else (REC-5, ACD-8)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import observation, patient, sent_part
from tests.gate.world import World


def remove(sender: Sender, address: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return sender.client.request("DELETE", address, headers=sender.headers | named)


def versions(world: World, id_: str) -> list[tuple[Any, ...]]:
    return world.run(
        "SELECT version, status, withdrawn FROM record.version WHERE item_id = %s ORDER BY version", id_
    )


def test_what_is_taken_back_stays_and_is_gone(
    machine: Sender, physician: Sender, stored: dict[str, Any], world: World, client: Any
) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    answer = remove(machine, address)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (204, b"", 'W/"2"')
    assert versions(world, stored["id"]) == [(1, "final", False), (2, "entered-in-error", True)]
    read = machine.get(address)
    assert (read.status_code, read.json()["issue"][0]["code"]) == (410, "deleted")
    assert machine.get(f"{address}/_history/2").status_code == 410
    assert machine.get(f"{address}/_history/1").json() == stored
    # who could not read it learns nothing: the same answer as for what was never there
    strangers = [physician.get(one) for one in (address, f"/fhir/Observation/{uuid4()}")]
    assert {(one.status_code, one.content) for one in strangers} == {(404, strangers[0].content)}
    other = world.session(world.worker("machine", world.institution()), face="api", purpose="exchange")
    assert Sender(client, other).get(address).status_code == 404


def test_the_text_says_of_itself_that_it_was_an_error(machine: Sender, known: UUID, world: World) -> None:
    subject = {"reference": f"Patient/{known}"}
    condition = {
        "resourceType": "Condition",
        "subject": subject,
        "code": {"text": "Asthma"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
    }
    goal = {
        "resourceType": "Goal",
        "lifecycleStatus": "active",
        "description": {"text": "Walk"},
        "subject": subject,
    }
    basic = {"resourceType": "Basic", "code": {"text": "x"}, "subject": subject}
    for resource, said in (
        (observation(known), '"status":"entered-in-error"'),
        (condition, '"code":"entered-in-error"'),
        (goal, '"lifecycleStatus":"entered-in-error"'),
        (basic, '"text":"x"'),
    ):
        id_ = machine.post(f"/fhir/{resource['resourceType']}", resource).json()["id"]
        assert remove(machine, f"/fhir/{resource['resourceType']}/{id_}").status_code == 204
        ((text, status),) = world.run(
            "SELECT resource, status FROM record.version WHERE item_id = %s AND version = 2", id_
        )
        assert said in text and "clinicalStatus" not in text
        assert status == "entered-in-error"


def test_twice_is_once_and_another_version_is_kept(
    machine: Sender, stored: dict[str, Any], world: World
) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    assert remove(machine, address, if_match='W/"7"').status_code == 412
    assert machine.get(address).status_code == 200
    assert remove(machine, address, if_match='W/"1"').status_code == 204
    again = remove(machine, address, prefer="return=OperationOutcome")
    assert (again.status_code, again.json()["issue"][0]["severity"]) == (200, "information")
    assert len(versions(world, stored["id"])) == 2
    # an institution's own system may store it anew under its id
    anew = machine.put(address, stored)
    assert (anew.status_code, anew.headers["etag"]) == (200, 'W/"3"')
    assert sent_part(machine.get(address).json()) == sent_part(stored)


def test_nobody_takes_back_what_another_made_or_a_patient(
    machine: Sender, physician: Sender, stored: dict[str, Any], known: UUID, hospital: Hospital, world: World
) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    assert remove(physician, address).status_code == 404
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    elsewhere = world.worker("specialist", world.institution())
    world.relation(registered, elsewhere)
    colleague = Sender(machine.client, world.session(elsewhere, face="api"))
    assert colleague.get(address).status_code == 200
    assert remove(colleague, address).status_code == 409
    assert remove(machine, f"/fhir/Patient/{known}").status_code == 405
    assert remove(machine, f"/fhir/Organization/{uuid4()}").status_code == 404
    assert machine.get(address).status_code == 200


def test_a_carer_takes_back_his_own_and_it_stays_so(
    physician: Sender, hospital: Hospital, world: World
) -> None:
    who = world.patient()
    world.relation(who, hospital.physician)
    made = physician.post("/fhir/Observation", observation(who)).json()
    address = f"/fhir/Observation/{made['id']}"
    assert remove(physician, address).status_code == 204
    assert physician.get(address).status_code == 410
    assert physician.put(address, made).status_code == 409  # REC-5: never forward again
    ((verb, detail),) = world.run(
        "SELECT e.verb, e.detail FROM log.entry e JOIN record.version v ON v.entry_id = e.id WHERE v.item_id = %s AND v.version = 2",
        made["id"],
    )
    assert (verb, detail) == ("write-report", {"interaction": "delete"})


def test_work_that_is_taken_back_ends_its_relation(machine: Sender, hospital: Hospital, world: World) -> None:
    """ACD-2, ACD-4: the relation came with the appointment and goes with it."""
    who = machine.post("/fhir/Patient", patient()).json()["id"]
    team = {
        "resourceType": "CareTeam",
        "status": "active",
        "subject": {"reference": f"Patient/{who}"},
        "period": {"start": "2026-01-01"},
        "participant": [{"member": {"reference": f"Practitioner/{hospital.physician.person}"}}],
    }
    id_ = machine.post("/fhir/CareTeam", team).json()["id"]
    held = "SELECT count(*) FROM relations.relation WHERE source_id = %s AND ends_at > clock_timestamp()"
    assert world.run(held, id_) == [(1,)]
    assert remove(machine, f"/fhir/CareTeam/{id_}").status_code == 204
    assert world.run(held, id_) == [(0,)]


@pytest.mark.parametrize("found", [0, 1, 2])
def test_a_condition_takes_back_the_one_that_fits(machine: Sender, known: UUID, found: int) -> None:
    number = uuid4().hex
    identifier = [{"system": "urn:lab", "value": number}]
    made = [
        machine.post("/fhir/Observation", observation(known, identifier=identifier)).json()
        for _ in range(found)
    ]
    answer = remove(machine, f"/fhir/Observation?identifier=urn:lab|{number}&patient={known}")
    assert answer.status_code == (412 if found > 1 else 204)
    read = {machine.get(f"/fhir/Observation/{one['id']}").status_code for one in made}
    assert read == {0: set(), 1: {410}, 2: {200}}[found]


def test_a_draft_that_is_taken_back_stays_hidden(
    machine: Sender, physician: Sender, known: UUID, world: World, client: Any
) -> None:
    """Whoever saw no draft learns neither by reading nor by taking back that there was one (REC-10, ACD-8)."""
    own = Sender(client, world.own_session(known, face="api"))
    draft = machine.post("/fhir/Observation", observation(known) | {"status": "preliminary"}).json()["id"]
    final = machine.post("/fhir/Observation", observation(known)).json()["id"]
    told = {}
    for id_ in (draft, final):
        address = f"/fhir/Observation/{id_}"
        assert remove(machine, address).status_code == 204
        told[id_] = (own.get(address).status_code, own.get(f"{address}/_history/2").status_code)
    assert told == {draft: (404, 404), final: (410, 410)}
    hidden, absent = (remove(own, f"/fhir/Observation/{one}") for one in (draft, uuid4()))
    assert (
        (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
    )


def test_what_is_not_deleted_says_what_is_done_there(machine: Sender, known: UUID) -> None:
    """RFC 9110, 15.5.6."""
    for address, others in (
        (f"/fhir/Patient/{known}", "GET, HEAD, OPTIONS, PATCH, PUT"),
        ("/fhir/Patient?identifier=urn:a|b", "GET, HEAD, OPTIONS, PATCH, POST, PUT"),
    ):
        answer = machine.client.request("DELETE", address, headers=machine.headers)
        assert (answer.status_code, answer.headers.get("allow")) == (405, others)
