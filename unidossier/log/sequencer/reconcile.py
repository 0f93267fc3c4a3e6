"""At every start: bring the files and the database to one state, or refuse to sign.

The files are written first, so after a crash they may be ahead by one batch; its entries still wait and are known by
their hashes. What they do not find is lost: the database was restored to an earlier moment, and the log goes on from
the outside head (LOG-3). Behind the database they are only when the folder was lost: it is made again from the leaves.
"""

from collections.abc import Iterator
from uuid import uuid4

from unidossier.log.sequencer.files import YearFiles, parse_checkpoint
from unidossier.log.sequencer.keys import SigningKeys
from unidossier.log.sequencer.ledger import Ledger, Tree, Waiting
from unidossier.log.tree.merkle import Frontier, entry_leaf
from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable
from unidossier.log.tree.tiles import TileUnreadable

CHUNK = 5000


class LogContradicts(Exception):
    """Files and database tell two histories, or a signature is not ours: nothing is signed until somebody has looked."""


def reconcile(ledger: Ledger, tree: Tree, files: YearFiles, keys: SigningKeys) -> Frontier:
    """Make files and database of one year agree and return the frontier of its tree. Raises LogContradicts."""
    try:
        head, signed = _head(tree, files, keys)
        if head.size < tree.size:
            _extend_files(ledger, tree, files, keys, head)
        elif head.size > 0:
            files.trim(head.size)
            _check_roots(tree, files, head)
            if head.size > tree.size:
                _extend_database(ledger, tree, files, head, signed)
        else:
            files.trim(0)
    except (TileUnreadable, NoteUnreadable) as fault:
        raise LogContradicts(
            f"The files of {tree.origin} cannot be read: {fault}. Put {files.folder} back from a backup, or move it "
            "away: it is made again from the database."
        ) from fault
    size = max(head.size, tree.size)
    return Frontier(files.tiles.nodes(size), size)


def _head(tree: Tree, files: YearFiles, keys: SigningKeys) -> tuple[Checkpoint, Note | None]:
    note = files.note()
    if note is None:
        if files.has_tiles and tree.size:
            raise LogContradicts(
                f"{files.folder} has tiles and no checkpoint. Put the checkpoint back from a backup or from a witness, "
                "or move the folder away: it is made again from the database."
            )
        return Checkpoint(tree.origin, 0, b""), None
    head = parse_checkpoint(note)
    if head.origin != tree.origin:
        raise LogContradicts(f"{files.folder} holds the log {head.origin}, the database {tree.origin}.")
    if not keys.signed(note):
        raise LogContradicts(f"The checkpoint in {files.folder} is not signed by a key of this installation.")
    return head, note


def _check_roots(tree: Tree, files: YearFiles, head: Checkpoint) -> None:
    if files.root(head.size, held=head.size) != head.root:
        raise LogContradicts(f"The tiles in {files.folder} do not lead to the root of their checkpoint.")
    if tree.size and files.root(tree.size, held=head.size) != tree.root:
        raise LogContradicts(
            f"The first {tree.size} entries of {tree.origin} have one root in the database and another in {files.folder}: "
            "one of the two was changed. Compare both with what the witnesses have signed."
        )


def _extend_files(ledger: Ledger, tree: Tree, files: YearFiles, keys: SigningKeys, head: Checkpoint) -> None:
    note = Note.parse(tree.checkpoint or "")
    if not keys.signed(note) or parse_checkpoint(note) != Checkpoint(tree.origin, tree.size, tree.root):
        raise LogContradicts(
            f"The database's own checkpoint of {tree.origin} does not fit its tree, and the files are behind it."
        )
    grown = Frontier()
    for begins, ends in _spans(0, head.size):
        grown.append(_leaves(ledger, tree, begins, ends))
    if head.size and grown.root() != head.root:
        raise LogContradicts(
            f"The leaves of {tree.origin} in the database do not lead to the root of {files.folder}."
        )
    files.trim(head.size)
    for begins, ends in _spans(head.size, tree.size):
        made = grown.append(_leaves(ledger, tree, begins, ends))
        files.tiles.write(made, size=grown.size)
    if grown.root() != tree.root:
        raise LogContradicts(
            f"The leaves of {tree.origin} in the database do not lead to the root that was signed."
        )
    files.put_checkpoint(str(note))


def _leaves(ledger: Ledger, tree: Tree, begins: int, ends: int) -> list[bytes]:
    leaves = ledger.leaves(tree.year, begins, ends)
    if len(leaves) != ends - begins:
        raise LogContradicts(
            f"Leaves of {tree.origin} between {begins} and {ends} are gone from the database."
        )
    return leaves


def _extend_database(
    ledger: Ledger, tree: Tree, files: YearFiles, head: Checkpoint, signed: Note | None
) -> None:
    leaves = list(files.tiles.leaves(tree.size, head.size))
    waiting = ledger.pending(most=len(leaves))
    upto: Waiting | None = None
    if [entry_leaf(one.digest) for one in waiting] == leaves:  # a crash: the very next entries
        entries: list[int | None] = [one.entry for one in waiting]
        upto = next((one for one in reversed(waiting) if one.xid is not None), None)
    else:
        known = _by_leaf(ledger)
        entries = [known.get(leaf) for leaf in leaves]
    lost = entries.count(None)
    with ledger.connection.transaction():
        if lost:
            ledger.note_restore(uuid4(), year=tree.year, begins=tree.size, ends=head.size, lost=lost)
        ledger.integrate(
            tree.year, start=tree.size, entries=entries, leaves=leaves, root=head.root, checkpoint=str(signed), upto=upto
        )  # fmt: skip


def _by_leaf(ledger: Ledger) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    after = 0
    while batch := ledger.unplaced(most=CHUNK, after=after)[0]:
        found |= {entry_leaf(one.digest): one.entry for one in batch}
        after = batch[-1].entry
    return found


def _spans(begin: int, end: int) -> Iterator[tuple[int, int]]:
    for begins in range(begin, end, CHUNK):
        yield begins, min(begins + CHUNK, end)
