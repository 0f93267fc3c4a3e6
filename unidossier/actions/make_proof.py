"""Take home a proof of who looked (MY-15, LOG-3): one line or all, as a file that anybody can verify without us."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from unidossier.database.home import Home
from unidossier.gate import door
from unidossier.gate.door import ActRefused, Ask, Query, Row
from unidossier.log.proof.files import LogFilesUnreadable, keys_of, witnesses_of
from unidossier.log.proof.make import Placed, make_bundle
from unidossier.log.tree.tiles import TileUnreadable


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A bundle (docs/log-format.md, section 4), and how many entries are in it and how many wait for their place."""

    content: bytes
    entries: int
    waiting: int


def make_proof(secret: bytes, *, patient: UUID, entry: int | None = None) -> Proof:
    """Make the proof bundle of one entry, or of all that "who looked" shows this reader; it opens what he is shown, no more.

    Raises ActRefused: no-such-entry, no-proof-now (nothing is signed yet, or the log's files are away); and the errors of gate.door.read.
    """
    detail = {} if entry is None else {"entry": str(entry)}
    granted = door.read(secret, Ask(verb="take-proof", patient=patient, detail=detail), _proofs(entry))
    (rows,) = granted.rows
    if entry is not None and not rows:
        raise ActRefused("no-such-entry")
    placed = [_placed(row) for row in rows]
    try:
        content = make_bundle(placed, folder=Home.find().log_folder, made_at=datetime.now(UTC))
    except (LogFilesUnreadable, TileUnreadable) as fault:
        raise ActRefused("no-proof-now") from fault
    waiting = sum(one.position is None for one in placed)
    return Proof(content=content, entries=len(placed) - waiting, waiting=waiting)


def _proofs(entry: int | None) -> Query:
    return Query("SELECT * FROM log.proofs(%(entry)s::bigint)", {"entry": entry})


def _placed(row: Row) -> Placed:
    if row["place"] is None:
        return Placed(number=row["number"])
    known: dict[str, Any] = {"number": row["number"], "year": row["year"], "position": row["place"]}
    if row["gone"]:
        return Placed(**known, leaf=row["leaf"], gone=row["gone"])
    return Placed(**known, text=row["canonical"], salt=row["salt"], fields=row["fields"])


def public_keys() -> str:
    """Return the keys of the log and of its witnesses, as `unidossier log verify --keys` and `--witnesses` read them.

    They are everybody's: no grant, no entry. Raises ActRefused no-proof-now when nothing was signed yet.
    """
    folder = Home.find().log_folder
    try:
        keys = keys_of(folder)
    except LogFilesUnreadable as fault:
        raise ActRefused("no-proof-now") from fault
    return "".join(
        f"{one}\n" for one in ["# Keys of the log", *keys, "# Keys of its witnesses", *witnesses_of(folder)]
    )
