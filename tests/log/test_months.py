"""The log lies in monthly partitions, made ahead: an entry always finds its month."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from tests.gate.world import World

NUMBERS = 10_000_000_000_000  # entries of one month; above them stands the month


@pytest.fixture
def log(world: World) -> Iterator[psycopg.Connection]:
    """A connection past every policy; nothing of what it does stays."""
    with psycopg.connect(world.dsns.root) as connection:
        yield connection
        connection.rollback()


def month(ahead: int) -> int:
    """Give the month `ahead` of this one as yyyymm."""
    now = datetime.now(UTC)
    years, months = divmod(now.month - 1 + ahead, 12)
    return (now.year + years) * 100 + months + 1


def partition_of(log: psycopg.Connection, number: int) -> str:
    row = log.execute(
        """INSERT INTO log.entry (id, verb, rule, permitted) VALUES (%s, 'open-record', 'ACD-2.work', true)
        RETURNING tableoid::regclass::text""",
        (number,),
    ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("ahead", range(13))
def test_each_month_has_its_partition_twelve_ahead(log: psycopg.Connection, ahead: int) -> None:
    wanted = month(ahead)
    name = f"log.entry_{wanted // 100}_{wanted % 100:02}"
    assert partition_of(log, wanted * NUMBERS) == name  # the first number of the month
    assert partition_of(log, wanted * NUMBERS + NUMBERS - 1) == name


def test_a_month_without_partition_is_refused_never_lost(log: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        partition_of(log, month(13) * NUMBERS)


def test_the_worker_attaches_the_months_that_come(log: psycopg.Connection) -> None:
    log.execute("SET LOCAL ROLE unidossier_app")
    assert log.execute("SELECT log.attach_months(14)").fetchone() == (2,)
    assert log.execute("SELECT log.attach_months(14)").fetchone() == (0,)
    log.execute("RESET ROLE")
    assert partition_of(log, month(14) * NUMBERS).endswith(f"_{month(14) % 100:02}")


def test_an_entry_carries_its_month(world: World) -> None:
    world.own_session(world.patient())  # a sign-in
    ((number, at, name),) = world.run(
        "SELECT id, at, tableoid::regclass::text FROM log.entry ORDER BY id DESC LIMIT 1"
    )
    told = number // NUMBERS
    assert told == at.astimezone(UTC).year * 100 + at.astimezone(UTC).month
    assert name == f"log.entry_{told // 100}_{told % 100:02}"


def test_a_partition_is_as_closed_as_the_whole(world: World, log: psycopg.Connection) -> None:
    world.own_session(world.patient())
    name = f"log.entry_{month(0) // 100}_{month(0) % 100:02}"
    for role in ("unidossier_app", "unidossier_gate", "unidossier_store"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), log.transaction():
            log.execute(f"SET LOCAL ROLE {role}")
            log.execute(f"SELECT person_name FROM {name}")
