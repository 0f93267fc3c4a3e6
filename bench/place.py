"""An installation of its own for the measuring: temporary home, embedded server, empty or crowded databases."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.gate.server import Dsns
from unidossier.database.home import Home
from unidossier.database.migrate import create_roles
from unidossier.database.server import EmbeddedServer

DATABASE = "unidossier"
EMPTY = "bench_empty"  # schema without people, to copy fresh databases from


@dataclass(frozen=True)
class Place:
    """A running installation: its home, its server, and the roles of its main database."""

    home: Home
    server: EmbeddedServer
    dsns: Dsns

    @property
    def root_dsn(self) -> str:
        """The administrator on the main database: past every policy."""
        return self.dsns.root

    def program(self, name: str) -> Path | None:
        """Return a program of PostgreSQL (pgbench), from beside the server or from the PATH; None without one."""
        beside = self.server.bin / name
        found = str(beside) if beside.exists() else shutil.which(name)
        return Path(found) if found else None

    def fresh_database(self, name: str) -> dict[str, str]:
        """Copy the empty database; return the environment in which the product's commands use the copy."""
        with psycopg.connect(self.server.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(EMPTY))
            )
        copied = Dsns.of(self.server, dbname=name)
        create_roles(copied.root)  # what roles may do with a database is not copied with it
        home = self.home.path.parent / name
        shutil.rmtree(home, ignore_errors=True)
        Home(home).prepare()
        shutil.copytree(self.home.keys, home / "keys", dirs_exist_ok=True)
        return os.environ | {
            "UNIDOSSIER_HOME": str(home),
            "DATABASE_URL": copied.app,
            "DATABASE_MIGRATE_URL": copied.migrate,
        }


@contextmanager
def installation(folder: Path) -> Iterator[Place]:
    """Give a new installation in `folder`, with Django loaded in this process on its main database."""
    for variable in ("DATABASE_URL", "DATABASE_MIGRATE_URL", "UNIDOSSIER_DEMO"):
        os.environ.pop(variable, None)
    home = Home(folder / "home")
    os.environ["UNIDOSSIER_HOME"] = str(home.path)
    with EmbeddedServer(home) as server:
        _make_databases(home, server)
        yield Place(home, server, Dsns.of(server, dbname=DATABASE))
        _close_pools()


def _make_databases(home: Home, server: EmbeddedServer) -> None:
    from unidossier.command.prepare import prepare

    prepare(home, server=server)
    _close_pools()  # a database that somebody is connected to cannot be copied
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {EMPTY} TEMPLATE {DATABASE}")


def _close_pools() -> None:
    from django.db import connections

    from unidossier.database.connections import _pool_of, pool

    for one in connections.all():
        one.close()
        if hasattr(one, "close_pool"):
            one.close_pool()
    pool().close()
    _pool_of.cache_clear()


def command(*words: str) -> list[str]:
    """Return the command line of `unidossier WORDS`."""
    return [sys.executable, "-P", "-m", "unidossier.command", *words]


def run_command(
    *words: str, environment: dict[str, str], limit_s: float
) -> "subprocess.CompletedProcess[str]":
    """Run `unidossier WORDS` and return its answer."""
    return subprocess.run(
        command(*words), env=environment, capture_output=True, text=True, check=False, timeout=limit_s
    )
