"""The embedded PostgreSQL of one home: make it, start it after whatever ended it, stop it.

Unix socket only. As root the server runs under an unprivileged account (see `account`), with its data folder
as working folder and `/proc/self/cwd` as its name: the home and its parents may stay closed to that account.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from unidossier.database.account import database_account
from unidossier.database.binaries import find_binaries, major_version
from unidossier.database.home import FOLDER_MODE, Home
from unidossier.database.leftovers import end_leftovers, serving
from unidossier.database.lock import HomeInUse, HomeLock
from unidossier.database.logfile import open_log
from unidossier.database.runtime import PORT, make_socket_folder, socket_folder
from unidossier.database.settings import initdb_arguments, server_arguments
from unidossier.database.tether import tether

SUPERUSER = "unidossier_root"
START_TRIES = 5  # after a crash the orphans of the old server hold its shared memory for a moment
RECOVERY_LIMIT_S = (
    300  # replaying the log of a crash takes as long as it takes; this is for a server that hangs
)
STOP_LIMIT_S = 30
ALLOWED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


class DatabaseDidNotStart(Exception):
    """PostgreSQL could not be made or started; the message holds its last words and where the rest is."""


class DatabaseVersionMismatch(Exception):
    """The data folder was made by another major version of PostgreSQL than the programs at hand."""


class NoInstallation(Exception):
    """The home holds no database yet."""


class EmbeddedServer:
    """The PostgreSQL server of one home. One object is one start and one stop."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._account = database_account()
        self._lock = HomeLock(home)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket, mode 0700."""
        return socket_folder(self._home, account=self._account)

    @property
    def bin(self) -> Path:
        """The folder of PostgreSQL's programs (pg_dump ...). Raises NoPostgres."""
        return find_binaries(account=self._account)

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self._home.logs / "postgres.log"

    @property
    def pid(self) -> int | None:
        """The process number of the postmaster that this object started, None when it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def dsn(self, user: str = SUPERUSER, dbname: str = "postgres") -> str:
        """Return a libpq connection string; right in any process of this user, whoever started the server."""
        return make_conninfo(host=str(self.sockets), port=PORT, user=user, dbname=dbname)

    def start(self) -> None:
        """Make the cluster if there is none, and start it; return when it answers.

        Ends what a killed predecessor left behind first. Raises HomeInUse, HomeNotOurs, NoPostgres,
        DatabaseVersionMismatch, DatabaseDidNotStart.
        """
        self._home.prepare()
        self._lock.acquire()
        try:
            self._start_locked()
        except BaseException:
            self.stop()
            raise

    def restart(self, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Start the server again after it died, keeping the lock of the home.

        `give_up` is asked while it starts. Raises DatabaseDidNotStart, also when `give_up` said yes.
        """
        if self._process is not None:
            self._end(
                self._process
            )  # waits for the dead one too: PostgreSQL takes a zombie for a living server
        self._start_locked(give_up)

    def is_ready(self) -> bool:
        """Tell whether the server answers a query, whoever started it."""
        try:
            with psycopg.connect(self.dsn(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def stop(self) -> None:
        """Stop the server (open transactions roll back) and free the home. Harmless when not started."""
        if self._process is not None:
            self._end(self._process)
            self._process = None
        if self._lock.held:
            if self.sockets != self._home.run:
                shutil.rmtree(self.sockets, ignore_errors=True)
            self._lock.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_locked(self, give_up: Callable[[], bool] = lambda: False) -> None:
        self._make_cluster()
        for attempt in range(START_TRIES):
            if give_up():
                break
            end_leftovers(self._home.pg)
            self._forget_stale_socket()
            self._process = self._spawn()
            if self._wait_ready(self._process, give_up):
                return
            time.sleep(0.3 * (attempt + 1))
        raise DatabaseDidNotStart(f"The database did not start: {self._last_words()} The log is {self.log}.")

    def _forget_stale_socket(self) -> None:
        # nobody serves the home that we hold: PostgreSQL would trust the process number in the old lock file
        if not serving(self._home.pg) and sys.platform == "linux":
            for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
                (self.sockets / name).unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        pg = self._home.pg
        if (pg / "PG_VERSION").exists():
            self._check_version()
            return
        # made aside and renamed: an initdb killed half-way must not pass for a cluster
        fresh = pg.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=FOLDER_MODE)
        if self._account:
            os.chown(fresh, self._account.uid, self._account.gid)
        arguments = [str(self.bin / "initdb"), *self._data_folder(fresh), *initdb_arguments(SUPERUSER)]
        made = subprocess.run(
            arguments, capture_output=True, text=True, check=False, **self._surroundings(fresh)
        )
        if made.returncode != 0:
            raise DatabaseDidNotStart(f"The database could not be made: {made.stderr.strip()}")
        if pg.exists():
            pg.rmdir()
        fresh.rename(pg)

    def _check_version(self) -> None:
        made_by = int((self._home.pg / "PG_VERSION").read_text())
        at_hand = major_version(self.bin)
        if made_by != at_hand:
            raise DatabaseVersionMismatch(
                f"The data in {self._home.path} were made by PostgreSQL {made_by}; the programs at hand are "
                f"of {at_hand}. Name programs of {made_by} in UNIDOSSIER_PG_BIN, make a backup, and restore "
                "it into a new home without that setting."
            )

    def _spawn(self) -> "subprocess.Popen[bytes]":
        sockets = make_socket_folder(self._home, account=self._account)
        arguments = [
            str(self.bin / "postgres"),
            *self._data_folder(self._home.pg),
            *server_arguments(sockets=sockets),
        ]
        log = open_log(self.log)
        try:
            return subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # its own session: Ctrl-C at the terminal must reach us first, so that the database ends last
                start_new_session=True,
                preexec_fn=tether(signal.SIGINT),
                **self._surroundings(self._home.pg),
            )
        finally:
            os.close(log)

    def _data_folder(self, folder: Path) -> list[str]:
        return ["-D", "/proc/self/cwd" if self._account else str(folder)]

    def _surroundings(self, folder: Path) -> dict[str, Any]:
        environment = {name: os.environ[name] for name in ALLOWED_ENVIRONMENT if name in os.environ}
        account = self._account.popen_arguments() if self._account else {}
        return {"cwd": folder, "env": {"LC_ALL": "C", **environment}, **account}

    def _wait_ready(self, process: "subprocess.Popen[bytes]", give_up: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + RECOVERY_LIMIT_S
        while process.poll() is None:
            if self.is_ready():
                return True
            if give_up() or time.monotonic() > deadline:
                self._end(process)
                return False
            time.sleep(0.03)
        return False

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        for step, wait_s in ((signal.SIGINT, STOP_LIMIT_S), (signal.SIGQUIT, 10), (signal.SIGKILL, None)):
            if process.poll() is not None:
                return
            process.send_signal(step)
            try:
                process.wait(timeout=wait_s)
            except subprocess.TimeoutExpired:
                continue

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-20:] if self.log.exists() else []
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "ERROR" in line]
        return (telling or lines or ["it said nothing."])[-1]


def external_database() -> str | None:
    """Return DATABASE_URL, None when it is not set: then the embedded server is ours to run."""
    return os.environ.get("DATABASE_URL") or None


@contextmanager
def running(home: Home, *, make: bool = False) -> Iterator[EmbeddedServer | None]:
    """Give a running database for a short command: ours during the block, or the one that runs already.

    Gives None when DATABASE_URL names another server. Raises NoInstallation when the home is empty, unless
    `make`, and what `EmbeddedServer.start` raises.
    """
    if external_database():
        yield None
        return
    if not make and not (home.pg / "PG_VERSION").exists():
        raise NoInstallation(
            f"There is no installation in {home.path} yet. Make one: unidossier demo, or unidossier migrate. "
            "If it is elsewhere, name its folder: --home."
        )
    server = EmbeddedServer(home)
    try:
        server.start()
    except HomeInUse:
        _wait_for_other(server)
    try:
        yield server
    finally:
        server.stop()


def _wait_for_other(server: EmbeddedServer) -> None:
    deadline = time.monotonic() + 60
    while not server.is_ready():
        if time.monotonic() > deadline:
            raise DatabaseDidNotStart(
                f"Another process runs this home, but its database does not answer. Its log is {server.log}."
            )
        time.sleep(0.1)
