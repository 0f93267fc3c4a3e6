"""Twenty thousand steps in every run of the suite; a million by `make prove-state STEPS=1000000`."""

import pytest

from tests.gate.server import Dsns
from tests.gate.world import World
from tests.state.walk import WrongAnswer, walk

STEPS = 20_000


def test_the_gate_says_what_the_model_says(dsns: Dsns) -> None:
    walked = walk(dsns, steps=STEPS, seed=20261122)
    assert walked.steps == STEPS
    assert len(walked.rules) >= 25, "hardly anything was decided: the walk proves nothing"
    assert walked.used > 50, "hardly a grant was used: the walk proves nothing of what opens"
    assert walked.outlasting > 500


@pytest.mark.parametrize(
    ("function", "was", "becomes"),
    [
        (
            "gate.exclusion_of(gate.session, uuid, timestamptz)",
            "h.human_id = s.human_id",
            "h.id = s.person_id",
        ),
        (
            "gate.tie_of(gate.session, registry.patient, uuid[], timestamptz)",
            "at < f.ends_at",
            "at <= f.ends_at",
        ),
    ],
    ids=["EXC-6 by person and not by human being", "ACD-4 an end that is inclusive"],
)
def test_the_walk_finds_a_gate_that_is_wrong(
    dsns: Dsns, world: World, function: str, was: str, becomes: str
) -> None:
    definition = world.run(f"SELECT pg_get_functiondef('{function}'::regprocedure)")[0][0]
    assert was in definition
    world.run(definition.replace(was, becomes))
    try:
        with pytest.raises(WrongAnswer):
            walk(dsns, steps=STEPS, seed=1)
    finally:
        world.run(definition)
