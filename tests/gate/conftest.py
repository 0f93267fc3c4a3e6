"""Shared by the proofs: the two tables of decisions, and the scene of the attacks."""

import pytest

from tests.gate.facts import combinations
from tests.gate.oracle import decide
from tests.gate.reader import Reader
from tests.gate.scene import Scene, fill_every_table, make_scene
from tests.gate.server import Dsns
from tests.gate.sql_table import letters_by_sql
from tests.gate.table import DecisionTable, letters_of
from tests.gate.world import World


@pytest.fixture(scope="session")
def oracle_table() -> DecisionTable:
    return DecisionTable(letters_of(map(decide, combinations())))


@pytest.fixture(scope="session")
def sql_table(dsns: Dsns) -> DecisionTable:
    return DecisionTable(letters_by_sql(dsns.root))


@pytest.fixture(params=["oracle", "sql"])
def decisions(request: pytest.FixtureRequest) -> DecisionTable:
    """One of the two tables; every invariant runs over both."""
    return request.getfixturevalue(f"{request.param}_table")


@pytest.fixture
def scene(world: World, reader: Reader) -> Scene:
    """A physician with a relation to one patient and none to another, fresh for each test."""
    return make_scene(world, reader)


@pytest.fixture(scope="session")
def filled(world: World) -> None:
    """At least one row in every table of a record: an empty table could not show a leak."""
    fill_every_table(world)
