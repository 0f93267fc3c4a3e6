"""The embedded server for real: killed in every way, started again with nothing lost, closed to others."""

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from unidossier.database.home import Home
from unidossier.database.leftovers import postmaster_pid, serving
from unidossier.database.lock import HomeInUse
from unidossier.database.server import DatabaseVersionMismatch, EmbeddedServer, running

# starts the server of a home in a process of its own, says so, and waits to be killed
SUPERVISOR = """
import signal, sys
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer
server = EmbeddedServer(Home.find(sys.argv[1]))
server.start()
print(server.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def server(home: Home) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(home) as started:
        yield started


def count_rows(server: EmbeddedServer) -> int:
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("SELECT count(*) FROM acknowledged").fetchone()
    assert row is not None
    return int(row[0])


def commit_rows(server: EmbeddedServer, *, rows: int) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS acknowledged (number int)")
        for number in range(rows):  # one commit each: each is acknowledged on its own
            connection.execute("INSERT INTO acknowledged VALUES (%s)", (number,))


def wait_until_gone(home: Home) -> None:
    deadline = time.monotonic() + 20
    while serving(home.pg):
        assert time.monotonic() < deadline, f"still there: {serving(home.pg)}"
        time.sleep(0.05)


def test_the_server_listens_on_a_closed_socket_alone(home: Home, server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn()) as connection:
        settings = dict(
            connection.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'data_checksums', "
                "'server_encoding', 'synchronous_commit', 'fsync', 'jit', 'wal_level')"
            ).fetchall()
        )
        locale = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'template1'"
        ).fetchone()
    assert settings == {
        "listen_addresses": "",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "synchronous_commit": "on",
        "fsync": "on",
        "jit": "off",
        "wal_level": "replica",
    }
    assert locale == ("b", "C.UTF-8")
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.pg.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.log.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs it himself")
def test_root_hands_the_server_to_an_unprivileged_account(home: Home, server: EmbeddedServer) -> None:
    owners = set()
    for pid in serving(home.pg):
        with suppress(FileNotFoundError):  # a helper of the server that ended meanwhile
            owners.add(Path(f"/proc/{pid}").stat().st_uid)
    assert owners == {home.pg.stat().st_uid}
    assert 0 not in owners
    # the folders above stayed closed: the account works inside without being let through them
    assert home.path.stat().st_uid == 0
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def serve_as(uid: int, folder: str) -> None:
    """Become the account `uid`, run a server in `folder`, and end with 0 if it answered."""
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    with EmbeddedServer(Home.find(folder)) as server:
        sys.exit(0 if server.is_ready() and server.sockets.stat().st_uid == uid else 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_in_a_folder_of_his_own() -> None:
    with tempfile.TemporaryDirectory() as theirs:
        os.chown(theirs, 65534, 65534)
        # forked and not started anew: the interpreter itself may lie where that user cannot go
        process = multiprocessing.get_context("fork").Process(target=serve_as, args=(65534, theirs))
        process.start()
        process.join(60)
        assert process.exitcode == 0


class Writer(threading.Thread):
    """Commits rows one by one until the connection breaks, and keeps the last number that was acknowledged."""

    def __init__(self, dsn: str) -> None:
        super().__init__()
        self.dsn, self.acknowledged = dsn, 0

    def run(self) -> None:
        with suppress(psycopg.OperationalError), psycopg.connect(self.dsn, autocommit=True) as connection:
            while True:
                connection.execute("INSERT INTO acknowledged VALUES (%s)", (self.acknowledged + 1,))
                self.acknowledged += 1


@pytest.mark.parametrize("everything", [False, True], ids=["the postmaster", "every process"])
def test_nothing_acknowledged_is_lost_when_killed_under_load(
    home: Home, server: EmbeddedServer, everything: bool
) -> None:
    commit_rows(server, rows=0)
    writers = [Writer(server.dsn()) for _ in range(4)]
    for writer in writers:
        writer.start()
    while min(writer.acknowledged for writer in writers) < 50:
        time.sleep(0.01)
    assert server.pid is not None
    for pid in serving(home.pg) if everything else [server.pid]:
        os.kill(pid, signal.SIGKILL)
    for writer in writers:
        writer.join(20)
        assert not writer.is_alive()
    server.restart()
    acknowledged = sum(writer.acknowledged for writer in writers)
    # at most one more a writer: committed, but killed before it could say so
    assert acknowledged <= count_rows(server) <= acknowledged + len(writers)


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_start_recovers(home: Home) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, home.path], stdout=subprocess.PIPE)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline()
    server = EmbeddedServer(home)
    commit_rows(server, rows=50)
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    wait_until_gone(home)
    with server:
        assert count_rows(server) == 50


def test_a_stale_process_number_does_not_stop_the_start(home: Home) -> None:
    with EmbeddedServer(home) as server:
        commit_rows(server, rows=5)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while server.pid is not None:
            time.sleep(0.01)
        wait_until_gone(home)
        stale = home.pg / "postmaster.pid"
        # the number now belongs to a living process of the same account: PostgreSQL alone would refuse
        lines = stale.read_text().split("\n")
        with subprocess.Popen(["/bin/sleep", "60"], user=home.pg.stat().st_uid) as sleeper:
            stale.write_text("\n".join([str(sleeper.pid), *lines[1:]]))
            server.restart()
            assert sleeper.poll() is None
            sleeper.kill()
        assert count_rows(server) == 5


def test_an_initdb_killed_half_way_is_made_anew(home: Home) -> None:
    home.prepare()
    unfinished = home.path / "pg.new"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with EmbeddedServer(home) as server:
        assert server.is_ready()
    assert not unfinished.exists()


def test_stop_leaves_nothing_running_and_no_socket(home: Home) -> None:
    server = EmbeddedServer(home)
    server.start()
    server.stop()
    assert serving(home.pg) == []
    assert postmaster_pid(home.pg) is None
    assert not (server.sockets / ".s.PGSQL.5432").exists()
    server.stop()  # a second time is harmless


def test_a_second_server_of_the_same_home_is_refused(home: Home, server: EmbeddedServer) -> None:
    with pytest.raises(HomeInUse, match="Stop it first"):
        EmbeddedServer(home).start()
    assert server.is_ready()


def test_a_short_command_uses_the_server_that_runs(
    home: Home, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DATABASE_MIGRATE_URL", raising=False)
    with running(home) as borrowed:
        assert borrowed is not None
        assert borrowed.is_ready()
    assert server.is_ready()  # leaving the block did not stop what it did not start


def test_a_named_database_means_no_server_of_ours(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/unidossier")
    with running(home) as server:
        assert server is None
    assert not home.pg.exists()


def test_data_of_another_major_version_are_not_touched(home: Home) -> None:
    with EmbeddedServer(home):
        pass
    version = home.pg / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(DatabaseVersionMismatch, match="made by PostgreSQL 17"):
        EmbeddedServer(home).start()


def test_a_home_too_deep_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("d" * 60) / ("e" * 60) / "home")
    with EmbeddedServer(deep) as server:
        assert len(os.fsencode(server.sockets)) < 90
        assert server.is_ready()
    assert not server.sockets.exists()


def test_the_log_holds_no_content_of_a_failed_statement(home: Home, server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('Secretname')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('Secretname')")
    written = server.log.read_text()
    assert "duplicate key" in written
    assert "Secretname" not in written
