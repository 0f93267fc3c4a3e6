"""A database for each test, copied from one that has roles and schema."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.gate.server import Dsns, make_database
from tests.log.sequencer.place import Place, place_on
from unidossier.database.server import EmbeddedServer

_numbers = count()


@pytest.fixture(scope="session")
def template(database_server: EmbeddedServer) -> Dsns:
    """An empty database with schema."""
    dsns = Dsns.of(database_server, dbname="log_template")
    with psycopg.connect(database_server.dsn(), autocommit=True) as connection:
        there = connection.execute("SELECT FROM pg_database WHERE datname = 'log_template'").fetchall()
    if not there:  # other folders take this fixture too
        make_database(dsns, maintenance_dsn=database_server.dsn())
    return dsns


@pytest.fixture
def place(database_server: EmbeddedServer, template: Dsns, tmp_path: Path) -> Iterator[Place]:
    """An installation without any entry."""
    name = f"log_{next(_numbers)}"
    with psycopg.connect(database_server.dsn(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE log_template")
        yield place_on(template.with_database(name), tmp_path / "home")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
