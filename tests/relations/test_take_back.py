"""A request or link that waits is taken back by its maker, and tells nothing of the number (CON-6, ACD-8)."""

from uuid import UUID

import pytest

from tests.gate.world import World
from tests.relations.outside import TODAY, Outsider, known, number, relation_of, told
from tests.relations.test_consult import carer, refused_with
from unidossier.kernel.uuid7 import new_id

__all__ = ["carer"]


def takes_back(carer: Outsider, attempt: UUID) -> str:
    return carer.call("SELECT relations.take_back(%s, %s)", carer.secret, attempt)


def test_a_link_with_a_mistyped_number_is_taken_back(world: World, carer: Outsider) -> None:  # CON-6
    patient, digits = known(world)
    attempt = new_id()
    carer.link(digits, attempt=attempt)
    assert [takes_back(carer, attempt) for _ in range(2)] == ["taken-back"] * 2
    assert relation_of(world, patient, carer.worker.person)[1] == "withdrawn"
    assert carer.link(digits) == "made"  # and can be begun again


def test_what_was_taken_back_can_not_be_declared_nor_accepted(world: World, carer: Outsider) -> None:  # CON-6
    patient, digits = known(world)
    attempt = new_id()
    carer.link(digits, attempt=attempt)
    takes_back(carer, attempt)
    refused_with("link-ended", lambda: carer.declare(attempt, TODAY))
    assert relation_of(world, patient, carer.worker.person)[1] == "withdrawn"
    assert told(world, patient) == []


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_taking_back_answers_the_same_for_a_number_that_nobody_has(
    world: World, carer: Outsider, who: str
) -> None:  # ACD-8
    digits = known(world)[1] if who == "known" else number()
    attempt = new_id()
    carer.link(digits, attempt=attempt)
    assert takes_back(carer, attempt) == "taken-back"
    assert carer.attempts() == [(digits, "link", "taken-back")]
    assert world.run("SELECT count(*) FROM relations.relation WHERE person_id = %s AND state = 'pending'", carer.worker.person) == [(0,)]  # fmt: skip


def test_only_what_waits_and_is_mine_is_taken_back(world: World, carer: Outsider) -> None:  # CON-6
    patient, digits = known(world)
    declared = carer.linked(digits)
    refused_with("too-late", lambda: takes_back(carer, declared))
    assert relation_of(world, patient, carer.worker.person)[1] == "in-force"
    other = Outsider.make(world)
    attempt = new_id()
    carer.link(number(), attempt=attempt)
    refused_with("no-such-attempt", lambda: takes_back(other, attempt))
    assert takes_back(carer, attempt) == "taken-back"


def test_a_number_taken_back_still_counts_for_the_day(world: World, carer: Outsider) -> None:  # CON-6
    world.setting(carer.worker.institution, name="misses.a-day", value="1")
    attempt = new_id()
    carer.link(number(), attempt=attempt)
    takes_back(carer, attempt)
    assert carer.link(number()) == "too-many"
