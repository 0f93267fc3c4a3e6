"""The door of gate/door.py for the API process: the same grant and read in one flush, on asyncio.

One pool per event loop, opened at first use. Errors and meanings are those of gate/door.py.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from unidossier.database.connections import POOL_SIZE, PREPARE_AT, RECONNECT_S, app_dsn, has_ended
from unidossier.gate.door import (
    GRANT,
    USE,
    Ask,
    Granted,
    Query,
    RecordUnreadable,
    Row,
    ask_params,
    named,
)

WAIT_S = 5.0  # for a connection; then the record is unreadable, and the sender is told so

_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncConnectionPool] = WeakKeyDictionary()


async def read(secret: bytes, ask: Ask, *queries: Query) -> Granted:
    """Decide, log, then read: one round trip.

    Raises AccessRefused, SessionEnded, RightsChanged, RecordUnreadable. Rows come as dicts by column name.
    """
    token = secrets.token_bytes(32)
    params = ask_params(secret, ask) | {"token_hash": hashlib.sha256(token).digest()}
    try:
        async with (await pool()).connection() as connection:
            return await _flush(connection, params, token, queries)
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise RecordUnreadable(type(fault).__name__) from fault


async def ask_outside(query: Query) -> list[Row]:
    """Run a statement that touches no record (who a session is, the schema). Raises SessionEnded, RecordUnreadable."""
    try:
        async with (
            (await pool()).connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(query.sql, query.params)
            return await cursor.fetchall()
    except psycopg.Error as fault:
        raise named(fault, None) from fault


async def pool() -> AsyncConnectionPool:
    """Return this event loop's pool of autocommit connections of the application's role."""
    loop = asyncio.get_running_loop()
    found = _pools.get(loop)
    if found is None:
        found = _pools[loop] = AsyncConnectionPool(
            app_dsn(),
            min_size=1,
            max_size=POOL_SIZE,
            timeout=WAIT_S,
            reconnect_timeout=RECONNECT_S,
            kwargs={"autocommit": True},
            configure=_configure,
            check=_check_not_ended,
            open=False,
        )
        await found.open()
    return found


async def close() -> None:
    """Close this event loop's pool, if it was opened."""
    found = _pools.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()


async def _check_not_ended(connection: psycopg.AsyncConnection[Any]) -> None:
    """Raise psycopg.OperationalError when the server ended this idle connection: it is thrown away, not used."""
    if has_ended(connection):
        await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    connection.prepare_threshold = PREPARE_AT


async def _flush(
    connection: psycopg.AsyncConnection[Any], params: dict[str, Any], token: bytes, queries: Sequence[Query]
) -> Granted:
    cursors = [connection.cursor(row_factory=dict_row) for _ in queries]
    granting = connection.cursor(row_factory=dict_row)
    try:
        async with connection.pipeline():
            await connection.execute("BEGIN")
            await granting.execute(GRANT, params)
            await connection.execute("COMMIT")
            await connection.execute("BEGIN READ WRITE")
            await connection.execute(USE, {"token": token})
            for cursor, query in zip(cursors, queries, strict=True):
                await cursor.execute(query.sql, query.params)
            await connection.execute("COMMIT")
    except psycopg.Error as fault:
        answer = await granting.fetchone() if granting.description is not None else None
        raise named(fault, answer) from fault
    finally:
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            await connection.rollback()
    answer = await granting.fetchone()
    assert answer is not None
    return Granted(
        entry=answer["entry"],
        rule=answer["rule"],
        patient=answer["whom"],
        opens=answer["opens"],
        lasts=answer["lasts"],
        patients=tuple(answer["patients"] or ()),
        following=answer["following"],
        rows=tuple([await cursor.fetchall() if cursor.description else [] for cursor in cursors]),
    )
