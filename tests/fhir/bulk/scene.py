"""A hospital with three patients of its own and one whom another hospital knows as well."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.fhir.resources import observation, patient
from tests.gate.world import Worker, World

Json = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """Two hospitals; `sent` is what the first one's machine stored, by `Type/id`; `elsewhere` what the other one did."""

    world: World
    id: UUID
    account: Worker
    machine: Sender
    other: Sender
    patients: tuple[UUID, ...]
    sent: dict[str, Json]
    elsewhere: dict[str, Json]

    def entries(self, **detail: str) -> list[tuple[Any, ...]]:
        """Give (permitted, rule, patients, detail) of the exports' entries of this hospital's account, oldest first."""
        return self.world.run(
            """SELECT e.permitted, e.rule, e.patients, e.detail FROM log.entry e
            WHERE e.person_id = %s AND e.verb = 'bulk-export' ORDER BY e.id""",
            self.account.person,
        )


def make_scene(world: World, client: Client) -> Scene:
    """Fill both hospitals through the API."""
    house, elsewhere = world.institution(), world.institution()
    account, other = world.worker("machine", house), world.worker("machine", elsewhere)
    machine = Sender(client, world.session(account, face="api", purpose="exchange"))
    foreign = Sender(client, world.session(other, face="api", purpose="exchange"))
    numbers = [{"system": "urn:oid:2.16.840.1.113883.3.6777.5.3", "value": "EXP-1"}]
    stored: dict[str, Json] = {}
    patients = []
    for _ in range(3):
        one = _post(machine, patient(), stored)
        patients.append(UUID(one["id"]))
        _post(machine, observation(patients[-1]), stored)
    _post(machine, _letter(patients[0]), stored)
    outside: dict[str, Json] = {}
    theirs = _post(foreign, patient(identifier=numbers), outside)
    _post(foreign, observation(UUID(theirs["id"])), outside)
    return Scene(world, house, account, machine, foreign, tuple(patients), stored, outside)


def _letter(subject: UUID) -> Json:
    """A letter whose file is too large to stay in its text."""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}], "text": "Letter"},
        "subject": {"reference": f"Patient/{subject}"},
        "content": [{"attachment": {"contentType": "application/pdf", "data": "QUJD" * 12000}}],
    }


def _post(sender: Sender, resource: Json, kept: dict[str, Json]) -> Json:
    answer = sender.post(f"/fhir/{resource['resourceType']}", resource)
    assert answer.status_code == 201, answer.text
    told: Json = answer.json()
    kept[f"{told['resourceType']}/{told['id']}"] = sender.get(
        f"/fhir/{told['resourceType']}/{told['id']}"
    ).json()
    return told
