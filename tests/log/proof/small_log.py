"""A log made by hand from docs/log-format.md: entries with known salts, a tree in files, a key, witnesses. No database."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from unidossier.log.proof.make import Placed, make_bundle
from unidossier.log.tree.merkle import Frontier
from unidossier.log.tree.note import COSIGNATURE, ED25519, Checkpoint, Note, Signer
from unidossier.log.tree.tiles import Tiles

AT = 1_800_000_000  # when witnesses see
MADE_AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
PEOPLE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
SHOWN_NAMES = ("at", "person_name", "function", "patient_id", "verb", "purpose", "rule", "permitted")


def signer(name: str, kind: int = ED25519) -> Signer:
    """Give the key of this name: always the same."""
    seed = hashlib.sha256(f"{kind} {name}".encode()).digest()
    return Signer(name, kind, Ed25519PrivateKey.from_private_bytes(seed))


def witness(name: str) -> Signer:
    """Give the key of a witness."""
    return signer(name, COSIGNATURE)


@dataclass(frozen=True)
class Written:
    """An entry as the database would have written it."""

    number: str
    salt: bytes
    values: Mapping[str, str | None]
    patients: tuple[str, ...] | None = None

    def key(self, name: str) -> bytes:
        return hashlib.sha256(self.salt + name.encode()).digest()

    def sealed(self, name: str, value: str) -> str:
        return hashlib.sha256(self.key(name) + value.encode()).hexdigest()

    @property
    def text(self) -> str:
        told: dict[str, Any] = {
            name: None if value is None else self.sealed(name, value) for name, value in self.values.items()
        }
        told["patients"] = (
            None
            if self.patients is None
            else sorted(self.sealed(f"patients:{one}", one) for one in self.patients)
        )
        return json.dumps({"v": 1, "id": self.number, "sealed": told})

    @property
    def leaf_salt(self) -> bytes:
        return self.key("leaf")

    @property
    def leaf(self) -> bytes:
        digest = hashlib.sha256(self.leaf_salt + self.text.encode()).digest()
        return hashlib.sha256(b"\x00" + digest).digest()

    def opened(self, names: Iterable[str], listed: Sequence[str] = ()) -> dict[str, Any]:
        """Give the fields of these names with their keys, and of a list these patients."""
        fields: dict[str, Any] = {
            name: {"value": self.values[name], "key": self.key(name).hex()}
            for name in names
            if self.values.get(name) is not None
        }
        if listed:
            fields["patients"] = [{"value": one, "key": self.key(f"patients:{one}").hex()} for one in listed]
        return fields


def written(number: int, *, listed: int = 0, **values: str | None) -> Written:
    """Write an entry about one patient, or a list of so many."""
    told: dict[str, str | None] = {
        "at": f"2026-11-22T05:{number // 60 % 60:02}:{number % 60:02}.000123Z",
        "person_name": f"Jo Doe {number}",
        "function": "nurse",
        "patient_id": None if listed else str(uuid5(PEOPLE, f"patient {number}")),
        "verb": "list-patients" if listed else "open-record",
        "purpose": "care",
        "rule": "ACD-2.work",
        "permitted": "true",
        "detail": '{"text": "never shown"}',
        "glass_reason": None,
    }
    people = tuple(str(uuid5(PEOPLE, f"listed {number} {one}")) for one in range(listed)) if listed else None
    salt = hashlib.sha256(f"salt {number}".encode()).digest()[:16]
    return Written(str(202611 * 10**13 + number), salt, {**told, **values}, people)


@dataclass
class SmallLog:
    """The folder of a log with its entries by year; `sign` writes checkpoints, `witness` cosigned ones."""

    folder: Path
    key: Signer = field(default_factory=lambda: signer("small.example/log"))
    entries: dict[int, list[Written]] = field(default_factory=dict)
    frontiers: dict[int, Frontier] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "keys").write_text(f"# of the log\n{self.key.verifier}\n")

    def add(self, *entries: Written, year: int = 2026) -> None:
        """Put entries into the tree of a year and sign."""
        frontier = self.frontiers.setdefault(year, Frontier())
        made = frontier.append(one.leaf for one in entries)
        Tiles(self.folder / str(year)).write(made, size=frontier.size)
        self.entries.setdefault(year, []).extend(entries)
        (self.folder / str(year) / "checkpoint").write_text(self.checkpoint(year).signed(self.key))

    def checkpoint(self, year: int = 2026) -> Checkpoint:
        """Give the state of a year's tree."""
        frontier = self.frontiers[year]
        return Checkpoint(f"small.example/log/{year}", frontier.size, frontier.root())

    def cosign(self, *witnesses: Signer, year: int = 2026) -> None:
        """Let witnesses see the newest checkpoint, and name them in the policy."""
        note = (self.folder / str(year) / "checkpoint").read_text()
        text = Note.parse(note).text
        seen = note + "".join(one.sign(text, at=AT) for one in witnesses)
        (self.folder / str(year) / "witnessed").write_text(seen)
        lines = [f"witness w{at} {one.verifier}" for at, one in enumerate(witnesses)]
        (self.folder / "policy").write_text("\n".join([*lines, "quorum none", ""]))

    def bundle(
        self, positions: Iterable[int], *, names: Iterable[str] = SHOWN_NAMES, year: int = 2026
    ) -> bytes:
        """Make a bundle of these positions."""
        return make_bundle(
            [self.placed(at, names=names, year=year) for at in positions], folder=self.folder, made_at=MADE_AT
        )

    def placed(self, position: int, *, names: Iterable[str] = SHOWN_NAMES, year: int = 2026) -> Placed:
        one = self.entries[year][position]
        return Placed(
            number=one.number,
            year=year,
            position=position,
            leaf=one.leaf,
            text=one.text,
            salt=one.leaf_salt,
            fields=one.opened(names, listed=(one.patients or ())[:1]),
        )


def flipped(told: str) -> str:
    """Change one bit of a base64 text."""
    content = bytearray(base64.b64decode(told))
    content[len(content) // 2] ^= 1
    return base64.b64encode(bytes(content)).decode()
