"""The small world at its beginning: three houses, three patients, and one of everybody."""

import random
from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from tests.gate.world import Worker, World
from tests.state import model
from tests.state.moves import FOR_EVER

SIDES = {
    "carer": ("specialist", "nurse", "dietician", "gp"),
    "staff": ("reception",),
    "governance": ("ombuds", "registration-desk"),
    "machine": ("machine",),
}


def small_world(world: World, *, dice: random.Random, now: datetime) -> model.Small:
    """Make a small world of its own: three houses, three patients, and one of everybody."""
    houses = [world.institution(network=network) for network in (True, True, False)]
    patients = [
        model.Patient(id=world.patient(birth=birth), birth=birth)
        for birth in (date(1980, 5, 17), now.date().replace(year=now.year - 15, day=28), date(2012, 2, 29))
    ]
    small = model.Small(
        institutions={house: model.Institution(id=house, network=n < 2) for n, house in enumerate(houses)},
        patients=patients,
        askers=[*_at_work(world, houses, dice=dice), *_for_the_patient(world, patients)],
        teams=[(world.team(house), house) for house in houses],
    )
    return small


def _at_work(world: World, houses: list[UUID], *, dice: random.Random) -> Iterator[model.Asker]:
    for side, functions in SIDES.items():
        for function in functions:
            house = houses[2] if function == "gp" else dice.choice(houses[:2])
            worker = world.worker(function, house)
            purpose = {"governance": "governance", "machine": "exchange"}.get(side, "care")
            yield model.Asker(
                secret=_session(world, worker, purpose=purpose),
                person=worker.person,
                human=worker.person,
                side=side,
                function=function,
                institution=house,
                post=model.Post(
                    id=worker.employment,
                    function=function,
                    starts=datetime(2020, 1, 1, tzinfo=model.BRUSSELS),
                    ends=FOR_EVER,
                ),
                purpose=purpose,
            )


def _session(world: World, worker: Worker, *, purpose: str) -> bytes:
    return world.session(worker, purpose=purpose, **LONG)


LONG = {"idle_s": 10**9, "life_s": 10**9}  # sessions outlast the walk: their end is tested elsewhere


def _for_the_patient(world: World, patients: list[model.Patient]) -> Iterator[model.Asker]:
    for patient in patients:
        person = world.person(professional=False, patient=patient.id)
        yield model.Asker(
            secret=world.own_session_of(person, **LONG),
            person=person,
            human=person,
            side="patient",
            function="patient",
            patient=patient.id,
            purpose="own",
        )
    for _ in range(2):
        person = world.person(professional=False)
        yield model.Asker(
            secret=world.representative_session(person, **LONG),
            person=person,
            human=person,
            side="representative",
            function="representative",
            purpose="own",
        )
