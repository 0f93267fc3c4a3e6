"""Which parts decide whether the site is well (T35: grants go on without signer and witness)."""

import pytest

from unidossier.supervisor.state import are_enough

PARTS = ("database", "web", "api", "worker", "portals")
OF_THE_LOG = ("sequencer", "log-feed", "witness-1", "witness-2")


@pytest.mark.parametrize("away", PARTS)
def test_a_part_that_serving_needs_decides(away: str) -> None:
    assert are_enough(dict.fromkeys((*PARTS, *OF_THE_LOG), True))
    assert not are_enough({part: part != away for part in (*PARTS, *OF_THE_LOG)})


@pytest.mark.parametrize("away", OF_THE_LOG)
def test_a_part_of_the_log_may_be_away(away: str) -> None:
    assert are_enough({part: part != away for part in (*PARTS, *OF_THE_LOG)})


def test_nothing_but_the_log_is_no_site() -> None:
    assert not are_enough(dict.fromkeys(("portals", *OF_THE_LOG), True))
    assert not are_enough({"portals": True})
