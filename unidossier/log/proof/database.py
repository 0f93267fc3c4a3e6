"""A whole year's log as the database has it, for whoever runs it: leaves by spans, with everything that does not fit its leaf.

Read by the migrating role (database/connections.py), which sees the log past every policy. No content is read: the database hashes,
and only hashes and numbers come back.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import psycopg

SPAN = 20_000  # leaves of one statement
CONNECTIONS = 2  # which work at the same time

# One row a span. odd: leaves whose entry does not make their hash, with what is known of them.
LEAVES = """WITH span AS MATERIALIZED (
    SELECT f.position, %(begin)s + row_number() OVER (ORDER BY f.position) - 1 AS expected, f.hash, f.entry_id, e.id IS NOT NULL AS is_there, length(e.salt) > 0 AS is_whole, sha256('\\x00'::bytea || log.digest(e)) = f.hash AS fits
    FROM log.leaf f LEFT JOIN log.entry e ON e.id = f.entry_id WHERE f.year = %(year)s AND f.position >= %(begin)s AND f.position < %(end)s)
SELECT coalesce(string_agg(s.hash, ''::bytea ORDER BY s.position), '') AS leaves, count(*) AS held, min(s.expected) FILTER (WHERE s.position <> s.expected) AS gap,
    jsonb_agg(jsonb_build_object('position', s.position, 'state', CASE
        WHEN s.entry_id IS NULL AND EXISTS (SELECT FROM log.restored r WHERE r.year = %(year)s AND s.position >= r.from_position AND s.position < r.to_position) THEN 'lost'
        WHEN s.entry_id IS NULL THEN 'nobody'
        WHEN s.is_there AND s.is_whole THEN 'changed'
        WHEN s.is_there THEN CASE WHEN log.erasure_proven(s.entry_id) THEN 'erased' ELSE 'emptied' END
        WHEN EXISTS (SELECT FROM log.dropped_month d JOIN log.leaf o ON o.entry_id = d.told_entry
                     WHERE d.month = s.entry_id / 10000000000000 AND s.entry_id BETWEEN d.first_id AND d.last_id) THEN 'dropped'
        ELSE 'deleted' END) ORDER BY s.position) FILTER (WHERE s.fits IS NOT TRUE) AS odd
FROM span s"""
TREES = "SELECT year, origin, size, root, checkpoint, opening FROM log.tree ORDER BY year"
# Entries that the sequencer has passed by, or that came from another time than their transaction: nobody but an administrator can make one.
PASSED = """SELECT e.id FROM log.entry e, (SELECT n.* FROM log.tree n WHERE n.cluster = log.cluster() ORDER BY n.year DESC LIMIT 1) t
    WHERE (e.xid, e.id) <= (t.last_xid, t.last_id) AND NOT EXISTS (SELECT FROM log.leaf f WHERE f.entry_id = e.id) ORDER BY e.id LIMIT %(most)s"""
# Entries whose time lies before that of a leaf far before them.
LATE = """SELECT o.position FROM (SELECT f.position, e.at, max(e.at) OVER (ORDER BY f.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newest
    FROM log.leaf f JOIN log.entry e ON e.id = f.entry_id AND length(e.salt) > 0 WHERE f.year = %(year)s) o
    WHERE o.at < o.newest - make_interval(secs => %(late)s) ORDER BY o.position LIMIT %(most)s"""
BEYOND = "SELECT count(*) FROM log.leaf f WHERE f.year = %(year)s AND f.position >= %(size)s"
OPENING = """SELECT e.verb, e.detail FROM log.leaf f LEFT JOIN log.entry e ON e.id = f.entry_id AND length(e.salt) > 0 WHERE f.year = %(year)s AND f.position = 0"""
LAWFUL = {
    "lost": "known by its hash alone: lost in a restore",
    "erased": "erased by two people",
    "dropped": "dropped with its month",
}
UNLAWFUL = {
    "changed": "the entry was changed: it does not make this leaf",
    "emptied": "the entry was emptied, and no erasure by two people says so",
    "deleted": "the entry was deleted",
    "nobody": "the leaf belongs to no entry, and no restore explains it",
}


@dataclass(frozen=True, kw_only=True)
class Span:
    """Leaves from `begin` on and what is odd among them: (position, state), a key of LAWFUL or UNLAWFUL. `gap`: the first that is missing."""

    begin: int
    leaves: bytes
    held: int
    odd: tuple[tuple[int, str], ...] = ()
    gap: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A year as the database knows it."""

    year: int
    origin: str
    size: int
    root: bytes
    checkpoint: str | None


class LogDatabase:
    """The log of one installation over one connection or several, which read at the same time."""

    def __init__(self, *connections: psycopg.Connection[Any]) -> None:
        self._connections = connections

    @classmethod
    def open(cls, dsn: str) -> Self:
        """Connect, for reading alone."""
        made = [psycopg.connect(dsn, autocommit=True) for _ in range(CONNECTIONS)]
        for one in made:
            one.execute("SET default_transaction_read_only = on")
        return cls(*made)

    def close(self) -> None:
        """Close the connections."""
        for one in self._connections:
            one.close()

    def trees(self) -> list[Tree]:
        """Return every year, oldest first."""
        rows = self._connections[0].execute(TREES).fetchall()
        return [
            Tree(year=year, origin=origin, size=size, root=bytes(root), checkpoint=checkpoint)
            for year, origin, size, root, checkpoint, _ in rows
        ]

    def spans(self, year: int, size: int) -> Iterator[Span]:
        """Yield the spans of a year in order; as many are read ahead as there are connections."""
        ahead: deque[Future[Span]] = deque()
        lanes = len(self._connections)
        with ThreadPoolExecutor(lanes) as pool:
            for number, begin in enumerate(range(0, size, SPAN)):
                connection = self._connections[number % lanes]
                ahead.append(pool.submit(_span, connection, year, begin, min(begin + SPAN, size)))
                if len(ahead) == lanes:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def newest(self) -> int:
        """Return the newest year."""
        return max((tree.year for tree in self.trees()), default=0)

    def beyond(self, tree: Tree) -> int:
        """Count the leaves that lie beyond the size of their tree."""
        row = self._connections[0].execute(BEYOND, {"year": tree.year, "size": tree.size}).fetchone()
        return int(row[0]) if row else 0

    def passed(self, *, most: int = 20) -> list[int]:
        """Return entries without a leaf that the sequencer can never have seen."""
        return [number for (number,) in self._connections[0].execute(PASSED, {"most": most}).fetchall()]

    def late(self, year: int, *, seconds: float, most: int = 20) -> list[int]:
        """Return the positions of entries that claim a time so long before that of an earlier position."""
        asked = {"year": year, "late": seconds, "most": most}
        return [position for (position,) in self._connections[0].execute(LATE, asked).fetchall()]

    def opening(self, year: int) -> tuple[str | None, dict[str, Any] | None]:
        """Return verb and detail of the first leaf of a year."""
        row = self._connections[0].execute(OPENING, {"year": year}).fetchone()
        return (row[0], row[1]) if row else (None, None)


def _span(connection: psycopg.Connection[Any], year: int, begin: int, end: int) -> Span:
    row = connection.execute(LEAVES, {"year": year, "begin": begin, "end": end}).fetchone()
    leaves, held, gap, odd = row or (b"", 0, None, None)
    if gap is None and held < end - begin:
        gap = begin + held
    return Span(
        begin=begin,
        leaves=bytes(leaves),
        held=held,
        odd=tuple((one["position"], one["state"]) for one in odd or ()),
        gap=gap,
    )
