"""Fixtures for tests that need a database: one embedded server per test process (tests/gate/server.py).

`dsns` names the three roles, `world` makes committed rows, `reader` reads as the application does.
"""

from collections.abc import Iterator

import pytest

from tests.gate.reader import Reader
from tests.gate.server import Dsns, make_database, running_server
from tests.gate.world import World
from unidossier.database.server import EmbeddedServer


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """An embedded server in a temporary home, for the whole session of this process."""
    with running_server(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture(scope="session")
def dsns(database_server: EmbeddedServer) -> Dsns:
    """The connection strings of a database with roles and schema."""
    made = Dsns.of(database_server)
    make_database(made, maintenance_dsn=database_server.dsn())
    return made


@pytest.fixture(scope="session")
def owner_dsn(dsns: Dsns) -> str:
    """The administrator of the test database: sees everything, past every policy."""
    return dsns.root


@pytest.fixture(scope="session")
def world(dsns: Dsns) -> Iterator[World]:
    """The factories, on one connection for the session."""
    made = World(dsns)
    yield made
    made.close()


@pytest.fixture
def reader(dsns: Dsns) -> Iterator[Reader]:
    """A reader with connections of its own, as the application's role."""
    made = Reader(dsns.app)
    yield made
    made.close()
