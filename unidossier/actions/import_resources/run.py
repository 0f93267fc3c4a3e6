"""The import: two worker processes read, check and store; a second look finds patients that came in a later file."""

import gc
import logging
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from unidossier.actions.deliver import known_parties
from unidossier.actions.import_resources.piece import Done, Importing, file_refused
from unidossier.actions.import_resources.report import Report
from unidossier.actions.import_resources.sources import FileRefused, Piece, files_of, pieces_of
from unidossier.database.connections import pool
from unidossier.record.sent import Sender

WORKERS = 2
ALONE_BELOW = 3 * 1024 * 1024  # bytes; starting workers takes longer than importing this much


class UnknownInstitution(Exception):
    """No institution has this key; the message lists those there are."""


def import_resources(
    paths: Sequence[Path],
    *,
    secret: bytes,
    institution: str,
    report_file: Path | None = None,
    workers: int = WORKERS,
    show_progress: bool = True,
) -> Report:
    """Import files and folders in the name of one institution; return what became of every resource.

    `secret`: a machine session of that institution (signin.tokens.open_machine_session). The same files twice
    change nothing. `report_file`: where every outcome is written (.ndjson: one a line, else one JSON document).
    Raises UnknownInstitution, SessionEnded.
    """
    sender = _sender(institution)
    importing = Importing(secret=secret, sender=sender, known=known_parties(sender.id))
    report, began = Report(), time.monotonic()
    pieces = list(_pieces(paths, report=report))
    size = sum(piece.length for piece in pieces)
    with _progress(size, shown=show_progress) as advance, _mapping(importing, size, workers=workers) as run:
        looked = list(_look(pieces, run=run, advance=advance))
        again = _again(looked)
        if again and any(done.brought_patient for _, done in looked):
            second = {
                (piece.path, piece.start): done for piece, done in _look(again, run=run, advance=_silent)
            }
            looked = [(piece, _merged(done, second.get((piece.path, piece.start)))) for piece, done in looked]
    for _, done in looked:
        report.add(done.outcomes)
    report.seconds = time.monotonic() - began
    if report_file is not None:
        report.write(report_file)
    return report


_Run = Callable[[Sequence[Piece]], Iterator[tuple[Piece, Done]]]
_Advance = Callable[[int], None]


def _sender(key: str) -> Sender:
    with pool().connection() as connection:
        rows = connection.execute(
            "SELECT key, id, language FROM registry.institution ORDER BY key"
        ).fetchall()
    for found, id_, language in rows:
        if found == key:
            return Sender(id=id_, key=key, language=language)
    known = ", ".join(found for found, _, _ in rows) or "none yet; run: unidossier demo"
    raise UnknownInstitution(f"No institution has the key {key!r}. Known: {known}.")


def _pieces(paths: Sequence[Path], *, report: Report) -> Iterator[Piece]:
    for path in files_of(paths):
        report.files += 1
        try:
            pieces = pieces_of(path)
        except FileRefused as refused:
            report.add([file_refused(str(path), reason=str(refused))])
        except OSError as fault:
            report.add([file_refused(str(path), reason=f"the file cannot be read: {fault.strerror}")])
        else:
            report.characters += sum(piece.length for piece in pieces)
            yield from pieces


def _look(pieces: Sequence[Piece], *, run: _Run, advance: _Advance) -> Iterator[tuple[Piece, Done]]:
    # the largest first, so that no worker ends long after the others
    for piece, done in run(sorted(pieces, key=lambda piece: -piece.length)):
        advance(piece.length)
        yield piece, done


def _again(looked: Iterable[tuple[Piece, Done]]) -> list[Piece]:
    return [replace(piece, only=done.again) for piece, done in looked if done.again]


def _merged(first: Done, second: Done | None) -> Done:
    """Put the outcomes of the second look in place of those that found no patient."""
    if second is not None:
        kept = [one for one in first.outcomes if one.place not in first.again]
        first.outcomes = [*kept, *second.outcomes]
    return first


@contextmanager
def _mapping(importing: Importing, size: int, *, workers: int) -> Iterator[_Run]:
    """Give what runs pieces: here when they are small, else in worker processes."""
    if size < ALONE_BELOW or workers < 2:
        yield lambda pieces: ((piece, importing.piece(piece)) for piece in pieces)
        return
    # spawn: a forked child would share the parent's sockets to the database
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (importing, logging.getLogger().level)) as executor:

        def run(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Done]]:
            waiting: dict[Future[Done], Piece] = {executor.submit(_work, piece): piece for piece in pieces}
            for future in as_completed(waiting):
                yield waiting[future], future.result()

        yield run


_here: dict[str, Any] = {}


def _begin(importing: Importing, level: int) -> None:
    logging.getLogger().setLevel(level)
    # a bundle is one large tree without cycles: looking through it again and again for garbage costs a tenth
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
    _here["importing"] = importing


def _work(piece: Piece) -> Done:
    importing: Importing = _here["importing"]
    return importing.piece(piece)


@contextmanager
def _progress(size: int, *, shown: bool) -> Iterator[_Advance]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, disable=not shown, transient=True) as progress:
        task = progress.add_task("importing (kB)", total=max(1, size // 1024))
        yield lambda length: progress.advance(task, length / 1024)


def _silent(_: int) -> None:
    return None
