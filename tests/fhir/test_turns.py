"""The connections of a lane: who waits too long is told so, and no turn is lost on the way."""

import asyncio

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from unidossier.gate import async_door
from unidossier.gate.async_door import Lane
from unidossier.gate.door import Query, RecordUnreadable

ONE = Lane("one", 1)
pytestmark = pytest.mark.usefixtures("product")


@pytest.fixture(autouse=True)
def one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_door, "QUICK_LANE", ONE)


async def _answers() -> bool:
    return await async_door.ask_outside(Query("SELECT 1 AS one")) == [{"one": 1}]


async def _is_read() -> bool:
    """Tell whether the database is at the long statement: what is called off before it begins is waited for."""
    async with async_door._connection(Lane("other", 1)) as connection:
        asked = await connection.execute(
            "SELECT FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'"
        )
        return asked.rowcount == 1


def test_who_waits_too_long_is_told_so_and_the_next_one_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_door, "WAIT_S", 0.2)

    async def told() -> None:
        async with async_door._connection(ONE):
            with pytest.raises(PoolTimeout):
                async with async_door._connection(ONE):
                    pass
            with pytest.raises(RecordUnreadable):
                await _answers()
        assert await _answers()
        await async_door.close()

    asyncio.run(told())


def test_who_leaves_while_waiting_or_reading_keeps_no_turn() -> None:
    async def left() -> None:
        for _ in range(3):
            reading = asyncio.create_task(async_door.ask_outside(Query("SELECT pg_sleep(60)")))
            waiting = asyncio.create_task(_answers())
            while not await _is_read():
                pass
            assert not waiting.done()
            waiting.cancel()
            reading.cancel()
            await asyncio.wait([reading, waiting])
            assert await _answers()
        await async_door.close()

    asyncio.run(left())


def test_those_who_wait_come_in_their_order() -> None:
    async def served() -> list[int]:
        order: list[int] = []

        async def one(nth: int) -> None:
            await _answers()
            order.append(nth)

        await asyncio.gather(*(one(nth) for nth in range(20)))
        await async_door.close()
        return order

    assert asyncio.run(served()) == list(range(20))


def test_a_line_that_broke_is_replaced() -> None:
    async def broken() -> None:
        with pytest.raises((psycopg.Error, RecordUnreadable)):
            await async_door.ask_outside(Query("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert await _answers()
        await async_door.close()

    asyncio.run(broken())
