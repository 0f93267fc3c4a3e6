"""What names no patient is in the record of the one whose resources lead to it: read, searched and hidden like these."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.fhir.test_attacks import PSYCHIATRY
from tests.gate.world import World
from unidossier.exchange.fhir.following import MOST_LOST

ASPIRIN = {"resourceType": "Medication", "code": {"text": "Aspirin 500"}}


@pytest.fixture
def other_known(machine: Sender) -> UUID:
    """The id of another Patient of the same machine."""
    return UUID(machine.post("/fhir/Patient", patient()).json()["id"])


def prescription(subject: UUID | str, medicine: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{subject}" if isinstance(subject, UUID) else subject},
        "medicationReference": {"reference": medicine},
        "authoredOn": "2026-11-20",
    } | changes


def prescribed(known: UUID, *, medicine: dict[str, Any] = ASPIRIN, **changes: Any) -> dict[str, Any]:
    drug = entry(medicine)
    return bundle(drug, entry(prescription(known, drug["fullUrl"], **changes)))


def places(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    told = [one["response"] for one in answer.json()["entry"]]
    return ["/".join(one["location"].split("/")[:2]) if "location" in one else "" for one in told]


def types_of(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {one["resource"]["resourceType"] for one in answer.json().get("entry", ())}


def test_a_medicine_is_found_beside_its_prescription(machine: Sender, known: UUID) -> None:
    sent = prescribed(known)
    drug, order = places(machine.post("/fhir", sent))
    assert machine.get(f"/fhir/{drug}").json()["code"] == ASPIRIN["code"]
    assert machine.get(f"/fhir/{drug}/_history/1").status_code == 200
    assert types_of(machine.get(f"/fhir/{drug}/_history")) == {"Medication"}
    assert machine.get(f"/fhir/{order}").json()["medicationReference"]["reference"] == drug
    found = machine.get(f"/fhir/MedicationRequest?patient={known}&_include=MedicationRequest:medication")
    assert types_of(found) == {"MedicationRequest", "Medication"}
    by_id = machine.get(f"/fhir/Medication?_id={drug.split('/')[1]}")
    assert types_of(by_id) == {"Medication"}
    assert "Medication" in types_of(machine.get(f"/fhir/Patient/{known}/$everything"))
    assert places(machine.post("/fhir", sent)) == [drug, order], "sent again it meets itself"


def test_a_summary_tells_the_drug_of_a_prescription(
    physician: Sender, machine: Sender, known: UUID, world: World, hospital: Hospital
) -> None:
    drug, order = places(machine.post("/fhir", prescribed(known)))
    world.relation(known, hospital.physician)
    answer = physician.get(f"/fhir/Patient/{known}/$summary")
    assert answer.status_code == 200, answer.text
    told = {one["fullUrl"].split("/fhir/")[1]: one["resource"] for one in answer.json()["entry"]}
    assert {drug, order} <= told.keys()
    (composition,) = [one for one in told.values() if one["resourceType"] == "Composition"]
    section = next(one for one in composition["section"] if one["code"]["coding"][0]["code"] == "10160-0")
    assert "Aspirin 500" in section["text"]["div"]


@pytest.mark.parametrize(
    ("notes", "readers"),
    [
        ([{}], {"specialist", "nurse"}),
        ([{"meta": PSYCHIATRY}], {"specialist"}),
        ([{}, {"meta": PSYCHIATRY}], {"specialist"}),
    ],
    ids=["a prescription", "psychiatry", "of both the narrower"],
)
def test_a_medicine_is_seen_by_whoever_sees_its_prescription(
    machine: Sender, hospital: Hospital, known: UUID, world: World, notes: list[Any], readers: set[str]
) -> None:
    drug = entry(ASPIRIN)
    orders = [entry(prescription(known, drug["fullUrl"], **changes)) for changes in notes]
    place = places(machine.post("/fhir", bundle(drug, *orders)))[0]
    seen = set()
    for function in ("specialist", "nurse", "reception"):
        worker = world.worker(function, hospital.id)
        world.relation(known, worker)
        reader = Sender(machine.client, world.session(worker, face="api"))
        statuses = {
            reader.get(f"/fhir/{place}").status_code,
            200 if "Medication" in types_of(reader.get(f"/fhir/Patient/{known}/$everything")) else 404,
        }
        assert len(statuses) == 1
        seen |= {function} if statuses == {200} else set()
    assert seen == readers


def test_a_medicine_changed_alone_stays_what_it_was(
    machine: Sender, hospital: Hospital, known: UUID, world: World
) -> None:
    place, _ = places(machine.post("/fhir", prescribed(known)))
    worker = world.worker("nurse", hospital.id)
    world.relation(known, worker)
    nurse = Sender(machine.client, world.session(worker, face="api"))
    changed = machine.get(f"/fhir/{place}").json() | {"status": "active"}
    answer = machine.put(f"/fhir/{place}", changed)
    assert answer.status_code == 200, answer.text
    assert nurse.get(f"/fhir/{place}").json()["status"] == "active"
    steps = [{"op": "replace", "path": "/status", "value": "inactive"}]
    kind = {"content-type": "application/json-patch+json"}
    answer = machine.client.request("PATCH", f"/fhir/{place}", headers=machine.headers | kind, json=steps)
    assert answer.status_code == 200, answer.text
    assert nurse.get(f"/fhir/{place}").json()["status"] == "inactive"
    assert machine.client.request("DELETE", f"/fhir/{place}", headers=machine.headers).status_code == 204
    assert [one.get(f"/fhir/{place}").status_code for one in (nurse, machine)] == [410, 410]


def test_a_medicine_of_no_record_is_stored_nowhere(machine: Sender, known: UUID) -> None:
    id_ = uuid4()
    assert machine.post("/fhir/Medication", ASPIRIN).status_code == 404
    assert machine.put(f"/fhir/Medication/{id_}", ASPIRIN | {"id": str(id_)}).status_code == 404
    assert machine.get(f"/fhir/Medication/{id_}").status_code == 404


def test_a_medicine_is_of_one_record(machine: Sender, known: UUID, other_known: UUID) -> None:
    """One of the house's own list, by its own id or by the fullUrl of the list, serves every patient."""
    sent, again = prescribed(known), prescribed(other_known)
    again["entry"][0]["fullUrl"] = sent["entry"][0]["fullUrl"]
    again["entry"][1]["resource"]["medicationReference"]["reference"] = sent["entry"][0]["fullUrl"]
    (first, _), (second, _) = places(machine.post("/fhir", sent)), places(machine.post("/fhir", again))
    assert first != second
    # a later prescription finds it in the same record, in another it is as unknown
    for whom, found in ((known, {"MedicationRequest", "Medication"}), (other_known, {"MedicationRequest"})):
        later = machine.post("/fhir/MedicationRequest", prescription(whom, first))
        assert later.status_code == 201
        query = f"_id={later.json()['id']}&patient={whom}&_include=MedicationRequest:medication"
        assert types_of(machine.get(f"/fhir/MedicationRequest?{query}")) == found


def test_an_own_id_for_all_patients_refuses_no_prescription(
    machine: Sender, known: UUID, other_known: UUID
) -> None:
    id_ = str(uuid4())
    drug = entry(ASPIRIN | {"id": id_}, method="PUT", url=f"Medication/{id_}")
    for whom, stored in ((known, [True, True]), (other_known, [False, True]), (known, [True, True])):
        sent = bundle(drug, entry(prescription(whom, drug["fullUrl"])))
        assert [bool(one) for one in places(machine.post("/fhir", sent))] == stored


def test_circles_and_two_patients(machine: Sender, known: UUID, other_known: UUID) -> None:
    """R4 forbids no circle of references; a Medication that two patients lead to is of neither."""
    one, two = (entry(dict(ASPIRIN)) for _ in range(2))
    order = entry(prescription(known, one["fullUrl"]))
    back = [{"url": "urn:example:for", "valueReference": {"reference": order["fullUrl"]}}]
    one["resource"] |= {"ingredient": [{"itemReference": {"reference": two["fullUrl"]}}], "extension": back}
    two["resource"] |= {"ingredient": [{"itemReference": {"reference": one["fullUrl"]}}]}
    assert all(places(machine.post("/fhir", bundle(one, two, order))))
    both = prescribed(known)
    drug = both["entry"][0]["fullUrl"]
    both["entry"].append(entry(prescription(other_known, drug)))
    assert machine.post("/fhir", both).status_code == 422


def test_a_medicine_of_a_list_is_kept_once_by_its_number(
    machine: Sender, known: UUID, other_known: UUID
) -> None:
    def ordered(whom: UUID) -> dict[str, Any]:
        drug = entry(
            ASPIRIN | {"identifier": [{"system": "urn:x", "value": "7"}]}, ifNoneExist="identifier=urn:x|7"
        )
        return bundle(drug, entry(prescription(whom, drug["fullUrl"])))

    found = [places(machine.post("/fhir", ordered(whom)))[0] for whom in (known, other_known, known)]
    assert found[0] == found[2] != found[1]


def test_metadata_tells_what_is_done_with_a_medicine(machine: Sender) -> None:
    (rest,) = machine.get("/fhir/metadata").json()["rest"]
    (told,) = [one for one in rest["resource"] if one["type"] == "Medication"]
    codes = {one["code"] for one in told["interaction"]}
    assert {"read", "vread", "update", "patch", "delete", "history-instance", "search-type"} <= codes
    assert "create" not in codes
    assert told["updateCreate"] is False
    assert "conditionalCreate" not in told


def test_a_new_patient_with_a_medicine(machine: Sender) -> None:
    whom, drug = entry(patient()), entry(ASPIRIN)
    sent = bundle(drug, entry(prescription(whom["fullUrl"], drug["fullUrl"])), whom)
    assert all(places(machine.post("/fhir", sent)))


def test_a_file_follows_its_document_into_the_record_of_a_known_patient(
    machine: Sender, hospital: Hospital, known: UUID, world: World
) -> None:
    file = entry({"resourceType": "Binary", "contentType": "text/plain", "data": "c2VjcmV0"})
    lonely = machine.post("/fhir", bundle(file))
    assert lonely.status_code == 422
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{known}"},
        "description": file["fullUrl"],
        "content": [{"attachment": {"contentType": "text/plain", "url": file["fullUrl"]}}],
    }
    place, told = places(machine.post("/fhir", bundle(file, entry(document))))
    assert machine.get(f"/fhir/{told}").json()["content"][0]["attachment"]["url"] == place
    assert machine.get(f"/fhir/{told}").json()["description"] == file["fullUrl"], "no address: a text"
    readers = {}
    for function in ("nurse", "reception"):
        worker = world.worker(function, hospital.id)
        world.relation(known, worker)
        reader = Sender(machine.client, world.session(worker, face="api"))
        readers[function] = reader.get(f"/fhir/{place}").status_code
    assert readers == {"nurse": 200, "reception": 404}
    changed = machine.get(f"/fhir/{place}").json() | {"data": "bmV3"}
    assert machine.put(f"/fhir/{place}", changed).status_code == 200, "its owner changes it alone"


@pytest.mark.parametrize(
    ("changes", "readers"),
    [(None, {"specialist"}), ({}, {"specialist", "nurse"}), ({"meta": PSYCHIATRY}, {"specialist"})],
    ids=["the patient", "a note", "a note of psychiatry"],
)
def test_a_file_alone_is_seen_by_whoever_sees_what_it_names(
    machine: Sender, hospital: Hospital, known: UUID, world: World, changes: Any, readers: set[str]
) -> None:
    """Of the patient alone: what it holds is not said, so the narrowest."""
    place = f"Patient/{known}"
    if changes is not None:
        place = f"Observation/{machine.post('/fhir/Observation', observation(known, **changes)).json()['id']}"
    file = {"resourceType": "Binary", "contentType": "text/plain", "data": "c2VjcmV0"}
    answer = machine.post("/fhir/Binary", file | {"securityContext": {"reference": place}})
    assert answer.status_code == 201, answer.text
    seen = set()
    for function in ("specialist", "nurse", "reception"):
        worker = world.worker(function, hospital.id)
        world.relation(known, worker)
        reader = Sender(machine.client, world.session(worker, face="api"))
        if reader.get(f"/fhir/Binary/{answer.json()['id']}").status_code == 200:
            seen.add(function)
    assert seen == readers


def test_a_file_that_names_what_its_sender_may_not_know_is_refused(machine: Sender, world: World) -> None:
    file = {"resourceType": "Binary", "contentType": "text/plain", "data": "c2VjcmV0"}
    for place in (f"Observation/{uuid4()}", f"Patient/{uuid4()}", f"Patient/{world.patient()}"):
        answer = machine.post("/fhir/Binary", file | {"securityContext": {"reference": place}})
        assert answer.status_code in (404, 422), (place, answer.text)


def test_so_many_that_nothing_leads_to_are_looked_up_and_no_more(machine: Sender, world: World) -> None:
    """Each is a reading with an entry: one request may not make thousands."""
    ((before,),) = world.run("SELECT count(*) FROM log.entry")
    many = machine.post("/fhir", bundle(*[entry(ASPIRIN) for _ in range(MOST_LOST + 1)]))
    ((after,),) = world.run("SELECT count(*) FROM log.entry")
    assert (many.status_code, many.json()["issue"][0]["code"]) == (413, "too-costly")
    assert after - before < 10
    few = machine.post("/fhir", bundle(*[entry(ASPIRIN) for _ in range(3)]))
    assert places(few) == ["", "", ""]
