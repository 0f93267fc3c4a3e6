"""The mutants of the facts are made of what stands in the database, and the jury condemns no innocent (ACD-9)."""

import psycopg
import pytest

from tests.gate.fact_jury import Jury
from tests.gate.fact_mutants import FACT_FUNCTIONS, fact_mutants
from tests.gate.server import Dsns, make_database
from tests.state.walk import walk
from unidossier.database.server import EmbeddedServer

STEPS = 120
AT_LEAST = 200


@pytest.fixture(scope="module")
def own(database_server: EmbeddedServer) -> Dsns:
    """A database of its own: the jury fills it with schemas."""
    made = Dsns.of(database_server, dbname="jury")
    make_database(made, maintenance_dsn=database_server.dsn())
    return made


def test_a_short_walk_tells_many_mutants_from_the_gate(own: Dsns) -> None:
    with psycopg.connect(own.root, autocommit=True) as connection:
        jury = Jury.gather(connection)
        assert len(jury.alive) > AT_LEAST
        assert jury.faulty == []
        walk(own, steps=STEPS, seed=1, heard=jury.hear)
    assert 0 in jury.alive, "nothing was changed in it"
    assert len(jury.fallen) > 20
    assert {one.function for one, _ in jury.fallen.values()} >= {"gate.tie_of", "gate.exclusion_of"}


def test_no_mutant_is_made_twice_and_none_is_the_source() -> None:
    source = "SELECT a FROM t WHERE t.a = 1 AND (t.b <= 2 OR t.c IN ('x', 'y')) ORDER BY t.d DESC LIMIT 1"
    made = dict(fact_mutants(source))
    assert source not in made.values()
    assert (
        "SELECT a FROM t WHERE true AND (t.b <= 2 OR t.c IN ('x', 'y')) ORDER BY t.d DESC LIMIT 1"
        in made.values()
    )
    assert (
        "SELECT a FROM t WHERE t.a = 1 AND (false OR t.c IN ('x', 'y')) ORDER BY t.d DESC LIMIT 1"
        in made.values()
    )
    assert (
        "SELECT a FROM t WHERE t.a = 1 AND (t.b < 2 OR t.c IN ('x', 'y')) ORDER BY t.d DESC LIMIT 1"
        in made.values()
    )
    assert (
        "SELECT a FROM t WHERE t.a = 1 AND (t.b <= 2 OR t.c IN ('y')) ORDER BY t.d DESC LIMIT 1"
        in made.values()
    )
    assert len(FACT_FUNCTIONS) >= 9
