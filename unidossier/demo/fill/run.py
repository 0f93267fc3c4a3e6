"""Fill an empty database once: places and people, then patient by patient in two processes; a filling that was cut goes on."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from datetime import date

import psycopg

from unidossier.database.connections import migrate_dsn
from unidossier.demo.build import world as build_world
from unidossier.demo.federal.fill import fill_federal
from unidossier.demo.fill.charts import Filling
from unidossier.demo.fill.ids import human_id, person_id
from unidossier.demo.fill.places import set_up_places
from unidossier.demo.fill.ties import tie
from unidossier.demo.rights.addresses import fill_addresses
from unidossier.demo.rights.consult import fill_consult
from unidossier.demo.rights.details import fill_details
from unidossier.demo.rights.emergency import fill_emergencies
from unidossier.demo.rights.keeping import fill_keeping
from unidossier.demo.rights.looked import fill_looked
from unidossier.demo.rights.oversight import fill_oversight
from unidossier.demo.rights.own import fill_decisions
from unidossier.demo.rights.registration import fill_registration
from unidossier.demo.rights.snoopers import fill_snoopers
from unidossier.demo.world import World

SEED = 1
PROCESSES = max(1, min(4, os.cpu_count() or 1))
_filling: Filling | None = None
_migrating: psycopg.Connection | None = None


def fill(*, patients: int, progress: Callable[[int, int], None] = lambda done, total: None) -> bool:
    """Make the fictional world; return False when it is there already. Needs `django.setup()` and a migrated database.

    The same day and the same seed give the same people. Cut half-way, the next call goes on where it was: what is
    stored is met again and left unchanged.
    """
    with psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        today = _begun(connection, patients)
        if today is None:
            return False
        world = build_world(today=today, seed=SEED, patients=patients)
        patients = len(world.patients)  # those with a name are always there: the accounts count on them
        with connection.transaction():
            set_up_places(connection, world)
    done = 0
    progress(done, patients)
    for _ in _charts(today, patients):
        done += 1
        progress(done, patients)
    with psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        fill_looked(connection, world)
    _accounts(world)
    fill_emergencies(world)
    fill_consult(world)
    fill_decisions(world)
    fill_snoopers(world)
    fill_oversight(world)
    fill_keeping(world)
    fill_addresses(world)
    fill_registration(world)
    fill_details(world)
    with psycopg.connect(migrate_dsn(), autocommit=True) as connection:
        fill_federal(connection, world)
        connection.execute("UPDATE public.demo_world SET filled_at = now()")
    return True


def _begun(connection: psycopg.Connection, patients: int) -> date | None:
    """Return the day of the world to make; None when it was made. The day is kept: a cut filling stays one world."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS public.demo_world (day date NOT NULL, patients integer NOT NULL, filled_at timestamptz)"
    )
    connection.execute(
        "INSERT INTO public.demo_world (day, patients) SELECT (now() AT TIME ZONE 'Europe/Brussels')::date, %s WHERE NOT EXISTS (SELECT FROM public.demo_world)",
        (patients,),
    )
    found = connection.execute("SELECT day, filled_at FROM public.demo_world").fetchone()
    assert found is not None
    day, filled_at = found
    return None if filled_at else day


def _charts(today: date, patients: int) -> Iterator[int]:
    """Deliver every patient's record; the long one first, so that it does not come last alone."""
    numbers = range(patients)
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES, initializer=_begin_process, initargs=(today, patients)) as workers:
        yield from workers.imap_unordered(_one, numbers, chunksize=1)


def _begin_process(today: date, patients: int) -> None:
    global _filling, _migrating
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unidossier.config.settings")
    import django

    django.setup()
    _filling = Filling(build_world(today=today, seed=SEED, patients=patients))
    _migrating = psycopg.connect(migrate_dsn(), autocommit=True)
    # A history is many small objects that all live until it is stored: to look for garbage among them finds none.
    gc.freeze()
    gc.set_threshold(100_000)


def _one(index: int) -> int:
    from unidossier.demo.chart.tell import Teller

    assert _filling is not None and _migrating is not None
    patient = _filling.world.patients[index]
    stored = _filling.deliver(Teller(_filling.world).history(patient))
    with _migrating.transaction():
        tie(_migrating, _filling.world, patient, secret=_filling.secret(patient.home))
    return stored


def _accounts(world: World) -> None:
    from unidossier.signin.accounts import UsernameTaken, create_account

    staff = {one.key for one in world.persons}
    for account in world.accounts:
        person = person_id(account.person) if account.person in staff else human_id(account.patient or "")
        try:
            create_account(account.username, person_id=person, language=account.language)
        except UsernameTaken:
            continue  # an earlier filling made it
