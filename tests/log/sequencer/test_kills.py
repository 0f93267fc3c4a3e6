"""The sequencer as a process, killed at any moment under load; the database killed beneath it; and nobody waits for it (LOG-3, T35).

UNIDOSSIER_LOG_KILLS: how often (default 5); the long proof asks for 100.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.gate.server import Dsns, make_database
from tests.log.sequencer.place import ADD, Place, place_on
from tests.log.sequencer.test_grow import check_whole
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer
from unidossier.log.sequencer.grow import AnotherSequencer

KILLS = int(os.environ.get("UNIDOSSIER_LOG_KILLS", "5"))


def start(place: Place) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "unidossier.command", "sequencer"],
        env={**os.environ, "UNIDOSSIER_HOME": str(place.home.path), "DATABASE_SEQUENCER_URL": place.sequencer_dsn},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


@contextmanager
def writers(place: Place, *, count: int = 3) -> Iterator[list[int]]:
    """Write entries on several connections, some held open for a moment; gives the ids that were acknowledged."""
    stop = threading.Event()
    acknowledged: list[int] = []

    def write(chance: random.Random) -> None:
        while not stop.is_set():
            try:
                with psycopg.connect(place.dsns.root) as connection:
                    while not stop.is_set():
                        ids = [row[0] for row in connection.execute(ADD, (chance.randint(1, 20),)).fetchall()]
                        time.sleep(chance.random() * 0.02)
                        if chance.random() < 0.1:
                            connection.rollback()
                            continue
                        connection.commit()
                        acknowledged.extend(ids)
            except psycopg.OperationalError:
                time.sleep(0.1)

    threads = [threading.Thread(target=write, args=(random.Random(nth),)) for nth in range(count)]
    for one in threads:
        one.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for one in threads:
            one.join()


def kill_again_and_again(place: Place, *, at_each: Callable[[], None] = lambda: None) -> list[int]:
    """Kill it at random moments while entries come; return what was acknowledged to the writers."""
    chance = random.Random(KILLS)
    with writers(place) as acknowledged:
        for _ in range(KILLS):
            process = start(place)
            size = _size(place)
            deadline = time.monotonic() + 30
            while _size(place) == size and time.monotonic() < deadline:  # until it has begun to work
                time.sleep(0.02)
            time.sleep(chance.random() * 0.4)
            at_each()
            process.kill()
            process.wait()
    return acknowledged


def catch_up(place: Place) -> None:
    """Integrate the rest; what a killed one left behind may hold the lock for a second."""
    deadline = time.monotonic() + 10
    while True:
        try:
            place.catch_up()
        except AnotherSequencer:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _size(place: Place) -> int:
    try:
        return int(place.rows("SELECT coalesce(sum(size), 0) FROM log.tree")[0][0])
    except psycopg.OperationalError:
        return -1


def test_killed_under_load_it_leaves_no_gap_and_no_double(
    place: Place, record_property: Callable[[str, object], None]
) -> None:
    acknowledged = kill_again_and_again(place)
    catch_up(place)
    check_whole(place)
    found = {row[0] for row in place.rows("SELECT entry_id FROM log.leaf")}
    assert len(acknowledged) > 20 * KILLS
    assert set(acknowledged) <= found
    assert place.rows("SELECT count(*) FROM log.restored") == [(0,)]
    record_property("sequencer_kills", KILLS)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[EmbeddedServer, Place]]:
    """A server of this test, to be killed."""
    with EmbeddedServer(Home(tmp_path / "home")) as server:
        dsns = Dsns.of(server)
        make_database(dsns, maintenance_dsn=server.dsn())
        yield server, place_on(dsns, tmp_path / "home")


def test_the_database_killed_beneath_it_loses_no_acknowledged_entry(
    own_server: tuple[EmbeddedServer, Place],
) -> None:
    server, place = own_server
    process = start(place)
    chance = random.Random(1)
    try:
        with writers(place) as acknowledged:
            for _ in range(max(2, KILLS // 10)):
                deadline = time.monotonic() + 30
                size = _size(place)
                while _size(place) <= size and time.monotonic() < deadline:
                    time.sleep(0.05)
                time.sleep(chance.random())
                assert server.pid is not None
                os.kill(server.pid, signal.SIGKILL)
                server.restart()
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0, "it ends in order when it is told to"
    place.catch_up()
    check_whole(place)
    found = {row[0] for row in place.rows("SELECT entry_id FROM log.leaf")}
    assert acknowledged and set(acknowledged) <= found
    assert place.rows("SELECT count(*) FROM log.restored") == [(0,)]


def test_nobody_waits_for_it(place: Place) -> None:
    """T35: without a sequencer, and with one that refuses to sign, entries are committed as fast as ever."""
    place.add(3)
    place.catch_up()
    with place.root() as connection:
        connection.execute("UPDATE log.tree SET root = sha256('x')")
    process = start(place)
    try:
        deadline = time.monotonic() + 20
        while place.rows("SELECT trouble IS NULL FROM log.tree") == [(True,)] and time.monotonic() < deadline:
            time.sleep(0.05)
        (state,) = place.rows("SELECT trouble, waiting FROM log.state()")
        assert "one root in the database and another" in state[0]
        began = time.monotonic()
        place.add(50)
        assert time.monotonic() - began < 2
        assert len(place.missing()) == 50
        time.sleep(0.05)
        assert place.rows("SELECT waiting > 0.04 FROM log.state()") == [(True,)]
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
