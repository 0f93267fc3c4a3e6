"""The tree's tables, through the few functions that the sequencer's role may call (log/sql/tree.sql)."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection

LOCK = 7_140_300_022  # one sequencer at a time


class Tree(NamedTuple):
    """One year's tree as the database knows it; `is_here`: its transaction numbers mean something in this cluster."""

    year: int
    origin: str
    size: int
    root: bytes
    checkpoint: str | None
    is_here: bool


class Waiting(NamedTuple):
    """A committed entry without a leaf. xid: its transaction; None for what does not move the reading on."""

    entry: int
    digest: bytes
    xid: str | None


class Ledger:
    """One autocommit connection of the sequencer's role."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    def claim(self) -> bool:
        """Become the one sequencer of this database; False when there is another."""
        row = self.connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        return bool(row and row[0])

    def trees(self) -> list[Tree]:
        """Return every year's tree, oldest first."""
        rows = self.connection.execute(
            "SELECT year, origin, size, root, checkpoint, cluster_is_here FROM log.trees() WHERE year IS NOT NULL"
        ).fetchall()
        return [Tree(*row) for row in rows]

    def year(self) -> int:
        """Return the year by the database's clock, UTC."""
        row = self.connection.execute("SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int").fetchone()
        assert row is not None
        return int(row[0])

    def pending(self, *, most: int) -> list[Waiting]:
        """Return entries that may be integrated now, in order."""
        rows = self.connection.execute("SELECT entry_id, digest, xid::text FROM log.pending(%s)", (most,))
        return [Waiting(*row) for row in rows.fetchall()]

    def unplaced(self, *, most: int, after: int) -> tuple[list[Waiting], int]:
        """Return entries without a leaf by number, and from which transaction on `pending` takes over."""
        rows = self.connection.execute(
            "SELECT entry_id, digest, horizon::text FROM log.unplaced(%s, %s)", (most, after)
        ).fetchall()
        return [Waiting(row[0], row[1], None) for row in rows], int(rows[0][2]) if rows else 0

    def horizon(self) -> int:
        """Return the transaction below which everything has ended."""
        row = self.connection.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").fetchone()
        assert row is not None
        return int(row[0])

    def leaves(self, year: int, begins: int, ends: int) -> list[bytes]:
        """Return the leaf hashes of [begins, ends) as the database has them; fewer when some are missing."""
        rows = self.connection.execute(
            "SELECT place, hash FROM log.leaves(%s::smallint, %s, %s)", (year, begins, ends)
        ).fetchall()
        found = [bytes(one) for place, one in rows]
        return found if [place for place, _ in rows] == list(range(begins, begins + len(rows))) else []

    def integrate(
        self, year: int, *, start: int, entries: Sequence[int | None], leaves: Sequence[bytes], root: bytes,
        checkpoint: str, upto: Waiting | None,
    ) -> None:  # fmt: skip
        """Write down what the files hold already; `upto`: how far the reading came. Raises psycopg errors."""
        self.connection.execute(
            "SELECT log.integrate(%s::smallint, %s, %s::bigint[], %s::bytea[], %s, %s, %s::xid8, %s)",
            (year, start, list(entries), list(leaves), root, checkpoint,
             upto.xid if upto else None, upto.entry if upto else None),
        )  # fmt: skip

    def begin_year(self, year: int, origin: str, *, is_new: bool) -> None:
        """Begin a year's tree and close the one before; `is_new`: the files do not know it yet."""
        self.connection.execute("SELECT log.begin_year(%s::smallint, %s, %s)", (year, origin, is_new))

    def settle(self, horizon: int) -> None:
        """From here on `pending` misses nothing, in this cluster."""
        self.connection.execute("SELECT log.settle(%s::text::xid8)", (str(horizon),))

    def note(self, verb: str, detail: dict[str, Any]) -> None:
        """Make an entry of the log about itself."""
        self.connection.execute("SELECT log.note(%s, %s::jsonb)", (verb, json.dumps(detail)))

    def note_restore(self, one: UUID, *, year: int, begins: int, ends: int, lost: int) -> None:
        """Write down that the database was found behind its tree."""
        self.connection.execute(
            "SELECT log.note_restore(%s, %s::smallint, %s, %s, %s)", (one, year, begins, ends, lost)
        )

    def note_trouble(self, year: int, what: str | None) -> None:
        """Say why nothing is signed, or that all is well again (None)."""
        self.connection.execute("SELECT log.note_trouble(%s::smallint, %s)", (year, what))
