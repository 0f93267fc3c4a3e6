"""Creating and updating through the API: all of it or nothing, and a clear word to the sender."""

import base64
import os
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation, patient, sent_part
from tests.gate.world import World


def versions(world: World, hospital: Hospital) -> int:
    ((count,),) = world.run("SELECT count(*) FROM record.version WHERE institution_id = %s", hospital.id)
    return count


def issue(answer: Any) -> dict[str, Any]:
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    return body["issue"][0]


def test_a_created_resource_has_an_address_a_version_and_its_text(machine: Sender, known: UUID) -> None:
    answer = machine.post("/fhir/Observation", observation(known, id="theirs"))
    assert answer.status_code == 201
    id_ = answer.json()["id"]
    assert UUID(id_)
    assert answer.headers["location"] == f"http://api.example/fhir/Observation/{id_}/_history/1"
    assert answer.headers["etag"] == 'W/"1"'
    assert machine.get(answer.headers["location"]).json() == answer.json()


def test_a_created_item_is_a_line_of_the_record(machine: Sender, known: UUID, world: World) -> None:
    id_ = machine.post("/fhir/Observation", observation(known)).json()["id"]
    ((category, status, code, value, unit),) = world.run(
        "SELECT category, status, code, value_num, unit FROM record.item WHERE id = %s", id_
    )
    assert (category, status, code, str(value), unit) == (8, "final", "2823-3", "5.6", "mmol/L")


def test_a_client_that_wants_no_body_gets_none(machine: Sender, known: UUID) -> None:
    answer = machine.post("/fhir/Observation", observation(known), prefer="return=minimal")
    assert (answer.status_code, answer.content) == (201, b"")


def test_a_large_file_is_kept_encrypted_and_read_back_to_the_character(
    machine: Sender, known: UUID, world: World
) -> None:
    data = base64.b64encode(os.urandom(40_000)).decode()
    content = [{"attachment": {"contentType": "application/pdf", "title": "scan.pdf", "data": data}}]
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{known}"},
        "content": content,
    }
    created = machine.post("/fhir/DocumentReference", document)
    id_ = created.json()["id"]
    assert machine.get(f"/fhir/DocumentReference/{id_}").json() == created.json()
    assert sent_part(created.json()) == document | {"id": id_}
    ((kept, name, size),) = world.run(
        "SELECT v.resource, a.name, a.size FROM record.version v JOIN record.attachment a USING (item_id) WHERE item_id = %s",
        id_,
    )
    assert len(kept) < 1000
    assert (name, size) == ("scan.pdf", 40_000)


@pytest.mark.parametrize(
    ("changes", "expression"),
    [
        pytest.param({"effectiveDateTime": "2026-02-30"}, "Observation.effectiveDateTime", id="30 February"),
        pytest.param({"status": "done"}, "Observation.status", id="unknown code"),
        pytest.param(
            {"valueQuantity": {"value": "5.6"}}, "Observation.valueQuantity.value", id="number as text"
        ),
        pytest.param({"colour": "red"}, "Observation.colour", id="unknown element"),
    ],
)
def test_a_faulty_resource_is_refused_with_its_place(
    machine: Sender, known: UUID, hospital: Hospital, world: World, changes: dict[str, Any], expression: str
) -> None:
    before = versions(world, hospital)
    answer = machine.post("/fhir/Observation", observation(known) | changes)
    assert answer.status_code == 400
    assert issue(answer)["expression"] == [expression]
    assert versions(world, hospital) == before


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(b'{"resourceType":"Observation"', {}, 400, id="cut"),
        pytest.param(b'{"resourceType":"Observation","x":"\xe9"}', {}, 400, id="Latin-1"),
        pytest.param(b"", {}, 400, id="empty"),
        pytest.param(b"[]", {}, 400, id="a list"),
        pytest.param(b'{"resourceType":"Observatoin"}', {}, 400, id="unknown type"),
        pytest.param(b'{"resourceType":"Condition"}', {}, 400, id="another type, and faulty"),
        pytest.param(b"<Observation/>", {"content_type": "text/plain"}, 415, id="no type of FHIR"),
        pytest.param(b"<Observation/>", {"content_type": "application/fhir+xml"}, 400, id="XML, no FHIR"),
        pytest.param(b"{}", {"content_type": "application/json; charset=latin-1"}, 415, id="told Latin-1"),
        pytest.param(b"{}", {"accept": "text/html"}, 406, id="HTML wanted"),
        pytest.param(b"{}", {"if_none_exist": "colour=red"}, 412, id="a condition that is not looked up"),
        pytest.param(b" " * (20 * 1024 * 1024 + 1), {}, 413, id="too large"),
    ],
)
def test_what_cannot_be_read_is_refused(
    machine: Sender, hospital: Hospital, world: World, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = machine.post("/fhir/Observation", body, **headers)
    assert answer.status_code == status
    assert issue(answer)["diagnostics"]
    assert versions(world, hospital) == 0


def test_a_body_of_another_type_than_the_address_is_refused(machine: Sender, known: UUID) -> None:
    answer = machine.post("/fhir/Condition", observation(known))
    assert answer.status_code == 400
    assert "Observation" in issue(answer)["diagnostics"]


def test_a_type_that_is_of_no_record_cannot_be_created_alone(machine: Sender) -> None:
    answer = machine.post("/fhir/Organization", {"resourceType": "Organization", "name": "Linde"})
    assert answer.status_code == 404


def test_unknown_and_closed_patients_are_refused_in_the_same_words(
    physician: Sender, hospital: Hospital, world: World, machine: Sender
) -> None:  # ACD-8
    closed, open_ = world.patient(), world.patient()
    world.relation(open_, hospital.physician)
    answers = [physician.post("/fhir/Observation", observation(who)) for who in (closed, uuid4())]
    assert {(one.status_code, one.content) for one in answers} == {(422, answers[0].content)}
    assert physician.post("/fhir/Observation", observation(open_)).status_code == 201
    assert machine.post("/fhir/Observation", observation(uuid4())).content == answers[0].content


def test_a_carer_signs_what_he_writes(physician: Sender, hospital: Hospital, world: World) -> None:
    patient_id = world.patient()
    world.relation(patient_id, hospital.physician)
    id_ = physician.post("/fhir/Observation", observation(patient_id)).json()["id"]
    rows = world.run("SELECT author_id, institution_id FROM record.item WHERE id = %s", id_)
    assert rows == [(hospital.physician.person, hospital.id)]
    ((verb,),) = world.run(
        "SELECT e.verb FROM log.entry e JOIN record.version v ON v.entry_id = e.id WHERE v.item_id = %s", id_
    )
    assert verb == "write-report"


def test_a_function_writes_only_its_own_kinds(client: Any, hospital: Hospital, world: World) -> None:  # ACS-1
    nurse = world.worker("nurse", hospital.id)
    patient_id = world.patient()
    world.relation(patient_id, nurse)
    sender = Sender(client, world.session(nurse, face="api"))
    vital = [
        {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                    "code": "vital-signs",
                }
            ]
        }
    ]
    pulse = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    allowed = observation(patient_id, category=vital, code=pulse)
    assert sender.post("/fhir/Observation", allowed).status_code == 201
    assert sender.post("/fhir/Observation", observation(patient_id)).status_code == 403


def test_nobody_prolongs_his_own_relation_by_work_of_his_making(
    physician: Sender, machine: Sender, hospital: Hospital, world: World, known: UUID
) -> None:  # ACD-4
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    world.relation(registered, hospital.physician)
    team = {
        "resourceType": "CareTeam",
        "status": "active",
        "subject": {"reference": f"Patient/{known}"},
        "period": {"start": "2026-01-01"},
        "participant": [{"member": {"reference": f"Practitioner/{hospital.physician.person}"}}],
    }
    assert physician.post("/fhir/Observation", observation(known)).status_code == 201
    assert physician.post("/fhir/CareTeam", team).status_code == 403
    assert machine.post("/fhir/CareTeam", team).status_code == 201
    rows = world.run("SELECT kind FROM relations.relation WHERE patient_id = %s ORDER BY kind", registered)
    assert rows == [("appointment",), ("care-team",)]


def test_a_patient_may_not_write_here(client: Any, world: World) -> None:
    patient_id = world.patient()
    sender = Sender(client, world.own_session(patient_id, face="api"))
    assert sender.post("/fhir/Observation", observation(patient_id)).status_code == 403


def test_a_wrong_national_number_is_refused_and_not_repeated(machine: Sender) -> None:
    system = "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/ssin"
    answer = machine.post("/fhir/Patient", patient(identifier=[{"system": system, "value": "85073003327"}]))
    assert answer.status_code == 422
    assert issue(answer)["expression"] == ["Patient.identifier[0].value"]
    assert "85073003327" not in answer.text


def test_the_same_number_is_the_same_patient(machine: Sender, world: World) -> None:
    sent = patient()
    first, second = (machine.post("/fhir/Patient", sent).json()["id"] for _ in range(2))
    assert first != second
    rows = world.run(
        "SELECT DISTINCT patient_id FROM record.directory WHERE id = ANY (%s::uuid[])", [first, second]
    )
    assert len(rows) == 1


def test_an_update_over_an_old_version_changes_nothing(machine: Sender, stored: dict[str, Any]) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    changed = stored | {"status": "amended"}
    assert machine.put(address, changed, if_match='W/"7"').status_code == 412
    assert machine.get(address).headers["etag"] == 'W/"1"'
    answer = machine.put(address, changed, if_match='W/"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    again = machine.put(address, changed)
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"2"')


def test_an_update_may_ask_that_nothing_stands_there(machine: Sender, known: UUID) -> None:
    id_ = str(uuid4())
    first, again = (
        machine.put(f"/fhir/Observation/{id_}", observation(known, id=id_, status=status), if_none_match="*")
        for status in ("final", "amended")
    )
    assert (first.status_code, again.status_code) == (201, 412)
    assert "newer" not in again.text  # it says what stood in the way
    assert machine.get(f"/fhir/Observation/{id_}").json()["status"] == "final"


def test_an_update_names_its_id_twice_the_same(machine: Sender, stored: dict[str, Any]) -> None:
    assert machine.put(f"/fhir/Observation/{uuid4()}", stored).status_code == 400
    assert machine.put("/fhir/Observation/theirs", stored | {"id": "theirs"}).status_code == 400


def test_nobody_changes_what_another_institution_made(
    client: Any, world: World, stored: dict[str, Any], machine: Sender
) -> None:
    house = world.institution()
    sender = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    address = f"/fhir/Observation/{stored['id']}"
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", stored["id"])
    world.known_at(registered, house)
    assert sender.put(address, stored | {"status": "amended"}).status_code == 409
    assert machine.get(address).headers["etag"] == 'W/"1"'
    assert machine.put(address, stored | {"status": "amended"}).status_code == 200


def test_whom_another_house_registered_is_nobody_to_this_one(
    client: Any, world: World, machine: Sender, known: UUID, stored: dict[str, Any]
) -> None:
    """His id answers like one that nobody knows (ACD-8), also when it is that of an item of his, and tells nothing afterwards."""
    house = world.institution()
    sender = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    ((registered,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", known)
    absent = sender.post("/fhir/Observation", observation(uuid4()))
    assert absent.status_code == 422
    told = str(absent.content)
    for whom in {registered, known}:
        answer = sender.post("/fhir/Observation", observation(whom))
        assert (answer.status_code, str(answer.content)) == (422, told)
        assert sender.get(f"/fhir/Patient/{whom}").status_code == 404
    about = {
        "resourceType": "Provenance",
        "recorded": "2026-11-20T10:00:00Z",
        "agent": [{"who": {"display": "x"}}],
    }
    answers = [
        sender.post("/fhir", bundle(entry(about | {"target": [{"reference": f"Observation/{one}"}]})))
        for one in (stored["id"], uuid4())
    ]
    assert [one.status_code for one in answers] == [422, 422]
    assert answers[0].text.replace(stored["id"], "")[:80] == answers[1].text[:80]
    # registered here too, by the number that he has everywhere, he is this house's as well
    numbers = machine.get(f"/fhir/Patient/{known}").json()["identifier"]
    made = sender.post("/fhir/Patient", patient(identifier=numbers))
    assert made.status_code == 201, made.text
    assert sender.post("/fhir/Observation", observation(UUID(made.json()["id"]))).status_code == 201


def test_the_id_of_an_item_names_no_patient(
    machine: Sender, known: UUID, stored: dict[str, Any], world: World, hospital: Hospital
) -> None:
    """`Patient/[id of an Observation]` means nobody, also where the same id opens a record as what a Provenance is about."""
    before = versions(world, hospital)
    answer = machine.post("/fhir/Observation", observation(UUID(stored["id"])))
    assert answer.status_code == 422, answer.text
    assert answer.content == machine.post("/fhir/Observation", observation(uuid4())).content  # ACD-8
    assert versions(world, hospital) == before
    told = {
        "resourceType": "Provenance",
        "target": [{"reference": f"Observation/{stored['id']}"}],
        "recorded": "2026-11-20T10:00:00Z",
        "agent": [{"who": {"display": "Laboratory"}}],
    }
    together = bundle(entry(told))
    assert machine.post("/fhir", together).status_code == 200
    assert versions(world, hospital) == before + 1
