"""Records for the figures of the API, sent through the API itself: many of 31 resources, one of 1,000, one of 10,000; and who reads them."""

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bench.fhir_load import ask_once, message
from bench.place import Place
from bench.samples import LABORATORY
from tests.gate.world import World

READERS = 16
EACH = 30  # resources of a record beside the patient
LOINC = "http://loinc.org"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_NEWEST = datetime(2026, 11, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class People:
    """Tokens of the machine and of physicians of one team who treat everybody, and the records by size."""

    machine: str
    readers: tuple[str, ...]
    patients: tuple[str, ...]
    observations: tuple[str, ...]
    of_1000: str
    of_10000: str


@dataclass(frozen=True, kw_only=True)
class House:
    """The institution before its records are sent."""

    world: World
    id: uuid.UUID
    team: uuid.UUID
    machine: str
    readers: tuple[str, ...]


def make_house(place: Place) -> House:
    """Make the institution, its machine and a team of physicians, each with a session at the API."""
    from unidossier.signin.gate_session import open_gate_session

    world = World(place.dsns)
    id_ = world.institution()
    team = world.team(id_)
    machine = world.worker("machine", id_)
    physicians = [world.worker("specialist", id_) for _ in range(READERS)]
    for one in physicians:
        world.duty(one.person, team=team)
    opened = {
        one: open_gate_session(
            one.person, employment=one.employment, face="api", purpose=purpose, strong=True
        ).hex()
        for one, purpose in [(machine, "exchange"), *((one, "care") for one in physicians)]
    }
    return House(
        world=world,
        id=id_,
        team=team,
        machine=opened[machine],
        readers=tuple(opened[one] for one in physicians),
    )


def fill(house: House, port: int, *, records: int, long: int) -> People:
    """Send `records` records of 31 resources, one of 1,000 and one of `long`."""
    chance = random.Random(7)
    patients, observations = [], []
    for _ in range(records):
        places = send(house, port, transaction(chance))
        patients.append(places[0])
        observations += places[1:]
    longer = []
    for size in (1_000, long):
        who = send(house, port, transaction(chance, size=0))[0]
        for first in range(0, size - 1, 200):
            lines = min(200, size - 1 - first)
            send(house, port, transaction(chance, size=lines, about=who, first=first))
        longer.append(who)
    relate(house)
    house.world.run("VACUUM ANALYZE")
    house.world.run("CHECKPOINT")
    return People(
        machine=house.machine,
        readers=house.readers,
        patients=tuple(patients),
        observations=tuple(observations),
        of_1000=longer[0],
        of_10000=longer[1],
    )


def send(house: House, port: int, body: bytes) -> list[str]:
    """Send a transaction; return the ids that were given."""
    answer = orjson.loads(ask_once(port, message("POST", "/fhir", token=house.machine, body=body)))
    return [one["response"]["location"].split("/")[-3] for one in answer["entry"]]


def transaction(chance: random.Random, *, size: int = EACH, about: str = "", first: int = 0) -> bytes:
    """Make a transaction: a new patient (none with `about`) and `size` laboratory values, the newest first."""
    who = f"Patient/{about}" if about else f"urn:uuid:{_uuid(chance)}"
    resources: list[tuple[str, dict[str, Any]]] = [] if about else [(who, _patient(chance))]
    resources += [(f"urn:uuid:{_uuid(chance)}", observation(chance, who, first + nth)) for nth in range(size)]
    entries = [
        {"fullUrl": url, "resource": one, "request": {"method": "POST", "url": one["resourceType"]}}
        for url, one in resources
    ]
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def observation(chance: random.Random, subject: str, nth: int) -> dict[str, Any]:
    """Make one laboratory value; the nth is so many hours old."""
    code, title, unit, low, high = LABORATORY[nth % len(LABORATORY)]
    at = (_NEWEST - timedelta(hours=7 * nth)).isoformat()
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": code, "display": title}], "text": title},
        "subject": {"reference": subject},
        "effectiveDateTime": at,
        "issued": at,
        "performer": [{"display": "Laboratorium"}],
        "valueQuantity": {
            "value": round(low + (high - low) * chance.random() * 1.2, 1),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
        "referenceRange": [{"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}],
        "note": [{"text": "Geen bijzonderheden."}],
    }


def _patient(chance: random.Random) -> dict[str, Any]:
    number = _uuid(chance)
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:example:ward-numbers", "value": number}],
        "name": [{"family": f"Peeters{number[:6].translate(_LETTERS)}", "given": ["An"]}],
        "gender": "female",
        "birthDate": f"19{chance.randint(30, 99)}-0{chance.randint(1, 9)}-{chance.randint(10, 28)}",
    }


_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def relate(house: House) -> None:
    """Let the team treat everybody it does not treat yet."""
    house.world.run(
        """INSERT INTO relations.relation (patient_id, id, team_id, institution_id, kind, source_type, starts_at, ends_at, entry_id)
        SELECT id, gen_random_uuid(), %s, %s, 'appointment', 'Appointment', now() - interval '1 day', now() + interval '3 months', 0 FROM registry.patient p
        WHERE NOT EXISTS (SELECT FROM relations.relation r WHERE r.patient_id = p.id)""",
        house.team,
        house.id,
    )
