"""Professionals and institutions in what a machine sends: named by a number, or sent themselves (ADR 26)."""

from uuid import UUID, uuid4

import pytest

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.fhir.directory_scene import Scene
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World
from unidossier.kernel.identifiers import CBE, NIHDI, NIHDI_PROFESSIONAL, SSIN


def test_whom_a_sender_named_itself_is_read_by_its_house_as_it_came_and_by_others_by_name(
    scene: Scene, world: World
) -> None:
    one, two = str(uuid4()), str(uuid4())
    sent = {
        "resourceType": "Practitioner", "id": one, "birthDate": "1970-01-01",
        "identifier": [{"system": NIHDI, "value": "10123434"}, {"system": SSIN, "value": "70010112345"}],
        "telecom": [{"system": "phone", "value": "0470 1"}], "name": [{"family": "Visitor", "given": ["Vi"], "use": "official"}],
    }  # fmt: skip
    place = {"resourceType": "Location", "id": two, "name": "home of somebody"}
    entries = [
        entry(each, method="PUT", url=f"{each['resourceType']}/{each['id']}") for each in (sent, place)
    ]
    assert scene.machine.post("/fhir", bundle(*entries)).status_code == 200
    assert scene.machine.get(f"/fhir/Practitioner/{one}").json() == sent
    for sender in (scene.another, scene.patient, scene.carer):
        assert sender.get(f"/fhir/Practitioner/{one}").json() == {
            "resourceType": "Practitioner",
            "id": one,
            "identifier": [{"system": NIHDI, "value": "10123434"}],
            "name": [{"family": "Visitor", "given": ["Vi"]}],
        }
        assert sender.get(f"/fhir/Location/{two}").status_code == 404
    assert scene.machine.get(f"/fhir/Location/{two}").status_code == 200
    # another house may use the same id, and speaks for nobody but itself
    other = Sender(
        scene.machine.client,
        world.session(world.worker("machine", world.institution()), face="api", purpose="exchange"),
    )
    false = {"resourceType": "Practitioner", "id": one, "name": [{"family": "Impostor"}]}
    assert (
        other.post("/fhir", bundle(entry(false, method="PUT", url=f"Practitioner/{one}"))).status_code == 200
    )
    assert other.get(f"/fhir/Practitioner/{one}").json()["name"][0]["family"] == "Impostor"
    for sender in (scene.machine, scene.another):
        assert sender.get(f"/fhir/Practitioner/{one}").json()["name"][0]["family"] == "Visitor"


def test_a_professional_named_by_his_number_in_a_transaction_is_he(
    scene: Scene, client: Client, world: World
) -> None:
    """References by condition lead to whom the registry knows, and the work of a person makes his relation (ACD-4)."""
    known = scene.machine.post("/fhir/Patient", patient()).json()["id"]
    reference = f"Practitioner?identifier={NIHDI_PROFESSIONAL}|{scene.nihdi}"
    visit = {
        "resourceType": "Encounter", "status": "in-progress", "subject": {"reference": f"Patient/{known}"},
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "participant": [{"individual": {"reference": reference}}, {"individual": {"reference": "Practitioner?identifier=urn:x|nobody"}}],
        "period": {"start": "2026-11-22T08:00:00+01:00"},
    }  # fmt: skip
    visit["serviceProvider"] = {"reference": f"Organization?identifier={CBE}|0123456749"}
    surgeon = Sender(client, world.session(scene.surgeon, face="api"))
    assert surgeon.get(f"/fhir/Patient/{known}").status_code == 404
    answer = scene.machine.post("/fhir", bundle(entry(visit)), prefer="return=representation")
    assert answer.status_code == 200, answer.text
    stored = answer.json()["entry"][0]["resource"]
    assert [one["individual"]["reference"] for one in stored["participant"]] == [
        f"Practitioner/{scene.surgeon.person}",
        "Practitioner?identifier=urn:x|nobody",
    ]
    assert stored["serviceProvider"] == {"reference": f"Organization/{scene.hospital}"}
    assert surgeon.get(f"/fhir/Patient/{known}").status_code == 200
    found_by = (
        f"/fhir/Encounter?participant=Practitioner/{scene.surgeon.person}&service-provider={scene.hospital}"
    )
    assert stored["id"] in scene.machine.get(found_by).text


def test_a_transaction_names_only_so_many_by_number(
    scene: Scene, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unidossier.exchange.fhir.together.MOST_ELSEWHERE", 1)
    known = UUID(scene.machine.post("/fhir/Patient", patient()).json()["id"])
    same = [{"reference": f"Practitioner?identifier={NIHDI_PROFESSIONAL}|{scene.nihdi}"}] * 3
    assert scene.machine.post("/fhir", bundle(entry(observation(known, performer=same)))).status_code == 200
    others = [{"reference": f"Practitioner?identifier=urn:x|{one}"} for one in "ab"]
    answer = scene.machine.post("/fhir", bundle(entry(observation(known, performer=others))))
    assert answer.status_code == 413
