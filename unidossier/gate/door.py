"""The one door to a record: grant and read leave in one flush; nothing comes back before the grant's entry is committed.

The two are still two transactions: a grant that could be rolled back after reading would leave no trace (docs/adr/0003). The
one of a single record commits inside its call (docs/adr/0028), the others by a synchronization of the pipeline. A refusal
opens nothing: what reads a record behind it fails.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from unidossier.database.connections import pool
from unidossier.database.pipelines import end_transaction, first_fault
from unidossier.gate.served import note_served
from unidossier.gate.standing import note

Row = dict[str, Any]


class AccessRefused(Exception):
    """The gate said no; the entry is in the log. Interfaces show it as absence (ACD-8)."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class SessionEnded(Exception):
    """The session secret is unknown, idle too long, or over: sign in again."""


class RightsChanged(Exception):
    """Rights changed between grant and read, TIMES times in a row: ask again; the answer may be another (ACD-7)."""


class ItemChanged(Exception):
    """Somebody stored a newer version meanwhile; the message says which."""


class ActRefused(Exception):
    """The act cannot be done now; `code` is the short name of the reason, to be put into words by the interface."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RecordUnreadable(Exception):
    """The record could not be read: the database is away or failed. Never shown as an empty record (ALL-5)."""

    @property
    def cause(self) -> str:
        """The name of the error or its SQLSTATE: for a log, so no word of the message, which may quote a value."""
        return str(self).partition(":")[0]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked of the gate about one patient (or the holder of `items[0]` when `patient` is None)."""

    verb: str
    patient: UUID | None = None
    items: tuple[UUID, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    glass: Mapping[str, str] | None = None  # {"reason": code, "text": justification} (BTG-1)


@dataclass(frozen=True, kw_only=True)
class SeeAs:
    """Whose view is asked: an employment of a named carer, at an instant (None: now), with break-the-glass or without."""

    patient: UUID
    employment: UUID
    as_of: datetime | None = None
    glass: bool = False


@dataclass(frozen=True)
class Query:
    """One statement of the reading transaction and its parameters."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What the gate answered: the entry's number, the deciding line, the patient, and the rows of each query.

    `opens` is the mask of the categories that this function and this relation open (kernel/category.py).
    """

    entry: int
    rule: str
    patient: UUID | None
    opens: int
    lasts: datetime  # when the first fact ends that this access stands on
    patients: tuple[UUID, ...]
    following: UUID | None  # of a list: the next page begins after this patient
    rows: tuple[list[Row], ...]
    seen_rule: str = ""  # of SeeAs: the line that would decide about the other person ...
    seen: bool = False  # ... and whether he would see anything
    further: Row = field(default_factory=dict)  # what else the granting function told


@dataclass(frozen=True)
class Way:
    """How a grant is asked for. `whole`: the call commits its entry itself, and what follows is read under it."""

    sql: str
    whole: bool = False


GRANT = Way(
    """CALL gate.pass(%(secret)s::bytea, %(patient)s::uuid, %(verb)s::text, %(items)s::uuid[], %(detail)s::jsonb, %(glass)s::jsonb, %(token)s::bytea,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""",
    whole=True,
)
GRANT_LIST = Way("""SELECT allowed, rule, entry, NULL::uuid AS whom, 0::bigint AS opens, lasts, patients, following, subjects::text, epochs::bigint FROM gate.grant_list(
    %(secret)s::bytea, %(verb)s::text, %(wanted)s::jsonb, %(token_hash)s::bytea)""")
GRANT_SEE_AS = Way("""SELECT allowed, rule, entry, whom, 0::bigint AS opens, lasts, NULL::uuid[] AS patients, NULL::uuid AS following, seen_rule, seen, subjects::text, epochs::bigint
    FROM gate.grant_see_as(%(secret)s::bytea, %(patient)s::uuid, %(employment)s::uuid, %(as_of)s::timestamptz, %(glass)s::boolean, %(token_hash)s::bytea)""")
USE = "SELECT gate.use_grant(%(token)s::bytea)"
TIMES = 5  # that the gate is asked when rights change between grant and read


def read(secret: bytes, ask: Ask, *queries: Query) -> Granted:
    """Decide, log, then read: one round trip.

    Raises AccessRefused, SessionEnded, RightsChanged, RecordUnreadable. Rows come as dicts by column name.
    """
    return _pass(GRANT, ask_params(secret, ask), queries)


def read_list(secret: bytes, verb: str, wanted: Mapping[str, Any], *queries: Query) -> Granted:
    """Short facts of several patients under one entry naming all of them (ACD-8, LOG-1). Errors as `read`."""
    params = {"secret": secret, "verb": verb, "wanted": json.dumps(dict(wanted))}
    return _pass(GRANT_LIST, params, queries)


def read_as(secret: bytes, asked: SeeAs, *queries: Query) -> Granted:
    """Read the titles that somebody else would see (ACD-9); no content is ever in it. Errors as `read`, and ActRefused."""
    params = {
        "secret": secret,
        "patient": asked.patient,
        "employment": asked.employment,
        "as_of": asked.as_of,
        "glass": asked.glass,
    }
    return _pass(GRANT_SEE_AS, params, queries)


def call(query: Query) -> list[Row]:
    """Run one function of the database that decides and logs by itself and shows nothing of a record.

    For acts that stand on no grant: a request, a link, a lifting. Raises SessionEnded, AccessRefused, ActRefused, RecordUnreadable.
    """
    return call_all(query)[0]


def call_all(*queries: Query) -> tuple[list[Row], ...]:
    """Run several, in one flush and one wait; what `call` may run, and words that all may read. Errors as `call`."""
    try:
        with pool().connection() as connection:
            cursors = [connection.cursor(row_factory=dict_row) for _ in queries]
            with connection.pipeline():
                for cursor, query in zip(cursors, queries, strict=True):
                    cursor.execute(query.sql, query.params)
            return tuple(_rows(cursor) for cursor in cursors)
    except psycopg.Error as fault:
        raise named(fault, None) from fault


write = read  # a write is a read of the one writer's answer, under a verb that writes


def ask_params(secret: bytes, ask: Ask) -> dict[str, Any]:
    """Return the parameters of GRANT but the token."""
    return {
        "secret": secret,
        "patient": ask.patient,
        "verb": ask.verb,
        "items": list(ask.items) or None,
        "detail": json.dumps(dict(ask.detail)),
        "glass": json.dumps(dict(ask.glass)) if ask.glass is not None else None,
    }


def _pass(way: Way, params: dict[str, Any], queries: Sequence[Query]) -> Granted:
    for is_last in asked_again(params):
        try:
            with pool().connection() as connection:
                return _flush(connection, way, params, queries)
        except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
            raise RecordUnreadable(type(fault).__name__) from fault
        except RightsChanged:
            if is_last:
                raise
    raise AssertionError


def asked_again(params: dict[str, Any]) -> Iterator[bool]:
    """Yield, for each time the gate may be asked, whether it is the last; a new token goes into `params` with its hash.

    Somebody's rights may change between grant and reading (ACD-7).
    Nothing was given and all that was written is rolled back by then, so the whole is decided anew under an entry of its
    own; a glass is broken once.
    """
    times = 1 if params.get("glass") else TIMES
    for tried in range(1, times + 1):
        token = secrets.token_bytes(32)
        params.update(token=token, token_hash=hashlib.sha256(token).digest())
        yield tried == times


def _flush(
    connection: psycopg.Connection, way: Way, params: dict[str, Any], queries: Sequence[Query]
) -> Granted:
    cursors = [connection.cursor(row_factory=dict_row) for _ in queries]
    granting = connection.cursor(row_factory=dict_row)
    try:
        with connection.pipeline() as pipeline:
            granting.execute(way.sql, params)
            if not way.whole:
                end_transaction(pipeline)
                connection.execute(USE, params)
            for cursor, query in zip(cursors, queries, strict=True):
                cursor.execute(query.sql, query.params)
    except psycopg.Error as fault:
        answer = granting.fetchone() if granting.description is not None else None
        raise named(fault, answer) from fault
    answer = granting.fetchone()
    assert answer is not None
    given = granted(answer, tuple(_rows(cursor) for cursor in cursors))
    note(answer)
    return given


def granted(answer: Row, rows: tuple[list[Row], ...]) -> Granted:
    """Return what the gate answered, with the rows that were read under it. Raises AccessRefused, SessionEnded: a no counts whatever was asked behind it."""
    if refused := _refusal(answer):
        raise refused
    note_served(answer["entry"], sum(map(len, rows)))
    return Granted(
        entry=answer["entry"],
        rule=answer["rule"],
        patient=answer["whom"],
        opens=answer["opens"],
        lasts=answer["lasts"],
        patients=tuple(answer.get("patients") or ()),
        following=answer.get("following"),
        rows=rows,
        seen_rule=answer.get("seen_rule") or "",
        seen=bool(answer.get("seen")),
        further=answer,
    )


def _rows(cursor: psycopg.Cursor[Row]) -> list[Row]:
    # asked of the result: `cursor.description` would build an object for each of the many columns
    result = cursor.pgresult
    return cursor.fetchall() if result is not None and result.nfields else []


def named(fault: psycopg.Error, answer: Row | None) -> Exception:
    """Return our own error for what the gate raised; a refusal is known by the grant's answer, not by the later error."""
    if refused := _refusal(answer):
        return refused
    fault = first_fault(fault)
    match fault.sqlstate:
        case "UD001":
            return SessionEnded("unknown session")
        case "UD003":
            return RightsChanged(str(fault))
        case "UD005" | "UD006" | "UD009":
            return ItemChanged(fault.diag.message_primary or "")
        case "UD010":
            return ActRefused(fault.diag.message_primary or "")
        case "UD007":
            return AccessRefused("ACS-1.function")
    if isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError):
        return RecordUnreadable(type(fault).__name__)
    return RecordUnreadable(f"{fault.sqlstate}: {fault.diag.message_primary}")


def _refusal(answer: Row | None) -> Exception | None:
    if answer is None or answer["allowed"]:
        return None
    rule = answer["rule"]
    return SessionEnded(rule) if rule in ("ACD-7.ended", "ALL-3.second-factor") else AccessRefused(rule)
