"""A Patient sent with an id that somebody else has, and with no number of his: a conflict, said once and for all (XCH-1)."""

from uuid import UUID

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.gate.world import World


def test_an_id_that_is_taken_is_a_conflict_and_no_fault(client: Client, world: World, known: UUID) -> None:
    stranger = world.worker("machine", world.institution())
    sender = Sender(client, world.session(stranger, face="api", purpose="exchange"))
    before = world.run("SELECT family, given FROM registry.patient WHERE id = %s", known)
    answer = sender.put(f"/fhir/Patient/{known}", {"resourceType": "Patient", "id": str(known)})
    assert answer.status_code == 409, answer.text
    assert world.run("SELECT family, given FROM registry.patient WHERE id = %s", known) == before
