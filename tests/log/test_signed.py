"""What opens a closed record waits for its signature, and for no longer than a second (LOG-3, BTG-1, EXC-7, T35)."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.actions.clinic import Clinic
from tests.gate.server import Dsns
from tests.relations.test_emergency import emergency
from tests.relations.test_emergency_lifting import lifting
from unidossier.actions.lift_exclusion import lift_exclusion
from unidossier.actions.open_in_emergency import open_in_emergency
from unidossier.actions.wait_until_signed import wait_until_signed
from unidossier.database.home import Home
from unidossier.gate.door import SessionEnded
from unidossier.log.sequencer.grow import Sequencer


@pytest.fixture
def sequencer(dsns: Dsns, tmp_path: Path) -> Iterator[Sequencer]:
    """An open sequencer of the shared database, that has caught up; its tree is gone after the test."""
    dsn = make_conninfo(dsns.root, user="unidossier_sequencer")
    with psycopg.connect(dsns.root, autocommit=True) as root:
        # entries and trees that tests of other rooms made up
        root.execute("TRUNCATE log.entry, log.listed, log.tree, log.leaf, log.restored CASCADE")
        try:
            with (
                psycopg.connect(dsn, autocommit=True) as connection,
                Sequencer(Home(tmp_path / "log-home").prepare(), connection) as opened,
            ):
                while opened.step():
                    pass
                yield opened
        finally:
            root.execute("TRUNCATE log.tree, log.leaf, log.restored")


def is_newest_signed(clinic: Clinic) -> bool:
    ((signed,),) = clinic.world.run(
        "SELECT EXISTS (SELECT FROM log.leaf WHERE entry_id = (SELECT id FROM log.entry ORDER BY id DESC LIMIT 1))"
    )
    return bool(signed)


def soon(sequencer: Sequencer) -> threading.Timer:
    timer = threading.Timer(0.3, sequencer.step)
    timer.start()
    return timer


def test_break_the_glass_returns_when_its_entry_is_signed(clinic: Clinic, sequencer: Sequencer) -> None:
    secret = clinic.world.session(clinic.world.worker("emergency-physician", clinic.id))
    timer = soon(sequencer)
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert is_newest_signed(clinic)
    timer.join()


def test_a_lifting_returns_when_its_entry_is_signed(clinic: Clinic, sequencer: Sequencer) -> None:
    doctor = clinic.world.worker("specialist", clinic.id)
    clinic.world.exclude(clinic.patient, doctor.person)
    timer = soon(sequencer)
    lift_exclusion(clinic.world.session(doctor), lifting=lifting(clinic.patient))
    assert is_newest_signed(clinic)
    timer.join()


def test_a_sequencer_that_stands_still_costs_a_second_and_no_more(
    clinic: Clinic, sequencer: Sequencer
) -> None:
    secret = clinic.world.session(clinic.world.worker("emergency-physician", clinic.id))
    began = time.monotonic()
    opened = open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert opened == clinic.patient
    assert 0.9 < time.monotonic() - began < 3
    assert not is_newest_signed(clinic)
    sequencer.ledger.note_trouble(sequencer.tree.year, "something")
    assert wait_until_signed(secret=secret, limit_s=0), "of a log in trouble nobody expects a signature"


def test_without_a_sequencer_nobody_waits(clinic: Clinic) -> None:
    secret = clinic.world.session(clinic.physician)
    assert wait_until_signed(secret=secret, limit_s=0)


def test_a_stranger_learns_nothing(clinic: Clinic) -> None:
    with pytest.raises(SessionEnded):
        wait_until_signed(secret=b"no session")
