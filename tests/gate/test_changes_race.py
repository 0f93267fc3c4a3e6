"""Rights taken away and given back again and again while several connections read: no read is stale (ACD-7).

What tests/gate/test_epoch_race.py does for exclusions, for every other change of section 3 that closes a record. The
figures RACE_TOGGLES and RACE_READS make it longer: `make prove-race`.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.gate.server import Dsns
from tests.gate.test_epoch_race import Race, Raced, is_short, served_of, without_epochs
from tests.gate.test_epoch_race import read_until_over as read
from tests.gate.world import Worker, World
from unidossier.kernel.uuid7 import new_id

TOGGLES = int(os.environ.get("RACE_TOGGLES", "60"))
READS = int(os.environ.get("RACE_READS", "600"))
READERS = 3
NO_ENTRY = 0


@dataclass(frozen=True)
class Right:
    """A right that opens a record: what takes it away, what gives it back, and whose it is."""

    patient: UUID
    worker: Worker
    take: str
    give: str
    row: tuple[object, ...]


def _related(world: World, *, network: bool = True, **columns: object) -> tuple[UUID, Worker, UUID]:
    hospital = world.institution()
    worker = world.worker("gp", hospital if network else world.institution(network=False))
    patient = world.patient()
    world.item(patient, hospital)
    return patient, worker, world.relation(patient, worker, **columns)


def withdrawal(world: World) -> Right:
    """MY-14: the patient withdraws a relation."""
    patient, worker, relation = _related(world)
    return Right(
        patient,
        worker,
        "UPDATE relations.relation SET state = 'withdrawn', withdrawn_at = now() WHERE patient_id = %s AND id = %s",
        "UPDATE relations.relation SET state = 'in-force', withdrawn_at = NULL WHERE patient_id = %s AND id = %s",
        (patient, relation),
    )


def suspension(world: World) -> Right:
    """CON-9: a claim of the consent suspends the link."""
    patient, worker, relation = _related(world, network=False, kind="link", consented=True)
    return Right(
        patient,
        worker,
        "UPDATE relations.relation SET state = 'suspended' WHERE patient_id = %s AND id = %s",
        "UPDATE relations.relation SET state = 'in-force' WHERE patient_id = %s AND id = %s",
        (patient, relation),
    )


def employment(world: World) -> Right:
    """ACD-7: the employment behind the session ends."""
    patient, worker, _ = _related(world)
    return Right(
        patient,
        worker,
        "UPDATE registry.employment SET until_at = now() WHERE id = %s",
        "UPDATE registry.employment SET until_at = NULL WHERE id = %s",
        (worker.employment,),
    )


def death(world: World) -> Right:
    """DTH-1: external links end with the recorded death."""
    patient, worker, _ = _related(world, network=False, kind="request", consented=True)
    return Right(
        patient,
        worker,
        "UPDATE registry.patient SET deceased_at = now() WHERE id = %s",
        "UPDATE registry.patient SET deceased_at = NULL WHERE id = %s",
        (patient,),
    )


def refusal(world: World) -> Right:
    """CON-10: the patient refuses all access from outside."""
    patient, worker, _ = _related(world, network=False, kind="request", consented=True)
    return Right(
        patient,
        worker,
        "UPDATE registry.patient SET refuses_outside = true WHERE id = %s",
        "UPDATE registry.patient SET refuses_outside = false WHERE id = %s",
        (patient,),
    )


def opening(world: World) -> Right:
    """BTG-3: what break-the-glass opened is ended."""
    patient, worker, relation = _related(world)
    world.run("DELETE FROM relations.relation WHERE patient_id = %s AND id = %s", patient, relation)
    made = new_id()
    world.run(
        """INSERT INTO relations.opening (patient_id, id, person_id, institution_id, function, ends_at, reason, justification, entry_id)
        VALUES (%s, %s, %s, %s, 'gp', now() + interval '1 hour', 'unconscious', 'found unconscious at home', %s)""",
        *(patient, made, worker.person, worker.institution, NO_ENTRY),
    )
    return Right(
        patient,
        worker,
        "UPDATE relations.opening SET ends_at = now() WHERE patient_id = %s AND id = %s",
        "UPDATE relations.opening SET ends_at = starts_at + interval '1 hour' WHERE patient_id = %s AND id = %s",
        (patient, made),
    )


def roster(world: World) -> Right:
    """ACD-2: the duty in the team that treats ends."""
    patient, worker, relation = _related(world)
    team = world.team(worker.institution)
    world.run(
        "UPDATE relations.relation SET person_id = NULL, team_id = %s WHERE patient_id = %s AND id = %s",
        *(team, patient, relation),
    )
    world.duty(worker.person, team=team)
    return Right(
        patient,
        worker,
        "UPDATE registry.duty SET ends_at = now() WHERE team_id = %s",
        "UPDATE registry.duty SET ends_at = '2100-01-01' WHERE team_id = %s",
        (team,),
    )


CHANGES = (withdrawal, suspension, employment, death, refusal, opening, roster)


def _toggle(world: World, right: Right, race: Race, *, toggles: int, reads: int) -> None:
    """Take and give back, at least `toggles` times and until enough was read."""
    while is_short(race, toggles=toggles, reads=reads):
        world.run(right.take, *right.row)
        confirmed = time.perf_counter()
        time.sleep(0.002)
        race.excluded.append((confirmed, time.perf_counter()))
        world.run(right.give, *right.row)
        time.sleep(0.004)


def run_race(dsns: Dsns, make: Callable[[World], Right], *, toggles: int, reads: int = 0) -> Race:
    """Toggle one right while its holder reads; return what was seen."""
    world = World(dsns)
    race = Race(over=threading.Event())
    right = make(world)
    raced = Raced(dsns, world.session(right.worker), right.patient, right.worker.person)
    try:
        with ThreadPoolExecutor(READERS) as readers:
            running = [readers.submit(read, raced, race) for _ in range(READERS)]
            try:
                _toggle(world, right, race, toggles=toggles, reads=reads)
            finally:
                race.over.set()
            for one in running:
                one.result()
    finally:
        world.close()
    return race


@pytest.mark.parametrize("change", CHANGES, ids=lambda made: made.__name__)
def test_no_read_is_stale_after(
    dsns: Dsns, change: Callable[[World], Right], record_property: Callable[[str, object], None]
) -> None:
    race = run_race(dsns, change, toggles=TOGGLES, reads=READS)
    record_property("changes", 1)
    record_property("toggles", len(race.excluded))
    record_property("reads", race.tries)
    record_property("reads_served", len(race.served))
    record_property("stale_reads", race.stale())
    assert race.stale() == 0
    assert len(race.served) >= served_of(READS), "hardly anything was served: the race proves nothing"
    assert race.tries > len(race.served), "nothing was refused: the change closes nothing"


@pytest.mark.parametrize("change", CHANGES, ids=lambda made: made.__name__)
def test_the_race_finds_stale_reads_when_the_gate_forgets_epochs(
    dsns: Dsns, world: World, change: Callable[[World], Right]
) -> None:
    with without_epochs(world):
        assert run_race(dsns, change, toggles=30).stale() > 0
