"""Audit a whole year: every leaf against its entry, against the tiles outside, and the tree against every checkpoint that is known.

A source gives the leaves in spans (database.py, export.py, or the tiles themselves); nothing here reads content.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from unidossier.log.proof.check import ProofFalse, signer_of, witnesses_of
from unidossier.log.proof.database import LAWFUL, UNLAWFUL, Span
from unidossier.log.tree.merkle import EMPTY, Frontier
from unidossier.log.tree.note import Checkpoint, Note, Verifier
from unidossier.log.tree.tiles import HASH, HEIGHT, WIDTH, Tiles, TileUnreadable

MOST_FAULTS = 20
STEP = 256  # leaves appended and compared at once


@dataclass(frozen=True, kw_only=True)
class Known:
    """A checkpoint to compare with: what it is called, and the leaves that somebody kept with it (of a bundle), by position."""

    name: str
    note: Note
    checkpoint: Checkpoint
    leaves: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is not as it was written. `position`: the first one concerned; None: of the year as a whole."""

    origin: str
    position: int | None
    what: str

    def __str__(self) -> str:
        where = "" if self.position is None else f", position {self.position}"
        return f"{self.origin}{where}: {self.what}"


@dataclass
class Audited:
    """One year after its audit: how many leaves, the root over them, what is lawfully gone, what is wrong."""

    origin: str
    size: int = 0
    root: bytes = EMPTY
    gone: dict[str, int] = field(default_factory=dict)
    agreed: int = 0  # the largest known checkpoint that this tree has or extends
    faults: list[Fault] = field(default_factory=list)
    cut: Fault | None = (
        None  # the one of `faults` that says that checkpoints are of more leaves than there are
    )
    advice: str = ""  # what to do about it, where that is known

    def fault(self, position: int | None, what: str) -> None:
        """Write down a fault; of many the first ones are kept."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(origin=self.origin, position=position, what=what))


def audit_year(
    spans: Iterable[Span], *, origin: str, size: int, tiles: Tiles | None, known: Sequence[Known]
) -> Audited:
    """Go through the leaves of a year once and compare all that is known of it."""
    told, frontier = Audited(origin), Frontier()
    check = _TileCheck(told, tiles) if tiles is not None else None
    roots: dict[int, bytes] = {0: EMPTY}
    sizes = sorted({one.checkpoint.size for one in known})
    kept = {position: leaf for one in known for position, leaf in one.leaves.items()}
    for span in spans:
        _take_odd(told, span)
        if span.gap is not None or frontier.size != span.begin:
            told.fault(frontier.size if span.gap is None else span.gap, "the leaf is missing")
            break
        _take_kept(told, span, kept)
        for leaves in _steps(span, sizes):
            made = frontier.append(leaves)
            if check is not None:
                check.take(made)
            if frontier.size in sizes:
                roots[frontier.size] = frontier.root()
    if check is not None:
        check.finish()
    told.size, told.root = frontier.size, frontier.root()
    if told.size != size:
        told.fault(told.size, f"there should be {size} leaves, and there are {told.size}")
    ordered = sorted(known, key=lambda one: one.checkpoint.size)
    for one in ordered:
        if one.checkpoint.size in roots:
            _compare(told, one, roots)
    _tell_cut(told, [one for one in ordered if one.checkpoint.size not in roots])
    return told


def check_signatures(
    told: Audited, known: Sequence[Known], *, keys: Sequence[Verifier], witnesses: Sequence[Verifier]
) -> list[str]:
    """Check who signed each checkpoint and return it in words; a checkpoint without a key of the log is a fault."""
    lines = []
    for one in known:
        try:
            by = signer_of(one.note, keys)
        except ProofFalse as fault:
            told.fault(None, f"{one.name}: {fault}")
            continue
        seen = ", ".join(witness.name for witness, _ in witnesses_of(one.note, witnesses))
        lines.append(
            f"{one.name}: size {one.checkpoint.size}, signed by {by.name}"
            + (f", witnessed by {seen}" if seen else "")
        )
    return lines


def _take_odd(told: Audited, span: Span) -> None:
    for position, state in span.odd:
        if state in LAWFUL:
            told.gone[state] = told.gone.get(state, 0) + 1
        else:
            told.fault(position, UNLAWFUL[state])


def _take_kept(told: Audited, span: Span, kept: Mapping[int, bytes]) -> None:
    # a leaf that somebody took home in a bundle says which one was changed
    for position, leaf in sorted(kept.items()):
        at = (position - span.begin) * HASH
        if 0 <= at < len(span.leaves) and span.leaves[at : at + HASH] != leaf:
            told.fault(position, "the leaf is not the one in a bundle that was taken home")


def _steps(span: Span, sizes: Sequence[int]) -> Iterator[list[bytes]]:
    # cut where a checkpoint wants to know the root
    end = span.begin + span.held
    cuts = sorted({*range(span.begin, end, STEP), *(one for one in sizes if span.begin < one < end), end})
    for begin, upto in itertools.pairwise(cuts):
        yield [
            span.leaves[at : at + HASH]
            for at in range((begin - span.begin) * HASH, (upto - span.begin) * HASH, HASH)
        ]


class _TileCheck:
    """Compares the nodes of a growing tree with the tiles outside, a tile at a time."""

    def __init__(self, told: Audited, tiles: Tiles) -> None:
        self._told, self._tiles = told, tiles
        self._rows: dict[int, tuple[int, bytearray]] = {}  # the tile that is being filled, and its hashes

    def take(self, made: Sequence[tuple[int, int, bytes]]) -> None:
        """Take the nodes that an append completed."""
        for level, _, one in made:
            if level % HEIGHT == 0:
                tile, hashes = self._rows.setdefault(level // HEIGHT, (0, bytearray()))
                hashes += one
                if len(hashes) == WIDTH * HASH:
                    self._compare(level // HEIGHT, tile, hashes)
                    self._rows[level // HEIGHT] = (tile + 1, bytearray())

    def finish(self) -> None:
        """Compare the tiles that are not whole."""
        for row, (tile, hashes) in self._rows.items():
            if hashes:
                self._compare(row, tile, hashes)

    def _compare(self, row: int, tile: int, hashes: bytearray) -> None:
        first = (tile * WIDTH) << (HEIGHT * row)
        try:
            outside = self._tiles.read(row, tile, len(hashes) // HASH)
        except TileUnreadable as fault:
            self._told.fault(first, str(fault))
            return
        for at in range(0, len(hashes), HASH) if outside != hashes else ():
            if outside[at : at + HASH] != hashes[at : at + HASH]:
                what = "the leaf" if row == 0 else f"a node of level {HEIGHT * row}"
                position = (tile * WIDTH + at // HASH) << (HEIGHT * row)
                self._told.fault(position, f"{what} is another one in the tiles outside the database")
                return


def _compare(told: Audited, one: Known, roots: Mapping[int, bytes]) -> None:
    size = one.checkpoint.size
    if roots[size] == one.checkpoint.root:
        told.agreed = max(told.agreed, size)
    else:
        told.fault(
            told.agreed,
            f"{one.name}: the first {size} leaves have another root; what was changed lies from here on, before {size}",
        )


def _tell_cut(told: Audited, beyond: Sequence[Known]) -> None:
    if beyond:
        first, last = beyond[0], beyond[-1]
        others = f", and {len(beyond) - 1} others of up to {last.checkpoint.size}" if len(beyond) > 1 else ""
        what = f"the tree was cut: it has {told.size} leaves, and {first.name} is of size {first.checkpoint.size}"
        told.fault(told.size, what + others)
        told.cut = told.faults[-1]
