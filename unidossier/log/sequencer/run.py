"""The sequencer as a process: every 0.2 s, until it is told to stop; after any failure from the beginning."""

import signal
import threading
from types import FrameType

import psycopg

from unidossier.database.connections import sequencer_dsn
from unidossier.database.home import Home
from unidossier.log.sequencer.grow import AnotherSequencer, Sequencer
from unidossier.log.sequencer.keys import SigningKeyExposed, SigningKeyMissing
from unidossier.log.sequencer.reconcile import LogContradicts
from unidossier.log.tree.note import NoteUnreadable
from unidossier.log.tree.tiles import TileUnreadable

EVERY_S = 0.2
AGAIN_S, LATEST_S = 2.0, 30.0  # after a failure, and when the same one comes again and again


def run(home: Home) -> None:
    """Grow the tree until SIGTERM or SIGINT; a batch under way is finished. Says what hinders it, once, and tries again."""
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, told)
    said, wait_s = "", AGAIN_S
    while not stop.is_set():
        what = _hold(home, stop)
        if what and what != said:
            print(what, flush=True)  # noqa: T201  (the supervisor keeps it in a log)
        wait_s = min(LATEST_S, wait_s * 2) if what == said else AGAIN_S
        said = what
        stop.wait(wait_s)


def _hold(home: Home, stop: threading.Event) -> str:
    """Grow until told to stop or hindered; return what hindered."""
    try:
        with psycopg.connect(sequencer_dsn(), autocommit=True) as connection:
            return _grow(home, connection, stop)
    except psycopg.OperationalError as fault:
        return f"The database does not answer: {_first_line(fault)}"
    except psycopg.Error as fault:
        return f"The database refused: {_first_line(fault)}"


def _grow(home: Home, connection: "psycopg.Connection[tuple[object, ...]]", stop: threading.Event) -> str:
    sequencer = Sequencer(home, connection)
    try:
        with sequencer:
            print(f"{sequencer.tree.origin} goes on from {sequencer.frontier.size} entries", flush=True)  # noqa: T201
            while not stop.is_set():
                if sequencer.step() == 0:
                    stop.wait(EVERY_S)
            return ""
    except (LogContradicts, NoteUnreadable, TileUnreadable, SigningKeyMissing, SigningKeyExposed) as fault:
        for tree in sequencer.ledger.trees()[-1:]:
            sequencer.ledger.note_trouble(tree.year, str(fault))
        return f"Nothing is signed: {fault}"
    except (AnotherSequencer, OSError) as fault:
        return f"Waits: {fault}"


def _first_line(fault: Exception) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]
