"""What leads to the lines of a page is read once, not once a line: a record of thirty years has ten thousand items."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.fhir.search.record import Record
from tests.gate.world import World
from unidossier.record.searching.page import Include, Search, page
from unidossier.record.searching.terms import Ids


@pytest.mark.parametrize("iterate", [False, True])
def test_what_leads_to_the_lines_is_read_once(record: Record, world: World, iterate: bool) -> None:
    lines = tuple(UUID(one) for one in (record.early, record.late, record.glucose))
    back = Include(source="Observation", names=("derived-from",), reverse=True, iterate=iterate)
    query = page(Search(type="Observation", term=Ids(lines), size=50, includes=(back,)))
    marks = re.compile(r"%\((\w+)\)s")
    values = [query.params[name] for name in marks.findall(query.sql)]
    world.run("SET max_parallel_workers_per_gather = 0")  # each worker would count as another reading
    ((told,),) = world.run(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {marks.sub('%s', query.sql)}", *values
    )
    world.run("RESET max_parallel_workers_per_gather")
    scans = [one for one in _nodes(told[0]["Plan"]) if one.get("Alias", "").startswith("k")]
    leading = [one for one in scans if one["of"] in ("CTE back", "CTE again")]
    assert leading
    assert max(one["Actual Loops"] for one in leading) <= 1
    # what else reads `k` looks for the patient by his token, never through what lines say
    assert [one for one in scans if one not in leading and "facts" in one.get("Filter", "")] == []


def _nodes(plan: dict[str, Any], of: str = "") -> Iterator[dict[str, Any]]:
    """Give the nodes of a plan, each with the table of the statement that it belongs to."""
    of = plan.get("Subplan Name", of)
    yield plan | {"of": of}
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner, of)
