"""An audit of the whole log: every entry hashed again, every leaf against the tiles, the root against what was signed (aim: a million within a minute)."""

import os
import subprocess
import time
from collections.abc import Iterator

import psycopg

from bench.figure import Figure
from bench.log_tree import COLUMNS, VALUES, sequencer
from bench.place import Place, command

ENTRIES = 1_000_000
LIMIT_S = 60.0  # issue: a million entries within a minute
BATCH = 50_000
PATIENCE_S = 900.0


class AuditFailed(Exception):
    """The audit did not pass; the message holds what it said."""


def measure_audit(place: Place, *, entries: int = ENTRIES) -> Iterator[Figure]:
    """Give the seconds of an audit for a million entries: of database and files, of the files alone, of an export."""
    size = _fill(place, entries)
    export = place.home.path / "log.jsonl"
    for name, arguments, limit in (
        ("database and files", ("audit",), LIMIT_S),
        ("files alone", ("audit", "--files-alone"), None),
        ("writing an export", ("export", str(export)), None),
        ("an export", ("audit", "--export", str(export)), LIMIT_S),
    ):
        began = time.monotonic()
        done = subprocess.run(
            command("log", *arguments),
            env=os.environ | {"UNIDOSSIER_HOME": str(place.home.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AuditFailed(done.stdout + done.stderr)
        seconds = (time.monotonic() - began) * 1_000_000 / size
        # of a small log most of it is the start of the program
        yield Figure(
            name=f"log, audit of a million: {name}",
            value=seconds,
            unit="s",
            at_most=limit if size >= ENTRIES else None,
        )
    export.unlink()


def _fill(place: Place, entries: int) -> int:
    # entries as log_tree writes them, all in the tree; what earlier measurements left counts too
    one = VALUES.replace("{{", "{").replace("}}", "}").replace(":n", "n")
    with psycopg.connect(place.root_dsn, autocommit=True) as connection, sequencer(place):
        held = _count(connection, "SELECT count(*) FROM log.entry")
        for begin in range(held, entries, BATCH):
            count = min(BATCH, entries - begin)
            connection.execute(
                f"INSERT INTO log.entry ({COLUMNS}) SELECT {one} FROM generate_series(1, {count}) n"
            )
        deadline = time.monotonic() + PATIENCE_S
        while _count(connection, "SELECT (SELECT count(*) FROM log.entry) - (SELECT count(*) FROM log.leaf)"):
            if time.monotonic() > deadline:
                raise AuditFailed("the sequencer did not take in the entries")
            time.sleep(0.5)
        connection.execute("VACUUM ANALYZE log.leaf")
        return _count(connection, "SELECT count(*) FROM log.leaf")


def _count(connection: psycopg.Connection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])
