"""The door of gate/door.py for the API process: the same grant and read in one flush, on asyncio.

Two lanes of connections per event loop, opened at first use: what may take seconds waits in a lane of its own, and never
before a plain reading. Errors and meanings are those of gate/door.py.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from unidossier.database.connections import PREPARE_AT, RECONNECT_S, app_dsn, has_ended
from unidossier.database.pipelines import end_transaction, first_fault
from unidossier.gate.door import (
    GRANT,
    USE,
    Ask,
    Granted,
    Query,
    RecordUnreadable,
    RightsChanged,
    Row,
    Way,
    ask_params,
    asked_again,
    granted,
    named,
)

FIND = Way("""SELECT allowed, rule, entry, NULL::uuid AS whom, 0::bigint AS opens, lasts, patients, NULL::uuid AS following, lines, counted, last
    FROM record.search_across(%(secret)s::bytea, %(wanted)s::jsonb, %(token_hash)s::bytea)""")
HISTORY = Way(
    FIND.sql.replace("record.search_across", "record.history_across").replace(", counted, last", ", counted")
)
FIND_WITHIN = "SELECT set_config('statement_timeout', '2s', true)"  # a search that would go through everything ends here
READ_WITHIN = (
    "SELECT set_config('statement_timeout', '3s', true)"  # the same in one record, along its references
)
_CANCELED = "57014"
WAIT_S = 5.0  # for a connection; then the record is unreadable, and the sender is told so


class SearchTooCostly(Exception):
    """The search would go through more than is done at once: name a patient, a code, an identifier, fewer references."""


@dataclass(frozen=True)
class Lane:
    """Connections of their own for one kind of work; `size`: how many at most."""

    name: str
    size: int


@dataclass(frozen=True)
class _Way:
    """A lane as it is open in one event loop; `turns`: as many as it has connections."""

    pool: AsyncConnectionPool
    turns: asyncio.Semaphore


# more at once than this only wait for each other's processors: a sixth less a second, and twice the time of the slowest
QUICK_LANE = Lane(
    "quick", int(os.environ.get("UNIDOSSIER_QUICK_LANE", str(max(4, 2 * (os.cpu_count() or 2)))))
)
LONG_LANE = Lane("long", int(os.environ.get("UNIDOSSIER_LONG_LANE", "4")))
_ways: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Lane, _Way]] = WeakKeyDictionary()


async def read(secret: bytes, ask: Ask, *queries: Query, briefly: bool = False) -> Granted:
    """Decide, log, then read: one round trip. `briefly`: a query that may go from item to item ends after READ_WITHIN.

    Raises AccessRefused, SessionEnded, RightsChanged, RecordUnreadable, and SearchTooCostly when it was to end briefly.
    Rows come as dicts by column name.
    """
    try:
        params = ask_params(secret, ask)
        if briefly:
            return await _pass(params, queries, lane=LONG_LANE, reading=READ_WITHIN)
        return await _pass(params, queries)
    except RecordUnreadable as error:
        raise _costly(error) if briefly else error from error.__cause__


async def read_found(secret: bytes, wanted: Mapping[str, Any], *queries: Query, by: Way = FIND) -> Granted:
    """Search over the patients of the sender's institution: find, log each patient found, then read; one round trip.

    For an institution's own system; `by`: FIND, or HISTORY for versions; `further` holds lines, counted and, of a search, last
    (record/sql/search_across.sql, history_across.sql). Raises SearchTooCostly,
    AccessRefused, SessionEnded, ActRefused, RightsChanged, RecordUnreadable.
    """
    params = {"secret": secret, "wanted": json.dumps(dict(wanted))}
    try:
        return await _pass(params, queries, lane=LONG_LANE, way=by, within=FIND_WITHIN)
    except RecordUnreadable as error:
        raise _costly(error) from error.__cause__


async def _pass(
    params: dict[str, Any],
    queries: Sequence[Query],
    *,
    lane: Lane = QUICK_LANE,
    way: Way = GRANT,
    within: str = "",
    reading: str = "",
) -> Granted:
    for is_last in asked_again(params):
        try:
            async with _connection(lane) as connection:
                return await _flush(connection, params, queries, way=way, within=within, reading=reading)
        except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
            raise RecordUnreadable(type(fault).__name__) from fault
        except RightsChanged:
            if is_last:
                raise
    raise AssertionError


def _costly(error: RecordUnreadable) -> Exception:
    """Return what an error means of a statement whose time was short."""
    return SearchTooCostly() if getattr(error.__cause__, "sqlstate", None) == _CANCELED else error


async def ask_outside(query: Query) -> list[Row]:
    """Run a statement that touches no record (who a session is, the schema). Raises SessionEnded, RecordUnreadable."""
    try:
        async with _connection(QUICK_LANE) as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.sql, query.params)
            return await cursor.fetchall()
    except psycopg.Error as fault:
        raise named(fault, None) from fault


@asynccontextmanager
async def _connection(lane: Lane) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Lend a connection. Raises psycopg_pool.PoolTimeout (an OperationalError) after WAIT_S."""
    way = await _way(lane)
    async with _turn(way.turns):
        connection = await way.pool.getconn()
        try:
            yield connection
        finally:  # the pool rolls back, or throws away, what was cut off half-way
            await way.pool.putconn(connection)


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    """Wait for one's turn at most WAIT_S: the pool's own way of waiting makes a task and a timer for each that waits."""
    try:
        async with asyncio.timeout(WAIT_S if turns.locked() else None):
            await turns.acquire()
    except TimeoutError:
        raise PoolTimeout(f"no connection within {WAIT_S:.0f} s") from None
    try:
        yield
    finally:
        turns.release()


async def _way(lane: Lane) -> _Way:
    """Return this event loop's connections of a lane: autocommit, of the application's role."""
    ways = _ways.setdefault(asyncio.get_running_loop(), {})
    if lane not in ways:
        opened = AsyncConnectionPool(
            app_dsn(),
            min_size=1,
            max_size=lane.size,
            timeout=WAIT_S,
            reconnect_timeout=RECONNECT_S,
            kwargs={"autocommit": True},
            configure=_configure,
            check=_check_not_ended,
            open=False,
        )
        ways[lane] = _Way(opened, asyncio.Semaphore(lane.size))
        await opened.open()
    return ways[lane]


async def close() -> None:
    """Close this event loop's pools, if they were opened."""
    for way in _ways.pop(asyncio.get_running_loop(), {}).values():
        await way.pool.close()


async def _check_not_ended(connection: psycopg.AsyncConnection[Any]) -> None:
    """Raise psycopg.OperationalError when the server ended this idle connection: it is thrown away, not used."""
    if has_ended(connection):
        await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    connection.prepare_threshold = PREPARE_AT


async def _flush(
    connection: psycopg.AsyncConnection[Any],
    params: dict[str, Any],
    queries: Sequence[Query],
    *,
    way: Way,
    within: str,
    reading: str,
) -> Granted:
    """`within` and `reading`: what goes before the grant (never of a whole way: it would be rolled back) and before the reading."""
    cursors = [connection.cursor(row_factory=dict_row) for _ in queries]
    granting = connection.cursor(row_factory=dict_row)
    try:
        async with connection.pipeline() as pipeline:
            if within:
                await connection.execute(within)
            await granting.execute(way.sql, params)
            if not way.whole:
                end_transaction(pipeline)
                await connection.execute(USE, params)
            if reading:
                await connection.execute(reading)
            for cursor, query in zip(cursors, queries, strict=True):
                await cursor.execute(query.sql, query.params)
    except psycopg.Error as fault:
        answer = await granting.fetchone() if granting.description is not None else None
        raise named(fault, answer) from first_fault(fault)
    answer = await granting.fetchone()
    assert answer is not None
    return granted(
        answer, tuple([await cursor.fetchall() if cursor.description else [] for cursor in cursors])
    )
