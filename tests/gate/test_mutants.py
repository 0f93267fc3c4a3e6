"""Every line and every condition of gate.decide decides something: no change to it goes unseen (goal G1).

Oracle and SQL agree everywhere, so a change that alters any answer is caught by the complete comparison. A change that
alters none would mean a dead line or a needless condition.
"""

from collections.abc import Iterator

import pytest

from tests.gate.facts import DOMAIN
from tests.gate.mutants import mutants
from tests.gate.world import World

_TYPES = {name: "boolean" if values == (False, True) else "text" for name, values in DOMAIN.items()}
_ARGUMENTS = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
_NAMES = ", ".join(DOMAIN)


def _axis(name: str) -> str:
    values = ", ".join(f"'{value}'" for value in DOMAIN[name])
    return f"unnest(ARRAY[{values}]::{_TYPES[name]}[]) AS a_{name} ({name})"


@pytest.fixture(scope="module")
def answers(world: World) -> Iterator[World]:
    """The whole domain with the answers of the decision, in a schema of its own."""
    world.run("CREATE SCHEMA mutants")
    world.run(
        f"""CREATE UNLOGGED TABLE mutants.answer AS SELECT {_NAMES}, gate.decide({_NAMES}) AS rule
        FROM {", ".join(_axis(name) for name in DOMAIN)}
        WHERE (active AND strong AND lawful) OR (act = 'open' AND tie = 'work' AND age = 'of-age')"""
    )
    yield world
    world.run("DROP SCHEMA mutants CASCADE")


def _is_killed(world: World, body: str) -> bool:
    world.run(
        f"CREATE OR REPLACE FUNCTION mutants.decide({_ARGUMENTS}) RETURNS text LANGUAGE sql IMMUTABLE AS $${body}$$"
    )
    return world.run(
        f"SELECT EXISTS (SELECT FROM mutants.answer a WHERE mutants.decide({_NAMES}) IS DISTINCT FROM a.rule)"
    ) == [(True,)]


def test_every_mutant_is_killed(answers: World, record_property):
    source = answers.run("SELECT prosrc FROM pg_proc WHERE oid = 'gate.decide'::regproc")[0][0]
    made = list(mutants(source))
    alive = [what for what, body in made if not _is_killed(answers, body)]
    record_property("mutants_killed", len(made) - len(alive))
    record_property("mutants_alive", len(alive))
    assert alive == []


def test_the_decision_itself_is_no_mutant(answers: World):
    source = answers.run("SELECT prosrc FROM pg_proc WHERE oid = 'gate.decide'::regproc")[0][0]
    assert not _is_killed(answers, source)
