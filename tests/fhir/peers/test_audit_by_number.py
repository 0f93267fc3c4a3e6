"""The log of a patient who is named by a number, as clients of ITI-81 name him: the same as by id, and never a way to learn of anybody."""

from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.peers.test_audit_events import VERB, Scene, events_of, next_of, scene

__all__ = ["scene"]


def numbered(scene: Scene, patient: UUID) -> str:
    """A parameter that names a patient by the number that his house gave him."""
    return f"patient.identifier=local|{patient.hex}"


def test_a_patient_is_named_by_a_number_too(scene: Scene) -> None:
    """ITI-81 2:3.81.4.1.2: `patient.identifier`."""
    by_id = events_of(scene.own.get(f"/fhir/AuditEvent?patient={scene.patient}&subtype=fhir-read"))
    asked = f"{numbered(scene, scene.patient)}&subtype=fhir-read"
    answer = scene.own.get(f"/fhir/AuditEvent?{asked}")
    assert events_of(answer) == by_id and len(by_id) == 5
    form = scene.client.request(
        "POST", "/fhir/AuditEvent/_search", content=asked.encode(),
        headers=scene.own.headers | {"content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert events_of(form) == by_id
    ids, address = [], f"/fhir/AuditEvent?{asked}&_count=2"
    while address:
        page = scene.own.get(address)
        ids += [one["id"] for one in events_of(page)]
        address = next_of(page) or ""
    assert ids == [one["id"] for one in by_id]
    with_system = scene.own.get(
        f"/fhir/AuditEvent?patient:Patient.identifier=local|{scene.patient.hex}&subtype=fhir-read"
    )
    assert events_of(with_system) == by_id


def test_a_number_of_somebody_else_is_one_of_nobody(scene: Scene) -> None:
    """ACD-8: to the patient's side nothing is found, to everybody without a log it is absent, whoever has the number."""
    other = scene.world.patient()
    sides: list[tuple[Sender, int]] = [
        (scene.own, 200),
        (Sender(scene.client, scene.world.representative_session(scene.world.person(professional=False), face="api")), 200),
        (scene.physician, 404),
        (scene.at_work(scene.hospital.machine, "exchange"), 404),
        (scene.at_desk("registration-desk"), 404),
    ]  # fmt: skip
    for who, status in sides:
        theirs = other if who is scene.own else scene.patient
        asked = [
            f"{numbered(scene, theirs)}&ground=spot-check",
            f"patient.identifier=local|{uuid4().hex}&ground=spot-check",
        ]
        told = [who.get(f"/fhir/AuditEvent?{one}") for one in asked]
        assert [one.status_code for one in told] == [status, status]
        if status == 200:
            assert [events_of(one) for one in told] == [[], []]
            assert [next_of(one) for one in told] == [None, None]
        else:
            assert told[0].content == told[1].content


@pytest.mark.parametrize("function", ["data-protection-officer", "medical-director"])
def test_the_desk_names_a_patient_by_a_number(scene: Scene, function: str) -> None:
    """LOG-6: the look-up is an entry, and comes behind the ground."""
    desk, other = scene.at_desk(function), scene.world.patient()
    address = f"/fhir/AuditEvent?{numbered(scene, scene.patient)}&subtype={VERB}|fhir-read"
    before = scene.entries("desk-find")
    assert desk.get(address).status_code == 400
    assert scene.entries("desk-find") == before
    found = events_of(desk.get(f"{address}&ground=complaint"))
    assert found == events_of(
        desk.get(f"/fhir/AuditEvent?patient={scene.patient}&subtype={VERB}|fhir-read&ground=complaint")
    )
    assert len(found) == 5
    assert scene.entries("desk-find") == before + 1
    for number in (f"local|{other.hex}", f"local|{uuid4().hex}", f"urn:other|{scene.patient.hex}"):
        answer = desk.get(
            f"/fhir/AuditEvent?patient.identifier={number}&subtype={VERB}|fhir-read&ground=complaint"
        )
        assert events_of(answer) == []


@pytest.mark.parametrize("wrong", ["", "1", "|1", "local|", "local|1,local|2", "a|b|c", f"local|{'1' * 300}"])
def test_a_number_is_one_with_its_system(scene: Scene, wrong: str) -> None:
    answer = scene.own.get(f"/fhir/AuditEvent?patient.identifier={wrong}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["issue"][0]["expression"] == ["patient.identifier"]
    both = scene.own.get(f"/fhir/AuditEvent?{numbered(scene, scene.patient)}&patient={scene.patient}")
    assert both.status_code == 400
