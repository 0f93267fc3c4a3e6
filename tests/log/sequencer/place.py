"""An installation of one test: a database of its own with roles and schema, a home, and hands to write entries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from tests.gate.server import Dsns
from tests.supervisor.site_process import wait_until
from unidossier.database.home import Home
from unidossier.log.sequencer.grow import Sequencer
from unidossier.log.sequencer.ledger import Ledger, Tree

ADD = """INSERT INTO log.entry (id, person_name, function, patients, verb, purpose, rule, permitted, detail)
    SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), 'Jo Doe', 'nurse',
        CASE WHEN n %% 3 = 0 THEN ARRAY[gen_random_uuid(), gen_random_uuid()] END, 'open-record', 'care', 'ACD-2.work', true, '{"n": 1}'
    FROM generate_series(1, %s) n RETURNING id"""

_CLAIMED = """SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


@dataclass
class Place:
    """The database by its administrator and by the sequencer, and the home."""

    dsns: Dsns
    sequencer_dsn: str
    home: Home
    kept: list[psycopg.Connection] = field(default_factory=list)

    @contextmanager
    def root(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.dsns.root, autocommit=True) as connection:
            yield connection

    def add(self, count: int) -> list[int]:
        """Commit so many entries in one transaction."""
        with self.root() as connection:
            return [row[0] for row in connection.execute(ADD, (count,)).fetchall()]

    def rows(self, statement: str, *values: object) -> list[tuple]:
        with self.root() as connection:
            return connection.execute(statement, values or None).fetchall()

    @contextmanager
    def sequencer(
        self, *, kind: type[Sequencer] = Sequencer, batch: int = 50, year: int | None = None
    ) -> Iterator[Sequencer]:
        """Give an open sequencer on a connection of its own."""
        clock = (lambda _: year) if year else Ledger.year
        with (
            psycopg.connect(self.sequencer_dsn, autocommit=True) as connection,
            kind(self.home, connection, batch=batch, year=clock) as opened,
        ):
            yield opened

    def wait_until_free(self) -> None:
        """Wait for the end of the sequencer before: the server lets go of a line that was closed a moment later."""
        wait_until(lambda: not self.rows(_CLAIMED), what="the sequencer before to be gone")

    def catch_up(self, *, year: int | None = None) -> Tree:
        """Integrate everything that waits, and return the tree."""
        self.wait_until_free()
        with self.sequencer(year=year) as sequencer:
            while sequencer.step():
                pass
            return sequencer.ledger.trees()[-1]

    def missing(self) -> list[int]:
        """Return the entries that have no leaf."""
        return [
            row[0]
            for row in self.rows(
                "SELECT id FROM log.entry e WHERE NOT EXISTS (SELECT FROM log.leaf l WHERE l.entry_id = e.id)"
            )
        ]

    @property
    def folder(self) -> Path:
        """The files of the newest year."""
        return sorted(self.home.log_folder.glob("[0-9]*"))[-1]


def place_on(dsns: Dsns, home: Path) -> Place:
    """Give the place whose database `dsns` names."""
    return Place(dsns, make_conninfo(dsns.root, user="unidossier_sequencer"), Home(home).prepare())
