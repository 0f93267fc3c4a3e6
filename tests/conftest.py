"""Fixtures for tests that need a database: one embedded server per test process (tests/gate/server.py).

`dsns` names the three roles, `world` makes committed rows, `reader` reads as the application does.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg.conninfo import make_conninfo

from tests.gate.reader import Reader
from tests.gate.server import Dsns, make_database, running_server
from tests.gate.world import World
from tests.order import in_order
from unidossier.database.server import EmbeddedServer
from unidossier.gate import served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the long files over the run."""
    items[:] = in_order(items)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """An embedded server in a temporary home, for the whole session of this process."""
    with running_server(tmp_path_factory.mktemp("home")) as server:
        yield server
        served.forget()


@pytest.fixture(scope="session")
def dsns(database_server: EmbeddedServer) -> Dsns:
    """The connection strings of a database with roles and schema.

    What the tests lay by themselves waits for no disk: less time, and races that are closer than any of production.
    """
    made = Dsns.of(database_server)
    make_database(made, maintenance_dsn=database_server.dsn())
    return replace(made, root=make_conninfo(made.root, options="-c synchronous_commit=off"))


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


@pytest.fixture(scope="session")
def kept_reader(dsns: Dsns) -> Iterator[Reader]:
    """Its connections stay: each new one would plan everything anew."""
    made = Reader(dsns.app)
    yield made
    made.close()


@pytest.fixture
def reader(kept_reader: Reader) -> Reader:
    """A reader with connections of its own, as the application's role, as if they were new."""
    kept_reader.renew()
    return kept_reader
