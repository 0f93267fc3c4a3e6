"""Statistics of the items, as young databases have them: each makes comparing all lines of a record seem as cheap as looking up one."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.gate.world import World
from unidossier.gate.door import Query

# how large the table seems: pages, and lines in them
SIZES = {"few lines": (50, 150.0), "dense": (50, 1000.0), "middling": (500, 3000.0), "large": (500, 20_000.0)}
SIZE = "SELECT pg_restore_relation_stats('schemaname', 'record', 'relname', 'item', 'relpages', %s::integer, 'reltuples', %s::real)"
# before and after: what a connection has not reported yet is in both
LOOKED_AT = Query(
    "SELECT seq_tup_read + idx_tup_fetch AS n FROM pg_stat_xact_user_tables WHERE relname = 'item' AND schemaname = 'record'"
)


@contextmanager
def seeming(world: World, size: str) -> Iterator[None]:
    """Let the table of items be counted, then seem of this size; counted anew afterwards."""
    world.run("ANALYZE record.item")
    world.run(SIZE, *SIZES[size])
    try:
        yield
    finally:
        world.run("ANALYZE record.item")
