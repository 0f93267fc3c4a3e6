"""What this process gave out: a second account beside the log, compared with it within seconds (LOG-8).

Numbers of entries and of rows, nothing else. The reading pays one append; a thread brings them to the database every few seconds.
What a killed process had not brought is not compared, and nothing else is lost: the entry was committed before the first row.
"""

import threading
import time

import psycopg
from psycopg_pool import PoolTimeout

from unidossier.database.connections import pool

EVERY_S = 5.0
MOST = 20_000  # of one batch, as log.note_served takes them

_served: list[tuple[int, int]] = []
_starting = threading.Lock()
bringing = threading.Lock()  # held while a batch is brought; whoever holds it keeps one from being brought
_bringer: threading.Thread | None = None


def note_served(entry: int, rows: int) -> None:
    """Remember that `rows` rows were given out under an entry."""
    _served.append((entry, rows))  # one step of the interpreter: no lock
    if _bringer is None:
        _start()


def bring() -> int:
    """Bring to the database what was remembered; return how many entries. What cannot be brought is dropped: it is no evidence."""
    with bringing:
        return _bring()


def _bring() -> int:
    taken = _served[:MOST]
    del _served[: len(taken)]
    if not taken:
        return 0
    entries, rows = zip(*taken, strict=True)
    try:
        with pool().connection() as connection:
            connection.execute(
                "SELECT log.note_served(%s::bigint[], %s::integer[])", (list(entries), list(rows))
            )
    except (psycopg.Error, PoolTimeout):
        return 0
    return len(taken)


def forget() -> None:
    """Drop what was remembered: its database is going away."""
    _served.clear()


def _start() -> None:
    global _bringer
    with _starting:
        if _bringer is None:
            _bringer = threading.Thread(target=_run, name="served", daemon=True)
            _bringer.start()


def _run() -> None:
    while True:
        time.sleep(EVERY_S)
        while bring() == MOST:
            pass
