"""No row without a durable entry, and no acknowledged entry lost: requests broken off anywhere, kill -9 of database and web processes under load (LOG-2, LOG-8).

The line to the database reads along. After each kill the database recovers; every entry under which a row had left, and every entry
whose commit had been answered, must be there. Sizes: LOG_ABORTS, LOG_SERVER_KILLS (tests/prove_log.py).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.gate.server import Dsns, make_database
from tests.gate.world import World
from tests.log.completeness.observer import Observer
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer

ABORTS = int(os.environ.get("LOG_ABORTS", "120"))
KILLS = int(os.environ.get("LOG_SERVER_KILLS", "2"))
PROCESSES, THREADS = 2, 3
PATIENCE_S = 60.0
Record = Callable[[str, object], None]


@dataclass
class Site:
    """A database of its own, durable as in production, and the processes that read from it."""

    server: EmbeddedServer
    dsns: Dsns
    home: Path
    patient: UUID
    secrets: list[bytes]

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask past every policy, on a connection of its own."""
        with psycopg.connect(self.dsns.root, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()

    def reader(self, host: str) -> "subprocess.Popen[bytes]":
        """Start one process that reads without pause."""
        environment = os.environ | {
            "DATABASE_URL": make_conninfo(self.dsns.app, host=host),
            "UNIDOSSIER_HOME": str(self.home),
            "UNIDOSSIER_POOL": str(THREADS + 1),
        }
        secrets = [one.hex() for one in self.secrets]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.log.completeness.reader_process", str(self.patient), *secrets],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """kill -9 of the postmaster, whose backends die with it; then the recovery."""
        pid = self.server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        self.server.restart()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("durable")
    with EmbeddedServer(Home.find(home)) as server:
        dsns = Dsns.of(server)
        make_database(dsns, maintenance_dsn=server.dsn())
        world = World(dsns)
        house = world.institution()
        patient = world.patient()
        workers = [world.worker("specialist", house) for _ in range(THREADS)]
        for one in workers[:-1]:  # the last has no relation: his refusals are entries too
            world.relation(patient, one)
        secrets = [world.session(one) for one in workers]
        world.close()
        yield Site(server, dsns, home, patient, secrets)


@pytest.fixture
def readers(site: Site) -> Iterator[Callable[[Observer], list["subprocess.Popen[bytes]"]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(observer: Observer) -> list["subprocess.Popen[bytes]"]:
        started.extend(site.reader(observer.host) for _ in range(PROCESSES))
        return started

    yield start
    for one in started:
        one.kill()
        one.wait()


def _until(is_so: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "the load has stopped"
        time.sleep(0.02)


def _goes_on(observer: Observer, *, by: int) -> None:
    """Wait until so many entries more are acknowledged."""
    wanted = len(observer.acknowledged) + by
    _until(lambda: len(observer.acknowledged) >= wanted)


def _faults(site: Site, observer: Observer) -> tuple[set[int], set[int]]:
    """Give the entries under which rows left and that are not there permitted, and those acknowledged that are lost."""
    rows, acknowledged = set(observer.rows), set(observer.acknowledged)  # of a moment ago; more may come
    there = dict(
        site.query(
            "SELECT id, permitted FROM log.entry WHERE id = ANY (%s::bigint[])", list(rows | acknowledged)
        )
    )
    without = {entry for entry in rows if not there.get(entry)} | set(observer.too_early)
    return without, acknowledged - there.keys()


def test_no_row_without_an_entry_when_requests_break_off(
    site: Site, readers: Callable[[Observer], list[Any]], record_property: Record
) -> None:
    with Observer(site.dsns.app, cuts=400) as observer:
        readers(observer)
        _until(lambda: observer.aborted >= ABORTS, within_s=PATIENCE_S + ABORTS / 5)
        without, lost = _faults(site, observer)
    assert observer.rows and observer.acknowledged
    record_property("aborted", observer.aborted)
    record_property("rows_without_entry", len(without))
    record_property("entries_lost", len(lost))
    assert (without, lost) == (set(), set())


def test_no_acknowledged_entry_is_lost_by_kill_9(
    site: Site, readers: Callable[[Observer], list[Any]], record_property: Record
) -> None:
    dice = random.Random(KILLS)
    with Observer(site.dsns.app, cuts=20) as observer:
        processes = readers(observer)
        for _ in range(KILLS):
            _goes_on(observer, by=30)
            time.sleep(dice.random() / 5)
            victim = processes[dice.randrange(PROCESSES)]
            victim.kill()  # the web server
            victim.wait()
            site.kill()  # the database
            without, lost = _faults(site, observer)
            assert (without, lost) == (set(), set())
            processes[processes.index(victim)] = site.reader(observer.host)
        _goes_on(observer, by=1)
    record_property("server_kills", KILLS)
    record_property("entries_lost", 0)
    _assert_nothing_rings(site)


def _assert_nothing_rings(site: Site) -> None:
    """The comparisons find the same: what was served has its entry (LOG-8)."""
    for _ in range(3):
        site.query("SELECT log.compare(20000)")
    kinds = {kind for (kind,) in site.query("SELECT kind FROM log.alarm")}
    assert kinds <= {"unsigned"}  # no sequencer runs here


def test_the_observer_finds_a_row_without_an_entry(site: Site) -> None:
    """A proof that could not fail would be none: an entry is taken away behind the reader's back."""
    with Observer(site.dsns.app) as observer:
        reader = site.reader(observer.host)
        try:
            _until(lambda: len(observer.rows) >= 3)
        finally:
            reader.kill()
            reader.wait()
        assert _faults(site, observer) == (set(), set())
        site.query("DELETE FROM log.entry WHERE id = %s RETURNING id", min(observer.rows))
        without, lost = _faults(site, observer)
        assert without == lost == {min(observer.rows)}
