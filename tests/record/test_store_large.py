"""A large delivery looks up each item by its key, whatever the statistics say of how many items a patient has."""

import json

import pytest

from tests.actions.clinic import Clinic, make_clinic, row
from tests.gate.world import World
from tests.record.planned import LOOKED_AT, SIZES, seeming
from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record

MANY = 300


def _panels() -> list[dict[str, object]]:
    """Give a panel and its parts."""
    panel = new_id()
    parts = [row(new_id(), part_of=str(panel)) for _ in range(MANY - 1)]
    return [row(panel), *parts]


def _looked_at(clinic: Clinic, rows: list[dict[str, object]]) -> int:
    ask = Ask(verb="deliver", patient=clinic.patient)
    queries = LOOKED_AT, record.store(json.dumps(rows)), LOOKED_AT
    before, stored, after = door.write(clinic.machine_secret, ask, *queries).rows
    assert len(stored) == MANY
    return int(after[0]["n"] - before[0]["n"])


@pytest.mark.parametrize("size", SIZES)
def test_storing_compares_no_item_with_each_other(clinic: Clinic, world: World, size: str) -> None:
    _looked_at(
        make_clinic(world), _panels()
    )  # one long record, and a new one that is not among the common ones
    with seeming(world, size):
        rows = _panels()
        assert _looked_at(clinic, rows) < 20 * MANY
        again = [one | {"resource": json.dumps({"again": one["id"]})} for one in rows]
        assert _looked_at(clinic, again) < 20 * MANY
        assert _looked_at(clinic, again) < 20 * MANY  # unchanged
        assert _looked_at(clinic, _panels()) < 20 * MANY  # beside those there are


def test_counting_does_not_change_how_many_items_a_patient_is_said_to_have(
    clinic: Clinic, world: World
) -> None:
    _looked_at(clinic, _panels())
    world.run("ANALYZE record.item, record.version")
    told = world.run("""SELECT tablename, n_distinct::text, most_common_vals IS NULL FROM pg_stats
        WHERE schemaname = 'record' AND attname = 'patient_id' AND tablename IN ('item', 'version') ORDER BY tablename""")
    assert told == [("item", "-0.01", True), ("version", "-0.01", True)]


def test_what_holds_itself_or_its_holder_is_a_part_of_nothing(clinic: Clinic) -> None:
    one, other, itself, whole, part = (new_id() for _ in range(5))
    clinic.store(
        row(one, part_of=str(other)),
        row(other, part_of=str(one)),
        row(itself, part_of=str(itself)),
        row(whole),
        row(part, part_of=str(whole)),
    )
    held = clinic.world.run("SELECT id, part_of FROM record.item WHERE patient_id = %s", clinic.patient)
    assert dict(held) == {one: None, other: None, itself: None, whole: None, part: whole}
