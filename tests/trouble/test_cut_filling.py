"""A first filling killed half-way: the next start completes it, and nobody could tell."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.trouble.conftest import FirstStart, linux_only
from tests.trouble.installation import UP_WITHIN_S, Installation, InVain, await_that

pytestmark = [linux_only, pytest.mark.prove]

# how far it has come: versions stored, or patients bound to their carers
CUTS = {
    "while the schema is made": ("SELECT count(*) FROM pg_namespace WHERE nspname = 'gate'", 1),
    "with the first versions": ("SELECT count(*) FROM record.version", 1),
    "half-way": ("SELECT count(*) FROM record.version", 5_000),
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "home")
    try:
        yield made
    finally:
        made.end()


def has_come(site: Installation, *, statement: str, least: int) -> bool:
    """Ask the database that is just being filled; it may not be there yet."""
    if not site.is_running():
        raise InVain(site.shown)
    try:
        return bool(site.query(statement)[0][0] >= least)
    except psycopg.Error:
        return False


@pytest.mark.parametrize(("statement", "least"), CUTS.values(), ids=CUTS.keys())
def test_a_cut_filling_is_completed_by_the_next_start(
    empty: Installation,
    first_start: FirstStart,
    statement: str,
    least: int,
    record_property: Callable[[str, object], None],
) -> None:
    empty.begin()
    await_that(
        lambda: has_come(empty, statement=statement, least=least),
        what=lambda: f"the moment to cut: {empty.shown[-500:]}",
        within_s=120,
        every_s=0.02,
    )
    empty.kill()
    empty.start()
    accounts, relations, versions = empty.counted()
    assert empty.halves() == {}
    # the world goes on: what has happened since the other filling is there in addition
    ((newer,),) = empty.query(
        "SELECT coalesce(array_agg(id::text), '{}') FROM record.item WHERE clinical_at > %s",
        first_start.began_at,
    )
    older = {key: digest for key, digest in versions.items() if key.split()[0] not in newer}
    assert older == {
        key: digest for key, digest in first_start.versions.items() if key.split()[0] not in newer
    }
    assert (accounts, relations) == (first_start.accounts, first_start.relations)
    assert empty.stop() == 0
    record_property("cuts", 1)


def test_a_cut_filling_amends_nothing_twice(
    empty: Installation, record_property: Callable[[str, object], None]
) -> None:
    """No story tells an item in more than two versions: a third is the first, stored again over the second."""
    empty.begin(patients=12)
    await_that(
        lambda: has_come(empty, statement="SELECT count(*) FROM record.version WHERE version = 2", least=1),
        what=lambda: f"an amended item: {empty.shown[-500:]}",
        within_s=240,
    )
    empty.kill()
    empty.begin(patients=12)
    empty.await_well(within_s=UP_WITHIN_S)
    assert empty.query("SELECT count(*) FROM record.version WHERE version > 2") == [(0,)]
    record_property("cuts", 1)
