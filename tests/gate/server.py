"""One embedded database for the tests of one process, with roles and schema as the product makes them.

Under pytest-xdist each worker has a server of its own: tests then never meet each other's data, and one that
kills or floods its server harms nobody. Rows are committed, so each test makes its own patient.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from unidossier.database.home import Home
from unidossier.database.migrate import create_roles, migrate
from unidossier.database.server import EmbeddedServer

DATABASE = "unidossier"
SESSION_KEY = bytes(range(32))  # a known key, so that tests sign sessions as the sign-in does


@dataclass(frozen=True)
class Dsns:
    """Connection strings of one database, one per role that may log in."""

    root: str
    migrate: str
    app: str

    @classmethod
    def of(cls, server: EmbeddedServer, *, dbname: str = DATABASE) -> "Dsns":
        names = {"root": "unidossier_root", "migrate": "unidossier_migrate", "app": "unidossier_app"}
        return cls(**{field: server.dsn(user, dbname) for field, user in names.items()})

    def with_database(self, dbname: str) -> "Dsns":
        """Give the same roles on another database of the same server."""
        return Dsns(*(make_conninfo(dsn, dbname=dbname) for dsn in (self.root, self.migrate, self.app)))


@contextmanager
def running_server(home: Path) -> Iterator[EmbeddedServer]:
    """Give a started server in a new home, stopped at the end."""
    with EmbeddedServer(Home.find(home)) as server:
        yield server


def make_database(dsns: Dsns, *, maintenance_dsn: str) -> None:
    """Make the database of `dsns`, with roles and schema. `maintenance_dsn`: root on another database."""
    dbname = conninfo_to_dict(dsns.root)["dbname"]
    with psycopg.connect(maintenance_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(str(dbname))))
    create_roles(dsns.root)
    migrate(dsns.migrate, session_key=SESSION_KEY)
