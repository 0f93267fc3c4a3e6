"""A hospital whose people are looked up, and who looks them up; made once a module."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from tests.fhir.client import Client
from tests.fhir.conftest import Sender
from tests.gate.world import Worker, World
from unidossier.kernel.identifiers import NIHDI_PROFESSIONAL, SSIN

FAMILY = "Zwaenepoel"


@dataclass(frozen=True)
class Scene:
    """A hospital with a surgeon, a nurse, a retired one and a receptionist; a GP; who asks."""

    hospital: UUID
    team: UUID
    surgeon: Worker
    nurse: Worker
    retired: Worker
    reception: Worker
    gp: Worker
    nihdi: str
    machine: Sender
    carer: Sender
    patient: Sender
    another: Sender

    def ids(self, names: str) -> set[str]:
        return {str(getattr(self, name).person) for name in names.split()}


def make_scene(client: Client, world: World) -> Scene:
    """Make the hospital, its people and who asks."""
    hospital, practice, house = world.institution(), world.institution(network=False), world.institution()
    people = {
        name: world.worker(function, place)
        for name, function, place in (
            ("surgeon", "specialist", hospital), ("nurse", "nurse", hospital), ("retired", "specialist", hospital),
            ("reception", "reception", hospital), ("gp", "gp", practice),
        )
    }  # fmt: skip
    for name, worker in people.items():
        world.run(
            "UPDATE registry.person SET family = %s, given = %s, sort_key = %s, sex = 'female' WHERE id = %s",
            FAMILY, name.title(), f"{FAMILY.lower()}\x01{name}", worker.person,
        )  # fmt: skip
    nihdi = f"1{uuid4().int % 10**10:010}"
    numbers = "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)"
    world.run(numbers, people["surgeon"].person, NIHDI_PROFESSIONAL, nihdi)
    world.run(numbers, people["surgeon"].person, SSIN, "98765432109")
    world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", people["retired"].employment)
    world.run(
        """UPDATE registry.institution SET nihdi = '71000436', cbe = '0123456749', contact = '{"phone": "02 1", "address": "Street 1"}',
        names = '{"fr": "Clinique d’Été", "nl": "Zomerziekenhuis"}' WHERE id = %s""", hospital,
    )  # fmt: skip
    world.run(
        """UPDATE registry.institution SET contact = '{"email": "home@x.example"}' WHERE id = %s""", practice
    )
    team = world.team(hospital)
    world.run("""UPDATE registry.team SET names = '{"nl": "Heelkunde 3"}' WHERE id = %s""", team)
    own = world.person(professional=False, patient=world.patient())
    senders = {
        "machine": world.session(world.worker("machine", hospital), face="api", purpose="exchange"),
        "carer": world.session(people["nurse"], face="api"),
        "patient": world.own_session_of(own),
        "another": world.session(world.worker("specialist", house), face="api"),
    }
    return Scene(
        hospital=hospital, team=team, nihdi=nihdi, **people,
        **{name: Sender(client, secret) for name, secret in senders.items()},
    )  # fmt: skip
