"""One entry of the log as a proof carries it: its canonical text, the salt of its leaf, and the fields that were opened.

The canonical text holds each field as a hash. A field is opened by its value and its key; the other fields stay shut, and
their values cannot be guessed: the salt they were made with is not in the proof (docs/log-format.md, section 2).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from unidossier.log.proof.strict import BundleUnreadable, hex_bytes, members, read_json
from unidossier.log.tree.merkle import entry_digest, entry_leaf

VERSION = 1
LISTED = "patients"  # the one field that is sealed value by value: a list names many, each opens alone
MOST_TEXT = 1 << 20
Sealed = str | None | list[str]


class FieldFalse(Exception):
    """An opened field is not what the entry says; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The value of a field as text and the key that it was sealed with (32 bytes)."""

    value: str
    key: bytes


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry with its opened fields: by name, of the list a tuple."""

    text: str
    salt: bytes
    number: str
    sealed: Mapping[str, Sealed]
    opened: Mapping[str, tuple[Opened, ...]] = field(default_factory=dict)

    @property
    def leaf(self) -> bytes:
        """The hash of its leaf in the tree."""
        return entry_leaf(entry_digest(self.salt, self.text.encode()))

    def check(self) -> None:
        """Check every opened field against its hash. Raises FieldFalse."""
        for name, values in self.opened.items():
            sealed = self.sealed.get(name)
            known = sealed if isinstance(sealed, list) else [sealed]
            for one in values:
                if seal(one.key, one.value) not in known:
                    raise FieldFalse(f"the field {name!r} was changed: it does not fit its hash in the entry")

    def shown(self, name: str) -> str | None:
        """Return the value of an opened field (of the list: joined), None when it is shut or empty."""
        values = self.opened.get(name)
        return ", ".join(one.value for one in values) if values else None


def seal(key: bytes, value: str) -> str:
    """Return the hash of a value in the canonical text: hex(SHA-256(key || value in UTF-8))."""
    return hashlib.sha256(key + value.encode()).hexdigest()


def read_entry(text: str, *, salt: bytes, fields: Any, where: str) -> Entry:
    """Read a canonical text and the fields opened for it. Raises BundleUnreadable."""
    if len(text) > MOST_TEXT:
        raise BundleUnreadable(f"{where}: the entry is too long")
    told = members(
        read_json(text.encode(), what=f"{where}: the entry"),
        where=f"{where}: the entry",
        needs={"v": int, "id": str, "sealed": dict},
    )
    number = told["id"]
    if told["v"] != VERSION or not (number.isascii() and number.isdigit() and len(number) <= 19):
        raise BundleUnreadable(f"{where}: the entry is of another version, or its id is no number")
    sealed = {name: _sealed(one, where=where) for name, one in told["sealed"].items()}
    opened = {name: _opened(name, one, sealed=sealed, where=where) for name, one in fields.items()}
    return Entry(text=text, salt=salt, number=number, sealed=sealed, opened=opened)


def _sealed(value: Any, *, where: str) -> Sealed:
    if value is None:
        return None
    if isinstance(value, list):
        for one in value:
            hex_bytes(one, where=f"{where}: a sealed value")
        return value
    hex_bytes(value, where=f"{where}: a sealed value")
    return str(value)


def _opened(name: str, value: Any, *, sealed: Mapping[str, Sealed], where: str) -> tuple[Opened, ...]:
    here = f"{where}: the field {name[:40]!r}"
    if sealed.get(name) is None:
        raise BundleUnreadable(f"{here} is opened and not in the entry")
    several = isinstance(value, list)
    if several != isinstance(sealed[name], list):
        raise BundleUnreadable(f"{here} is a list in one place and none in the other")
    parts = value if several else [value]
    pairs = [members(one, where=here, needs={"value": str, "key": str}) for one in parts]
    return tuple(Opened(value=one["value"], key=hex_bytes(one["key"], where=here)) for one in pairs)
