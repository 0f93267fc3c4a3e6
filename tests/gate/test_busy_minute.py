"""The grants of a busy minute are found by their keys, also when the plan was made while there were none (performance)."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.gate.reader import Reader
from tests.gate.scene import Scene
from tests.gate.world import World

GRANTS = 30
DECIDING = "gate.grant_access(bytea, uuid, text, uuid[], jsonb, bytea, jsonb)"
ASKED = ("gate.cur()", "gate.mask_other()", DECIDING)
SCANS = "SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relid IN ('gate.live'::regclass, 'gate.epoch'::regclass)"


@pytest.fixture
def after_the_purge(world: World) -> None:
    """The table of live grants is empty and the planner knows it."""
    world.run("DELETE FROM gate.live")
    world.run("VACUUM ANALYZE gate.live")
    world.run("ANALYZE gate.epoch")


@pytest.fixture
def free_to_scan(world: World) -> Iterator[None]:
    """The gate's functions as they would be without their setting."""
    for function in ASKED:
        world.run(f"ALTER FUNCTION {function} RESET enable_seqscan")
    yield
    for function in ASKED:
        world.run(f"ALTER FUNCTION {function} SET enable_seqscan = off")


def _scans(world: World, reader: Reader, secret: bytes, patient: UUID) -> int:
    """Grant and read as in a busy minute; return how often live grants or epochs were read from end to end."""
    world.run("SELECT pg_stat_reset()")
    for _ in range(GRANTS):
        granted = reader.grant(secret, patient)
        with reader.reading(granted.token) as connection:
            connection.execute("SELECT count(*) FROM record.item")
    for connection in (reader.grants, reader.reads):
        connection.execute("SELECT pg_stat_force_next_flush()")
        connection.execute("SELECT 1")
    return int(world.run(SCANS)[0][0])


def test_a_busy_minute_reads_grants_by_their_keys(
    after_the_purge: None, world: World, reader: Reader, scene: Scene
):
    assert _scans(world, reader, scene.secret, scene.treated) == 0


def test_without_the_setting_it_would_read_them_all(
    free_to_scan: None, after_the_purge: None, world: World, reader: Reader, scene: Scene
):
    assert _scans(world, reader, scene.secret, scene.treated) >= GRANTS
