"""A large delivery looks up each item by its key, whatever the statistics say of how many items a patient has."""

import json
from collections.abc import Iterator

import pytest

from tests.actions.clinic import Clinic, row
from tests.gate.world import World
from unidossier.gate import door
from unidossier.gate.door import Ask, Query
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record

MANY = 300
LOOKED_AT = Query(
    "SELECT seq_tup_read + idx_tup_fetch AS n FROM pg_stat_xact_user_tables WHERE relname = 'item' AND schemaname = 'record'"
)
# as ANALYZE writes them where each patient has one item: what the schema says of a column goes before what is counted
ONE_EACH = """SELECT pg_restore_attribute_stats('schemaname', 'record', 'relname', 'item', 'attname', 'patient_id', 'inherited', false,
    'version', current_setting('server_version_num')::integer, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', coalesce(
        (SELECT split_part(o, '=', 2)::real FROM pg_attribute a, unnest(a.attoptions) o
         WHERE a.attrelid = 'record.item'::regclass AND a.attname = 'patient_id' AND starts_with(o, 'n_distinct=')), -1))"""
SIZE = "SELECT pg_restore_relation_stats('schemaname', 'record', 'relname', 'item', 'relpages', 500, 'reltuples', 20000::real)"


@pytest.fixture
def one_item_each(world: World) -> Iterator[None]:
    """Statistics of a database in which each patient has one item: looking at all of his seems as cheap as looking up one."""
    world.run(ONE_EACH)
    world.run(SIZE)
    yield
    world.run("ANALYZE record.item")


def _panels() -> list[dict[str, object]]:
    """Give a panel and its parts."""
    panel = new_id()
    parts = [row(new_id(), part_of=str(panel)) for _ in range(MANY - 1)]
    return [row(panel), *parts]


def _looked_at(clinic: Clinic, rows: list[dict[str, object]]) -> int:
    ask = Ask(verb="deliver", patient=clinic.patient)
    granted = door.write(clinic.machine_secret, ask, record.store(json.dumps(rows)), LOOKED_AT)
    assert len(granted.rows[0]) == MANY
    return int(granted.rows[1][0]["n"])


@pytest.mark.usefixtures("one_item_each")
def test_storing_compares_no_item_with_each_other(clinic: Clinic) -> None:
    rows = _panels()
    assert _looked_at(clinic, rows) < 20 * MANY
    again = [one | {"resource": json.dumps({"again": one["id"]})} for one in rows]
    assert _looked_at(clinic, again) < 20 * MANY
    assert _looked_at(clinic, again) < 20 * MANY  # unchanged
    assert _looked_at(clinic, _panels()) < 20 * MANY  # beside those there are


@pytest.mark.usefixtures("one_item_each")
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
