"""The export of a year's log as lines of JSON (docs/log-format.md, section 7): written from the database, read by an audit elsewhere."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from unidossier.log.proof.bundle import parse_keys
from unidossier.log.proof.database import Span
from unidossier.log.proof.entry import FieldFalse, read_entry
from unidossier.log.proof.strict import BundleUnreadable, hex_bytes, members, read_json
from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable, Verifier

FORMAT = "unidossier-log-export/1"
BATCH = 2_000
SPAN = 4_096
MOST_LINE = 4 << 20
GONE = {"erased", "dropped", "lost"}
ENTRIES = """SELECT f.position, f.hash, CASE WHEN length(e.salt) > 0 THEN log.canonical(e) END, log.opening_key(e.salt, 'leaf'),
    CASE WHEN %(fields)s AND length(e.salt) > 0 THEN log.opened(e, ARRAY(SELECT jsonb_object_keys(log.fields(e))), e.patients) END,
    CASE WHEN f.entry_id IS NULL THEN 'lost' WHEN e.id IS NULL THEN 'dropped' WHEN length(e.salt) = 0 THEN 'erased' END
    FROM log.leaf f LEFT JOIN log.entry e ON e.id = f.entry_id WHERE f.year = %(year)s AND f.position < %(size)s ORDER BY f.position"""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The first line of an export: the checkpoint it was made for, and the keys it names."""

    note: Note
    checkpoint: Checkpoint
    keys: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...]


def write_export(
    connection: psycopg.Connection[Any],
    file: IO[str],
    *,
    head: dict[str, Any],
    year: int,
    size: int,
    fields: bool,
) -> int:
    """Write the head and a line for each of the first `size` leaves; return how many lines. Streams: the log may be larger than the memory."""
    file.write(json.dumps({"format": FORMAT, **head}) + "\n")
    count = 0
    with connection.transaction(), connection.cursor(name="export") as cursor:
        cursor.itersize = BATCH
        cursor.execute(ENTRIES, {"year": year, "size": size, "fields": fields})
        for position, leaf, text, salt, opened, gone in cursor:
            told: dict[str, Any] = {"position": position, "leaf": leaf.hex()}
            if text is not None:
                told |= {"entry": text, "salt": salt.hex()}
            if opened is not None:
                told["fields"] = opened
            if gone:
                told["gone"] = gone
            file.write(json.dumps(told, ensure_ascii=False) + "\n")
            count += 1
    return count


@contextmanager
def opened_file(path: Path, mode: str) -> Iterator[IO[str]]:
    """Open an export for reading ("r") or, for the owner's eyes alone, as a new file ("x"); gzip when its name ends so."""
    if mode == "x":
        path.touch(mode=0o600, exist_ok=False)
    text = mode.replace("x", "w") + "t"
    with (
        gzip.open(path, text, encoding="utf-8", newline="\n")
        if path.suffix == ".gz"
        else path.open(text, encoding="utf-8", newline="\n") as file
    ):
        yield file  # type: ignore[misc]


def read_head(file: IO[str]) -> Head:
    """Read the first line. Raises BundleUnreadable."""
    told = members(
        _line(file.readline(MOST_LINE)),
        where="the first line",
        needs={"format": str, "checkpoint": str, "keys": list, "witnesses": list},
    )
    if told["format"] != FORMAT:
        raise BundleUnreadable(f"the format is {told['format'][:40]!r}; {FORMAT!r} is understood here")
    try:
        note = Note.parse(told["checkpoint"])
        checkpoint = Checkpoint.parse(note.text)
    except NoteUnreadable as fault:
        raise BundleUnreadable(f"the first line: {fault}") from fault
    return Head(
        note=note,
        checkpoint=checkpoint,
        keys=parse_keys(map(str, told["keys"])),
        witnesses=parse_keys(map(str, told["witnesses"])),
    )


def read_spans(file: IO[str]) -> Iterator[Span]:
    """Yield the leaves of an export; an entry that does not make its leaf is odd. Raises BundleUnreadable."""
    leaves, odd, begin, position = bytearray(), list[tuple[int, str]](), 0, 0
    for line in _lines(file):
        told = members(
            _line(line),
            where=f"the line of position {position}",
            needs={"position": int, "leaf": str},
            may={"entry": str, "salt": str, "fields": dict, "gone": str},
        )
        if told["position"] != position:
            raise BundleUnreadable(f"position {position} should follow, and {told['position']} does")
        leaves += hex_bytes(told["leaf"], where=f"the leaf of position {position}")
        state = _state(told, position)
        if state:
            odd.append((position, state))
        position += 1
        if position - begin == SPAN:
            yield Span(begin=begin, leaves=bytes(leaves), held=SPAN, odd=tuple(odd))
            leaves, odd, begin = bytearray(), [], position
    if position > begin:
        yield Span(begin=begin, leaves=bytes(leaves), held=position - begin, odd=tuple(odd))


def _state(told: dict[str, Any], position: int) -> str:
    if "entry" not in told:
        gone = told.get("gone", "lost")
        if gone not in GONE:
            raise BundleUnreadable(f"position {position} is gone for no known reason: {gone[:40]!r}")
        return str(gone)
    salt = hex_bytes(told.get("salt"), where=f"the salt of position {position}")
    digest = hashlib.sha256(salt + told["entry"].encode()).digest()
    if hashlib.sha256(b"\x00" + digest).hexdigest() != told["leaf"]:
        return "changed"
    if "fields" in told:
        try:
            read_entry(told["entry"], salt=salt, fields=told["fields"], where=f"position {position}").check()
        except FieldFalse:
            return "changed"
    return ""


def _lines(file: IO[str]) -> Iterable[str]:
    while line := file.readline(MOST_LINE):
        yield line


def _line(line: str) -> Any:
    if not line.endswith("\n"):
        raise BundleUnreadable("the file was cut, or a line is too long")
    return read_json(line.encode(), what="a line")
