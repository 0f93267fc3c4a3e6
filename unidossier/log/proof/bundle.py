"""The proof bundle: one JSON file with the entries of one reader, each proven against a signed checkpoint (docs/log-format.md, section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from unidossier.log.proof.entry import Entry, read_entry
from unidossier.log.proof.strict import (
    BundleUnreadable,
    base64_hash,
    hex_bytes,
    members,
    position,
    read_json,
    texts,
)
from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable, Verifier

FORMAT = "unidossier-log-proof/1"
MOST_BYTES = 256 << 20
MOST_KEYS = 1024
MOST_PROOF = 64  # hashes: a tree of 2^64 leaves needs no more
GONE = ("erased", "dropped")


@dataclass(frozen=True, kw_only=True)
class Proven:
    """A position, the hash of its leaf, its audit path; the entry, or why it is gone (GONE)."""

    position: int
    leaf: bytes
    path: tuple[bytes, ...]
    entry: Entry | None = None
    gone: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """The entries proven against one checkpoint. `extends`: proof that it extends the section before of the same log."""

    note: Note
    checkpoint: Checkpoint
    keys: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...]
    entries: tuple[Proven, ...]
    extends: tuple[bytes, ...] | None


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What a reader took home: when it was made (as told), its sections, and the numbers of entries not yet in the tree."""

    made_at: str
    sections: tuple[Section, ...]
    waiting: tuple[str, ...]


def read_bundle(content: bytes) -> Bundle:
    """Read a bundle, whoever wrote it. Raises BundleUnreadable; nothing is checked yet."""
    if len(content) > MOST_BYTES:
        raise BundleUnreadable(f"the file is larger than {MOST_BYTES >> 20} MB")
    told = members(
        read_json(content, what="the file"),
        where="the bundle",
        needs={"format": str, "made_at": str, "logs": list, "waiting": list},
    )
    if told["format"] != FORMAT:
        raise BundleUnreadable(f"the format is {told['format'][:40]!r}; {FORMAT!r} is understood here")
    sections = tuple(_section(one, where=f"log {number}") for number, one in enumerate(told["logs"], 1))
    _each_once(sections)
    waiting = texts(told["waiting"], where="waiting", most=1 << 20)
    return Bundle(made_at=told["made_at"], sections=sections, waiting=tuple(waiting))


def parse_keys(lines: Iterable[str]) -> tuple[Verifier, ...]:
    """Read verifier keys, one a line, or those of a C2SP tlog-policy; comments (#) are skipped. Raises BundleUnreadable."""
    try:
        return tuple(Verifier.parse(word) for line in lines if (word := _key_word(line)))
    except NoteUnreadable as fault:
        raise BundleUnreadable(str(fault)) from fault


def _key_word(line: str) -> str:
    # of a policy: `log KEY [URL]`, `witness NAME KEY [URL]`; its groups and its quorum name no key
    match line.split():
        case [first, *_] if first.startswith("#") or first in ("group", "quorum"):
            return ""
        case ["log", key, *_] | ["witness", _, key, *_]:
            return key
    return line.strip()


def _section(value: Any, *, where: str) -> Section:
    told = members(
        value,
        where=where,
        needs={"checkpoint": str, "keys": list, "witnesses": list, "entries": list},
        may={"extends": list},
    )
    try:
        note = Note.parse(told["checkpoint"])
        checkpoint = Checkpoint.parse(note.text)
    except NoteUnreadable as fault:
        raise BundleUnreadable(f"{where}: {fault}") from fault
    return Section(
        note=note,
        checkpoint=checkpoint,
        keys=parse_keys(texts(told["keys"], where=f"{where}: keys", most=MOST_KEYS)),
        witnesses=parse_keys(texts(told["witnesses"], where=f"{where}: witnesses", most=MOST_KEYS)),
        entries=tuple(
            _proven(one, where=f"{where}, entry {number}") for number, one in enumerate(told["entries"], 1)
        ),
        extends=_path(told["extends"], where=f"{where}: extends") if "extends" in told else None,
    )


def _proven(value: Any, *, where: str) -> Proven:
    told = members(
        value,
        where=where,
        needs={"position": int, "proof": list},
        may={"entry": str, "salt": str, "fields": dict, "leaf": str, "gone": str},
    )
    at = position(told["position"], where=f"{where}: position")
    path = _path(told["proof"], where=f"{where}: proof")
    if told.keys() == {"position", "proof", "entry", "salt", "fields"}:
        salt = hex_bytes(told["salt"], where=f"{where}: salt")
        entry = read_entry(told["entry"], salt=salt, fields=told["fields"], where=where)
        return Proven(position=at, leaf=entry.leaf, path=path, entry=entry)
    if told.keys() == {"position", "proof", "leaf", "gone"} and told["gone"] in GONE:
        leaf = hex_bytes(told["leaf"], where=f"{where}: leaf")
        return Proven(position=at, leaf=leaf, path=path, gone=told["gone"])
    raise BundleUnreadable(
        f"{where} is neither an entry (entry, salt, fields) nor one that is gone (leaf, gone)"
    )


def _path(value: Any, *, where: str) -> tuple[bytes, ...]:
    return tuple(base64_hash(one, where=where) for one in texts(value, where=where, most=MOST_PROOF))


def _each_once(sections: tuple[Section, ...]) -> None:
    seen: set[tuple[str, int]] = set()
    newest: dict[str, int] = {}
    for section in sections:
        origin, size = section.checkpoint.origin, section.checkpoint.size
        if (section.extends is None) == (origin in newest) or size < newest.get(origin, 0):
            raise BundleUnreadable(
                f"the checkpoints of {origin[:80]!r} must grow, and each but the first must say how it extends the last"
            )
        newest[origin] = size
        for one in section.entries:
            if (origin, one.position) in seen:
                raise BundleUnreadable(f"position {one.position} of {origin[:80]!r} stands twice")
            seen.add((origin, one.position))
