"""A list shows exactly what opening one by one permits: of patients, of items, of contents (ACD-8, EXC-2).

The populations are drawn from a printed seed and aim at the edges: every kind of tie, exclusions plain and absolute,
liftings, deaths, refusals, all crossed with several askers.
"""

import os
import random
from hashlib import sha256
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.gate.reader import Reader
from tests.gate.world import LONG_AGO, Worker, World, hours
from unidossier.kernel.category import EVERY_CATEGORY, Category

PATIENTS = 60
SEED = int(os.environ.get("UNIDOSSIER_SEED", "20261121"))

TIES: dict[str, dict[str, object] | None] = {
    "none": None,
    "work": {},
    "consent": {"kind": "request", "consented": True},
    "gp": {"kind": "gp"},
    "pending": {"kind": "link", "state": "pending"},
    "suspended": {"kind": "link", "state": "suspended"},
    "withdrawn": {"state": "withdrawn"},
    "ended": {"ends_at": hours(-1)},
    "to come": {"starts_at": hours(1)},
    "narrow": {"categories": Category.AGENDA.bit},
}


def _population(world: World, asker: Worker, dice: random.Random) -> list[UUID]:
    """Make patients with every kind of tie to the asker, a third of them crossed with something that shuts him out."""
    patients = []
    for number in range(PATIENTS):
        tie = TIES[list(TIES)[number % len(TIES)]]
        dead = dice.random() < 0.15
        patient = world.patient(deceased_at=LONG_AGO if dead else None)
        if tie is not None:
            world.relation(patient, asker, **tie)
        if dice.random() < 0.3:
            world.exclude(patient, asker.person, absolute=dice.random() < 0.3)
            if dice.random() < 0.5:
                world.lift(patient, asker.person)
        if dice.random() < 0.2:
            world.run("UPDATE registry.patient SET refuses_outside = true WHERE id = %s", patient)
        world.item(patient, asker.institution)
        patients.append(patient)
    return patients


def _listed(reader: Reader, secret: bytes, verb: str) -> tuple[set[UUID], set[UUID]]:
    """Give the patients that the gate names in a list, and those whose names the list then shows."""
    token = os.urandom(32)
    row = reader.grants.execute(
        "SELECT patients FROM gate.grant_list(%s, %s, %s, %s)",
        (secret, verb, Jsonb({}), sha256(token).digest()),
    ).fetchone()
    assert row is not None
    return set(row[0]), {patient for (patient,) in reader.read(token, "SELECT id FROM registry.patient")}


@pytest.mark.parametrize("verb", ["list-patients", "find-patient", "show-agenda"])
@pytest.mark.parametrize(
    ("function", "network"),
    [("specialist", True), ("nurse", True), ("reception", True), ("gp", False), ("physiotherapist", False)],
)
def test_the_list_shows_exactly_what_opening_one_by_one_permits(
    world: World, reader: Reader, function: str, network: bool, verb: str
):
    dice = random.Random(f"{SEED} {function}")
    asker = world.worker(function, world.institution(network=network))
    patients = _population(world, asker, dice)
    secret = world.session(asker)
    one_by_one = {patient for patient in patients if reader.grant(secret, patient).allowed}
    named, shown = _listed(reader, secret, verb)
    # a lifting opens without any tie, so the list has no way to know of it: it shows those whom one treats
    known = {patient for patient, tie in zip(patients, _ties(), strict=True) if tie not in {"none", "ended"}}
    assert named == shown == one_by_one & known, f"seed {SEED}"
    assert 0 < len(named) < len(patients)


def _ties() -> list[str]:
    return [list(TIES)[number % len(TIES)] for number in range(PATIENTS)]


def test_a_representative_lists_whom_he_may_open(world: World, reader: Reader):
    guardian = world.person(professional=False)
    patients = []
    for kind, state in [
        ("legal", "in-force"),
        ("parent", "in-force"),
        ("legal", "suspended"),
        ("trusted", "in-force"),
    ]:
        patient = world.patient()
        world.represent(patient, guardian, kind=kind, state=state)
        patients.append(patient)
    secret = world.representative_session(guardian)
    one_by_one = {patient for patient in patients if reader.grant(secret, patient).allowed}
    named, shown = _listed(reader, secret, "list-patients")
    assert named == shown == one_by_one == {patients[0], patients[3]}


@pytest.mark.parametrize("function", ["specialist", "nurse", "pharmacist-hospital", "reception"])
def test_the_items_listed_are_those_whose_content_opens(world: World, reader: Reader, function: str):
    dice = random.Random(f"{SEED} items {function}")
    own, other = world.institution(), world.institution()
    asker = world.worker(function, own)
    patient = world.patient()
    world.relation(patient, asker, categories=EVERY_CATEGORY - Category.LETTER.bit)
    items = [
        world.item(
            patient,
            dice.choice([own, other]),
            category=int(category),
            status=dice.choice(["draft", "final", "amended", "entered-in-error"]),
            internal_only=dice.random() < 0.3,
        )
        for category in list(Category) * 2
    ]
    secret = world.session(asker)
    listed = {
        item for (item,) in reader.read(reader.grant(secret, patient).token, "SELECT id FROM record.item")
    }
    opened = {item for item in items if _opens(reader, secret, item)}
    assert listed == opened, f"seed {SEED}"
    assert 0 < len(listed) < len(items)


def _opens(reader: Reader, secret: bytes, item: UUID) -> bool:
    granted = reader.grant(secret, None, items=[item], verb="open-item")
    assert granted.allowed
    return bool(reader.read(granted.token, "SELECT resource FROM record.version WHERE item_id = %s", item))
