"""Where the database is, for each role, and the pools the product draws from."""

import os
import select
import threading
from functools import cache
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

DATABASE = "unidossier"
APP = "unidossier_app"
MIGRATE = "unidossier_migrate"
SEQUENCER = "unidossier_sequencer"
POOL_SIZE = int(os.environ.get("UNIDOSSIER_POOL", "16"))

# Every statement of the gate is prepared at once: planning costs more than running it.
PREPARE_AT = int(os.environ.get("UNIDOSSIER_PREPARE", "0"))


# A pool tries to connect at growing intervals, for this long; then anew at the next request. Left to itself it would, after an
# outage of minutes, let minutes pass before it looks again.
RECONNECT_S = 2.0


class DatabaseNotNamed(Exception):
    """Neither DATABASE_URL nor an embedded server says where the database is."""


def app_dsn() -> str:
    """Return the connection string of the application's role."""
    return _dsn("DATABASE_URL", APP)


def migrate_dsn() -> str:
    """Return the connection string of the role that may change the schema."""
    return _dsn("DATABASE_MIGRATE_URL", MIGRATE)


def sequencer_dsn() -> str:
    """Return the connection string of the role that grows the tree over the log."""
    return _dsn("DATABASE_SEQUENCER_URL", SEQUENCER)


def _dsn(variable: str, role: str) -> str:
    named = os.environ.get(variable) or os.environ.get("DATABASE_URL")
    if named:
        parts = conninfo_to_dict(named)
        return make_conninfo(**{**parts, "user": parts.get("user") if os.environ.get(variable) else role})
    from unidossier.database.home import Home
    from unidossier.database.server import EmbeddedServer

    return EmbeddedServer(Home.find()).dsn(role, DATABASE)


_lock = threading.Lock()


@cache
def _pool_of(process: int) -> ConnectionPool:
    # one pool a process: a forked child must not share sockets with its parent
    return ConnectionPool(
        app_dsn(),
        min_size=1,
        max_size=POOL_SIZE,
        timeout=10,
        reconnect_timeout=RECONNECT_S,
        kwargs={"autocommit": True},
        configure=_configure,
        check=_check_not_ended,
        open=True,
    )


def pool() -> ConnectionPool:
    """Return this process's pool of autocommit connections of the application's role."""
    with _lock:
        return _pool_of(os.getpid())


def has_ended(connection: Connection[Any] | AsyncConnection[Any]) -> bool:
    """Tell whether the server may have ended this idle connection, without a round trip.

    An idle connection has nothing to read until its server ends it: the kernel knows.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _check_not_ended(connection: Connection) -> None:
    """Raise psycopg.OperationalError when the connection is of no use any more: the pool throws it away."""
    if has_ended(connection):
        ConnectionPool.check_connection(connection)


def _configure(connection: Connection) -> None:
    connection.prepare_threshold = PREPARE_AT
