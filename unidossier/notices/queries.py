"""Notices as statements for the door."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from unidossier.gate.door import Query


def listed(*, after: tuple[datetime, UUID] | None, size: int) -> Query:
    """The notices of the patient of the grant, newest first, one more than `size`: id, kind, facts, institution_id, at, seen_at.

    `after`: instant and id of the last one of the page before.
    """
    at, last = after or (None, None)
    return Query(
        """SELECT n.id, n.kind, n.facts, n.institution_id, n.at, n.seen_at FROM notices.notice n
        WHERE %(at)s::timestamptz IS NULL OR (n.at, n.id) < (%(at)s, %(last)s::uuid) ORDER BY n.at DESC, n.id DESC LIMIT %(size)s""",
        {"at": at, "last": last, "size": size + 1},
    )


def see(*, after: tuple[datetime, UUID] | None, size: int) -> Query:
    """Mark the page as seen; after `listed`, which still tells what was new."""
    at, last = after or (None, None)
    return Query("SELECT notices.see(%(at)s, %(last)s, %(size)s)", {"at": at, "last": last, "size": size})


def unseen(*, size: int) -> Query:
    """The newest notices that were not seen yet."""
    return Query(
        """SELECT n.id, n.kind, n.facts, n.institution_id, n.at, count(*) OVER () AS total FROM notices.notice n WHERE n.seen_at IS NULL ORDER BY n.at DESC, n.id DESC LIMIT %(size)s""",
        {"size": size},
    )


def preferences() -> Query:
    """What the patient chose: kind, way."""
    return Query("SELECT f.kind, f.way FROM notices.preference f")


def choose(ways: Mapping[str, str]) -> Query:
    """Write what the patient chose: {kind: mail, letter, portal}."""
    return Query("SELECT notices.choose(%(ways)s) AS changed", {"ways": Jsonb(dict(ways))})


def letters(state: str) -> Query:
    """Letters of my institution in a state: waiting, printed, posted."""
    return Query("SELECT * FROM notices.letters(%(state)s)", {"state": state})


def mark_letters(ids: Sequence[UUID], *, what: str, day: date | None = None) -> Query:
    """Say that letters were printed, or posted on a day."""
    return Query(
        "SELECT notices.mark_letters(%(ids)s::uuid[], %(what)s, %(day)s) AS marked",
        {"ids": list(ids), "what": what, "day": day},
    )
