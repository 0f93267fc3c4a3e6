"""The two tables of decisions: the oracle's and the SQL's."""

import pytest

from tests.gate.facts import combinations
from tests.gate.oracle import decide
from tests.gate.sql_table import letters_by_sql
from tests.gate.table import DecisionTable, letters_of


@pytest.fixture(scope="session")
def oracle_table() -> DecisionTable:
    return DecisionTable(letters_of(map(decide, combinations())))


@pytest.fixture(scope="session")
def sql_table(owner_dsn: str) -> DecisionTable:
    return DecisionTable(letters_by_sql(owner_dsn))


@pytest.fixture(params=["oracle", "sql"])
def decisions(request: pytest.FixtureRequest) -> DecisionTable:
    """One of the two tables; every invariant runs over both."""
    return request.getfixturevalue(f"{request.param}_table")
