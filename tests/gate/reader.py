"""A reader of records as the application is: its role, its grants, its transactions. Raw SQL alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

GLASS = {"reason": "unconscious", "text": "found unconscious at home, no papers"}
GRANT = "SELECT allowed, rule, entry, whom FROM gate.grant_access(%s, %s, %s, %s, %s, %s, %s)"
USE = "SELECT gate.use_grant(%s)"


@dataclass(frozen=True)
class Granted:
    """What the gate answered, and the token that the application made for it."""

    allowed: bool
    rule: str
    entry: int
    whom: UUID | None
    token: bytes


def grant_values(
    secret: bytes,
    patient: UUID | None,
    token: bytes,
    *,
    verb: str,
    items: object = None,
    glass: object = None,
) -> tuple[object, ...]:
    """Give the values of `GRANT` in order."""
    glass_json = Jsonb(glass) if glass is not None else None
    return secret, patient, verb, items, Jsonb({}), sha256(token).digest(), glass_json


class Reader:
    """Two connections of the application's role: one for grants, in autocommit, one for reading."""

    def __init__(self, app_dsn: str) -> None:
        self._dsn = app_dsn
        self.grants = psycopg.connect(app_dsn, autocommit=True)
        self.reads = psycopg.connect(app_dsn, autocommit=True)

    def renew(self) -> None:
        """Be as new: a connection that was closed, or left in a transaction, is another one; settings are taken back."""
        self.grants, self.reads = self._renewed(self.grants), self._renewed(self.reads)

    def _renewed(self, connection: psycopg.Connection) -> psycopg.Connection:
        is_idle = not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE
        if is_idle and connection.autocommit and connection.isolation_level is connection.read_only is None:
            connection.execute("RESET ALL")
            return connection
        connection.close()
        return psycopg.connect(self._dsn, autocommit=True)

    def close(self) -> None:
        self.grants.close()
        self.reads.close()

    def grant(
        self,
        secret: bytes,
        patient: UUID | None,
        *,
        verb: str = "open-record",
        items: list[UUID] | None = None,
        glass: dict[str, str] | None = None,
    ) -> Granted:
        """Ask for one record; commit; return the answer."""
        token = os.urandom(32)
        values = grant_values(secret, patient, token, verb=verb, items=items, glass=glass)
        row = self.grants.execute(GRANT, values).fetchone()
        assert row is not None
        return Granted(*row, token=token)

    @contextmanager
    def reading(self, token: bytes) -> Iterator[psycopg.Connection]:
        """Bind a transaction to a grant for the time of the block."""
        with self.reads.transaction():
            self.reads.execute(USE, (token,))
            yield self.reads

    def read(self, token: bytes, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement in a transaction bound to a grant; return its rows."""
        with self.reading(token) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []
