"""Attacks of a sender with a good token: marks of files, foreign types, hidden items, other names (T34, ACD-8)."""

import base64
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World
from unidossier.record.inline_files import FROM_CHARACTERS, MARK


def of_nobody() -> str:
    return MARK + "0" * 64


@pytest.mark.parametrize("said", ["{}", 'said: "{}', '"{}"'], ids=["whole", "at the end", "quoted"])
def test_a_text_like_the_mark_of_a_file_is_a_text(machine: Sender, known: UUID, said: str) -> None:
    text = said.format(of_nobody())
    answer = machine.post("/fhir/Observation", observation(known, note=[{"text": text}]))
    assert answer.status_code == 201, answer.text
    read = machine.get(f"/fhir/Observation/{answer.json()['id']}")
    assert (read.status_code, read.json()["note"]) == (200, [{"text": text}])
    found = machine.get(f"/fhir/Observation?patient={known}").json()
    assert [one["resource"]["note"] for one in found["entry"]] == [[{"text": text}]]


def test_nobody_opens_a_file_by_its_digest(machine: Sender, known: UUID) -> None:
    data = b"what the psychiatrist scanned" * FROM_CHARACTERS
    file = {"contentType": "application/pdf", "data": base64.b64encode(data).decode()}
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"Patient/{known}"},
        "content": [{"attachment": file}],
    }
    sent = machine.post("/fhir/DocumentReference", document)
    assert sent.status_code == 201, sent.text
    whole = machine.get(f"/fhir/DocumentReference/{sent.json()['id']}").json()
    assert whole["content"][0]["attachment"] == file
    mark = MARK + sha256(data).hexdigest()
    guessed = machine.post("/fhir/Observation", observation(known, note=[{"text": mark}])).json()["id"]
    changed = machine._send(
        "PATCH",
        f"/fhir/Observation/{guessed}",
        [{"op": "add", "path": "/identifier", "value": [{"value": mark}]}],
        {"content_type": "application/json-patch+json"},
    )
    assert changed.status_code == 200, changed.text
    read = machine.get(f"/fhir/Observation/{guessed}").json()
    assert (read["note"][0]["text"], read["identifier"][0]["value"]) == (mark, mark)


def patch(sender: Sender, id_: str, *operations: dict[str, str]) -> Any:
    """Send a FHIRPath Patch of operations as {part: value}."""
    kinds = {"type": "valueCode", "name": "valueString", "path": "valueString", "value": "valueString"}
    given = [
        {"name": "operation", "part": [{"name": name, kinds[name]: value} for name, value in one.items()]}
        for one in operations
    ]
    body = {"resourceType": "Parameters", "parameter": given}
    return sender._send("PATCH", f"/fhir/Observation/{id_}", body, {})


def deleted(path: str) -> dict[str, str]:
    return {"type": "delete", "path": path}


def test_a_patch_that_makes_no_sense_is_refused_not_failed(machine: Sender, known: UUID) -> None:
    whole = {name: value for name, value in observation(known).items() if name != "valueQuantity"}
    id_ = machine.post("/fhir/Observation", whole | {"valueInteger": 5}).json()["id"]
    for operations in (
        [deleted(f"Observation.where(value = {'9' * 400}).note")],
        [
            {"type": "add", "path": "Observation", "name": "extension", "value": "x"},
            deleted("Observation.extension('x')"),
        ],
    ):
        answer = patch(machine, id_, *operations)
        assert answer.status_code in (200, 422), answer.text
    assert patch(machine, id_, deleted("Observation.where(value = 5).valueInteger")).status_code == 200
    assert "valueInteger" not in machine.get(f"/fhir/Observation/{id_}").json()


@pytest.mark.parametrize(
    "place", ["0001-01-01T00:00:00+14:00|{}|1", "2026-01-01T00:00:00+00:00|{}|99999999999"]
)
def test_a_page_of_the_history_that_is_none(machine: Sender, stored: dict[str, Any], place: str) -> None:
    word = base64.urlsafe_b64encode(place.format(UUID(int=1)).encode()).decode().rstrip("=")
    answer = machine.get(f"/fhir/Observation/{stored['id']}/_history?_page={word}")
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "value")


def letter_with_file(**changes: Any) -> tuple[str, dict[str, Any]]:
    """A Bundle of a patient, a document about him and the Binary that it leads to; the id of the Binary."""
    whom, file = (
        patient(),
        {"resourceType": "Binary", "id": str(uuid4()), "contentType": "text/plain", "data": "c2VjcmV0"},
    )
    document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "urn:uuid:7d2a9f5e-5a3c-4a0e-9d0c-000000000001"},
        "content": [{"attachment": {"contentType": "text/plain", "url": f"Binary/{file['id']}"}}],
    } | changes
    whole = entry(whom, full_url=document["subject"]["reference"])
    return file["id"], bundle(whole, entry(document), entry(file, method="PUT", url=f"Binary/{file['id']}"))


PSYCHIATRY = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}]}


@pytest.mark.parametrize(
    ("changes", "readers"),
    [
        ({}, {"specialist", "nurse", "patient"}),
        ({"meta": PSYCHIATRY}, {"specialist", "patient"}),
        ({"docStatus": "preliminary"}, {"specialist", "nurse"}),
        ({"content": [{"attachment": {"title": "elsewhere"}}]}, {"specialist", "patient"}),
    ],
    ids=["a report", "psychiatry", "a draft", "of no document"],
)
def test_a_file_is_seen_by_whoever_sees_its_document(
    machine: Sender, hospital: Hospital, world: World, changes: dict[str, Any], readers: set[str]
) -> None:
    """A Binary says nothing of itself: as administration it was open to pharmacy and billing, whatever it held."""
    file, sent = letter_with_file(**changes)
    answer = machine.post("/fhir", sent)
    assert answer.status_code == 200, answer.text
    whom = UUID(answer.json()["entry"][0]["response"]["location"].split("/")[1])
    tokens = {"patient": world.own_session(whom, face="api")}
    for function in ("specialist", "nurse", "pharmacist-hospital"):
        worker = world.worker(function, hospital.id)
        world.relation(whom, worker)
        tokens[function] = world.session(worker, face="api")
    seen = {
        who
        for who, secret in tokens.items()
        if Sender(machine.client, secret).get(f"/fhir/Binary/{file}").status_code == 200
    }
    assert seen == readers


def test_who_made_a_hidden_item_is_hidden_with_it(machine: Sender, hospital: Hospital, world: World) -> None:
    """A Provenance names the item and its psychiatrist: as administration it told both to pharmacy and billing."""
    whole = entry(patient())
    notes = [observation(whole["fullUrl"]), observation(whole["fullUrl"], meta=PSYCHIATRY)]
    targets = [entry(one) for one in notes]
    made = [
        entry(
            {
                "resourceType": "Provenance",
                "target": [{"reference": one["fullUrl"]}],
                "recorded": "2026-11-20T10:00:00Z",
                "agent": [{"who": {"display": "Dr. Somebody"}}],
            }
        )
        for one in targets
    ]
    answer = machine.post("/fhir", bundle(whole, *targets, *made))
    assert answer.status_code == 200, answer.text
    places = [one["response"]["location"].split("/") for one in answer.json()["entry"]]
    nurse = world.worker("nurse", hospital.id)
    world.relation(UUID(places[0][1]), nurse)
    reader = Sender(machine.client, world.session(nurse, face="api"))
    assert [reader.get(f"/fhir/{kind}/{id_}").status_code for kind, id_, *_ in places] == [
        200,
        200,
        404,
        200,
        404,
    ]


def test_a_condition_tells_nothing_of_what_is_hidden(
    machine: Sender, hospital: Hospital, known: UUID, world: World
) -> None:
    """The id of what a nurse creates is of one kind, whether something hidden fits her condition or nothing does."""
    nurse = world.worker("nurse", hospital.id)
    world.relation(known, nurse)
    writer = Sender(machine.client, world.session(nurse, face="api"))
    hidden = observation(known, meta=PSYCHIATRY, identifier=[{"system": "urn:x", "value": "1"}])
    assert (
        machine.post(
            "/fhir/Observation", hidden, if_none_exist=f"identifier=urn:x|1&patient={known}"
        ).status_code
        == 201
    )
    sign = observation(known)
    sign["category"][0]["coding"][0]["code"] = "vital-signs"
    kinds = set()
    for value in ("1", "2"):
        condition = f"identifier=urn:x|{value}&patient={known}"
        answers = [
            writer.post("/fhir/Observation", sign, if_none_exist=condition),
            writer.put(f"/fhir/Observation?{condition}", sign),
        ]
        assert {answer.status_code for answer in answers} == {201}
        kinds |= {UUID(answer.json()["id"]).version for answer in answers}
    assert len(kinds) == 1


def test_nobody_writes_in_the_name_of_another(
    machine: Sender, hospital: Hospital, known: UUID, world: World
) -> None:
    """The line of the list names who wrote it; what the text says of its performer stays in the text."""
    world.relation(known, hospital.physician)
    writer = Sender(machine.client, world.session(hospital.physician, face="api"))
    other = {"performer": [{"display": "Dr. Somebody Else"}]}
    author = "SELECT author_id, author_name FROM record.item WHERE id = %s"
    for sender, is_own in ((writer, True), (machine, False)):
        id_ = UUID(sender.post("/fhir/Observation", observation(known, **other)).json()["id"])
        ((who, name),) = world.run(author, id_)
        assert (who == hospital.physician.person, name == "Dr. Somebody Else") == (is_own, not is_own)
