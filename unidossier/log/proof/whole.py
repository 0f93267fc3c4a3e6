"""Audits of whole logs: of an installation (database and files), of the files alone, of an export. Yields each year as it is done."""

import base64
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unidossier.log.proof.audit import Audited, Known, audit_year
from unidossier.log.proof.bundle import MOST_BYTES, parse_keys, read_bundle
from unidossier.log.proof.database import LogDatabase, Span, Tree
from unidossier.log.proof.export import opened_file, read_head, read_spans
from unidossier.log.proof.files import CHECKPOINT, WITNESSED, State, keys_of, read_state, witnesses_of
from unidossier.log.proof.strict import BundleUnreadable, why_not
from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable, Verifier
from unidossier.log.tree.tiles import HASH, Tiles, TileUnreadable

PATIENCE_S = 5.0
AS_AFTER_A_RESTORE = (
    "All that the database holds is right, and the files outside it hold more. After a restore it is so until the first start: "
    "start the installation, it goes on from the files; two officers then explain at the Desk what was lost; audit again. "
    "Was nothing restored, then somebody cut the database: start nothing, and keep database and files as they are."
)
SPAN = 4_096


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is audited: the log's folder, one year or all, what to compare with, and how far times may run back (seconds).

    `patience`: how long a database may be behind the files, which are written a moment before it (seconds).
    """

    folder: Path
    year: int | None = None
    known: tuple[Known, ...] = ()
    late: float | None = None
    patience: float = PATIENCE_S


def audit_installation(database: LogDatabase, asked: Asked) -> Iterator[tuple[Audited, list[Known]]]:
    """Audit database and files of each year against each other. Raises LogFilesUnreadable."""
    kept = {year: known_of(asked, year) for year in _years(asked)}
    trees = _caught_up(database, kept, patience=asked.patience)
    before: Audited | None = None
    for tree in trees:
        known = kept.pop(tree.year, [])
        if asked.year is None or tree.year == asked.year:
            known = [*known, *_own(tree)]
            tiles = Tiles(asked.folder / str(tree.year))
            told = audit_year(
                database.spans(tree.year, tree.size),
                origin=tree.origin,
                size=tree.size,
                tiles=tiles,
                known=known,
            )
            _check_rows(told, database, tree, asked)
            _check_opening(told, database, tree, before)
            if told.cut is not None and told.faults == [told.cut]:
                told.advice = AS_AFTER_A_RESTORE
            before = told
            yield told, known
    for year, known in kept.items():
        told = Audited(known[0].checkpoint.origin if known else str(year))
        told.fault(None, "the database does not know this year, and its files are there")
        yield told, known


def audit_files(asked: Asked) -> Iterator[tuple[Audited, list[Known]]]:
    """Audit the files of each year alone: every node of every tile, every checkpoint. Raises LogFilesUnreadable."""
    for year in _years(asked):
        folder = asked.folder / str(year)
        newest = read_state(folder / CHECKPOINT).checkpoint
        known, tiles = known_of(asked, year), Tiles(folder)
        yield (
            audit_year(
                _spans_of(tiles, newest.size),
                origin=newest.origin,
                size=newest.size,
                tiles=tiles,
                known=known,
            ),
            known,
        )


def audit_export(path: Path, asked: Asked) -> Iterator[tuple[Audited, list[Known], tuple[Verifier, ...]]]:
    """Audit an export; also yields the keys that it names. Raises BundleUnreadable."""
    with opened_file(path, "r") as file:
        head = read_head(file)
        own = Known(name="the export's checkpoint", note=head.note, checkpoint=head.checkpoint)
        known = [own, *(one for one in asked.known if one.checkpoint.origin == head.checkpoint.origin)]
        told = audit_year(
            read_spans(file),
            origin=head.checkpoint.origin,
            size=head.checkpoint.size,
            tiles=None,
            known=known,
        )
    yield told, known, (*head.keys, *head.witnesses)


def known_of(asked: Asked, year: int) -> list[Known]:
    """Return every checkpoint of a year: those in the log's folder, and those that were given. Raises LogFilesUnreadable."""
    folder = asked.folder / str(year)
    kept = folder / f"{WITNESSED}.d"
    paths = [folder / WITNESSED, *(sorted(kept.iterdir()) if kept.is_dir() else ())]
    states = {f"{year}/{CHECKPOINT}": read_state(folder / CHECKPOINT)}
    states |= {
        str(path.relative_to(asked.folder)): read_state(path)
        for path in paths
        if path.is_file() and not path.name.startswith(".")
    }
    origin = states[f"{year}/{CHECKPOINT}"].checkpoint.origin
    return [
        *(_known(name, state) for name, state in states.items()),
        *(one for one in asked.known if one.checkpoint.origin == origin),
    ]


def read_known(path: Path) -> list[Known]:
    """Read a checkpoint that somebody kept: a signed note, or a proof bundle with its leaves. Raises BundleUnreadable."""
    try:
        content = path.read_bytes()[: MOST_BYTES + 1]
    except OSError as fault:
        raise BundleUnreadable(f"{path} cannot be read: {why_not(fault)}") from fault
    if not content.lstrip().startswith(b"{"):
        try:
            note = Note.parse(content)
            return [Known(name=path.name, note=note, checkpoint=Checkpoint.parse(note.text))]
        except NoteUnreadable as fault:
            raise BundleUnreadable(f"{path} is neither a checkpoint nor a proof: {fault}") from fault
    return [
        Known(
            name=path.name,
            note=section.note,
            checkpoint=section.checkpoint,
            leaves={one.position: one.leaf for one in section.entries},
        )
        for section in read_bundle(content).sections
    ]


def trusted(folder: Path, named: Sequence[str]) -> tuple[Verifier, ...]:
    """Return the keys of `named`; without any, those that the log's own folder names."""
    return parse_keys(named or [*keys_of(folder), *witnesses_of(folder)])


def _years(asked: Asked) -> list[int]:
    found = [int(path.parent.name) for path in asked.folder.glob(f"[0-9][0-9][0-9][0-9]/{CHECKPOINT}")]
    return [year for year in sorted(found) if asked.year in (None, year)]


def _caught_up(database: LogDatabase, kept: dict[int, list[Known]], *, patience: float) -> list[Tree]:
    wanted = {year: known[0].checkpoint.size for year, known in kept.items()}
    until = time.monotonic() + patience
    while True:
        trees = database.trees()
        behind = [tree for tree in trees if tree.size < wanted.get(tree.year, 0)]
        if not behind or time.monotonic() > until:
            return trees
        time.sleep(0.1)


def _own(tree: Tree) -> list[Known]:
    if tree.checkpoint is None:
        return []
    note = Note.parse(tree.checkpoint)
    return [Known(name="the database's checkpoint", note=note, checkpoint=Checkpoint.parse(note.text))]


def _check_rows(told: Audited, database: LogDatabase, tree: Tree, asked: Asked) -> None:
    if told.root != tree.root:
        told.fault(None, "the database's root of the tree is not that of its leaves")
    if database.beyond(tree):
        told.fault(tree.size, "there are leaves beyond the end of the tree")
    for number in database.passed() if tree.year == database.newest() else ():
        told.fault(None, f"entry {number} has no leaf, and the sequencer cannot have seen it in its time")
    for position in database.late(tree.year, seconds=asked.late) if asked.late is not None else ():
        told.fault(position, "the entry claims a time long before that of an earlier one")


def _check_opening(told: Audited, database: LogDatabase, tree: Tree, before: Audited | None) -> None:
    if before is None or told.gone:
        return
    verb, detail = database.opening(tree.year)
    head = (before.origin, before.size, base64.b64encode(before.root).decode())
    if (
        verb != "log-continued"
        or detail is None
        or (detail["origin"], detail["size"], detail["root"]) != head
    ):
        told.fault(0, f"the first entry does not continue {before.origin} as it ended")


def _spans_of(tiles: Tiles, size: int) -> Iterator[Span]:
    for begin in range(0, size, SPAN):
        end = min(begin + SPAN, size)
        try:
            leaves = b"".join(tiles.leaves(begin, end))
        except TileUnreadable:
            return  # the tile is named when the rest is compared
        yield Span(begin=begin, leaves=leaves, held=len(leaves) // HASH, odd=())


def _known(name: str, state: State) -> Known:
    return Known(name=name, note=Note.parse(state.note), checkpoint=state.checkpoint)
