"""An address of a patient leads to nobody by the id of an item of his: a hidden one would answer unlike absence (ACD-8)."""

from uuid import uuid4

from tests.fhir.conftest import Hospital, Sender
from tests.gate.world import World

ADDRESSES = (
    "Patient/{}/$everything",
    "Patient/{}/$summary",
    "Patient/{}/Observation",
    "Observation?patient={}",
    "Observation/_history?patient={}",
    "Patient?_id={}",
)


def test_the_id_of_a_hidden_item_is_nobody(world: World, physician: Sender, hospital: Hospital) -> None:
    who = world.patient()
    world.relation(who, hospital.physician)
    elsewhere = world.institution()
    hidden = world.item(who, elsewhere, status="draft")
    seen = world.item(who, hospital.id)
    sent = world.item(who, hospital.id, type="Patient", category=0)
    for address in ADDRESSES:
        absent = physician.get(f"/fhir/{address.format(uuid4())}")
        for one in (hidden, seen):
            answer = physician.get(f"/fhir/{address.format(one)}")
            assert (answer.status_code, answer.content) == (404, absent.content), address
        assert physician.get(f"/fhir/{address.format(who)}").status_code == 200, address
        assert physician.get(f"/fhir/{address.format(sent)}").status_code == 200, address
