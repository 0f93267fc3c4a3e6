"""A Patient sent with an id that somebody else has, and with no number of his: a conflict, said once and for all (XCH-1)."""

from uuid import UUID, uuid4

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.gate.world import World
from tests.relations.outside import number
from unidossier.kernel.identifiers import SSIN


def test_an_id_that_is_taken_is_a_conflict_and_no_fault(client: Client, world: World, known: UUID) -> None:
    stranger = world.worker("machine", world.institution())
    sender = Sender(client, world.session(stranger, face="api", purpose="exchange"))
    before = world.run("SELECT family, given FROM registry.patient WHERE id = %s", known)
    answer = sender.put(f"/fhir/Patient/{known}", {"resourceType": "Patient", "id": str(known)})
    assert answer.status_code == 409, answer.text
    assert world.run("SELECT family, given FROM registry.patient WHERE id = %s", known) == before


def test_a_machine_that_sends_its_own_patient_again_without_numbers_gets_him(
    client: Client, machine: Sender, world: World
) -> None:
    sent = {"resourceType": "Patient", "id": f"own-{uuid4().hex[:8]}", "name": [{"family": "Roe"}]}
    id_ = machine.post("/fhir/Patient", sent).json()["id"]
    again = machine.put(
        f"/fhir/Patient/{id_}", {"resourceType": "Patient", "id": id_, "name": [{"family": "Poe"}]}
    )
    assert again.status_code == 200, again.text
    assert world.run("SELECT count(*) FROM registry.patient WHERE id = %s", id_) == [(1,)]
    # a number of nobody beside it could be another person's: still a conflict, for the registration desk
    numbered = {"resourceType": "Patient", "id": id_, "identifier": [{"system": SSIN, "value": number()}]}
    world.run("DELETE FROM registry.patient_identifier WHERE patient_id = %s", id_)
    assert machine.put(f"/fhir/Patient/{id_}", numbered).status_code == 409
    another = Sender(
        client,
        world.session(world.worker("machine", world.institution()), face="api", purpose="exchange"),
    )
    assert another.put(f"/fhir/Patient/{id_}", {"resourceType": "Patient", "id": id_}).status_code == 409
