"""A PostgreSQL that is not the product's: an administrator with a password, on a port of this machine."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.supervisor.site_process import free_port
from unidossier.database.account import database_account
from unidossier.database.binaries import find_binaries

ADMIN = "hospital_admin"
DATABASE = "hospital_records"
INITDB = ("--auth=scram-sha-256", "--pwfile=/dev/stdin", "--encoding=UTF8", "--locale=C")
SERVER = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")


@dataclass(frozen=True)
class OwnPostgres:
    """Where it listens, and the password of its administrator."""

    port: int
    password: str

    def address(self, user: str = ADMIN, *, password: str | None = None, database: str = DATABASE) -> str:
        """Return the URL of a database for one role."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def query(self, statement: str) -> list[tuple]:
        """Run a statement as the administrator."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    """Run a server in `folder`: passwords by SCRAM everywhere, nothing trusted; with one empty database."""
    account = database_account()
    programs = find_binaries(account=account)
    folder.mkdir(mode=0o700)
    # named by /proc/self/cwd: the account that runs it may not enter the closed folders of tests
    data = folder / "data"
    data.mkdir(mode=0o700)
    made = OwnPostgres(port=free_port(), password=secrets.token_hex(8))
    secret = folder / "password"
    secret.write_text(made.password)
    start = {"cwd": data, "env": {"LC_ALL": "C", "PATH": os.environ["PATH"]}}
    if account:
        start |= account.popen_arguments()
        os.chown(data, account.uid, account.gid)
    with secret.open() as password:
        subprocess.run(
            [programs / "initdb", "-D", "/proc/self/cwd", f"--username={ADMIN}", *INITDB],
            stdin=password,
            check=True,
            capture_output=True,
            **start,
        )
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", "/proc/self/cwd", "-p", str(made.port), *SERVER],
            stdout=log,
            stderr=log,
            **start,
        )
    try:
        _await(made, server)
        with psycopg.connect(made.address(database="postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        yield made
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(made: OwnPostgres, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(made.address(database="postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            assert server.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
