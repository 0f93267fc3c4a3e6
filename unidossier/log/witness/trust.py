"""Which logs a witness watches, and by which keys: read anew for every request, so that a rotated key needs no new start.

A trust is `ORIGIN=KEY`: ORIGIN the first line of the checkpoints, or with `/*` at its end any year below it; KEY a verifier
key (name+id+base64), or `@FILE` with one a line (`#` begins a comment).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from unidossier.log.tree.note import ED25519, NoteUnreadable, Verifier

YEARS = "/*"
YEAR = re.compile(r"[0-9]{4}")


class TrustUnreadable(Exception):
    """What was given is no `ORIGIN=KEY`; the message says what is wrong."""


@dataclass(frozen=True)
class Trust:
    """One log, or the logs of all years of one installation, and whose signature is believed: keys, and files of keys."""

    origin: str
    keys: tuple[Verifier, ...]
    file: Path | None

    @classmethod
    def parse(cls, told: str) -> "Trust":
        """Read `ORIGIN=KEY` or `ORIGIN=@FILE`. Raises TrustUnreadable."""
        origin, sign, key = told.partition("=")
        if not sign or not origin or not key:
            raise TrustUnreadable(f"{told!r}: give ORIGIN=KEY, or ORIGIN=@FILE for a file of keys.")
        if key.startswith("@"):
            return cls(origin, (), Path(key[1:]))
        try:
            return cls(origin, (_key_of_a_log(key),), None)
        except NoteUnreadable as fault:
            raise TrustUnreadable(f"{told[:120]!r}: {fault}.") from fault

    def covers(self, origin: str) -> bool:
        """Tell whether this is the log, or one year of it."""
        if not self.origin.endswith(YEARS):
            return origin == self.origin
        before, slash, year = origin.rpartition("/")
        return bool(slash) and before == self.origin.removesuffix(YEARS) and bool(YEAR.fullmatch(year))

    def believed(self) -> tuple[Verifier, ...]:
        """Return the keys as they are now; of a file that is away, none."""
        return self.keys if self.file is None else keys_in(self.file)


def keys_of(trusts: tuple[Trust, ...], origin: str) -> tuple[Verifier, ...] | None:
    """Return the keys believed for the origin, None when it is no log that is watched."""
    covering = [one for one in trusts if one.covers(origin)]
    return tuple(key for one in covering for key in one.believed()) if covering else None


def keys_in(path: Path) -> tuple[Verifier, ...]:
    """Read the keys of a file, one a line; lines that hold none (a comment, another kind of key) are left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    found = []
    for line in lines:
        try:
            found.append(_key_of_a_log(line.partition("#")[0]))
        except NoteUnreadable:
            continue
    return tuple(found)


def _key_of_a_log(text: str) -> Verifier:
    key = Verifier.parse(text.split()[0] if text.split() else "")
    if key.kind != ED25519:
        raise NoteUnreadable(f"{key.name} is a key of a witness, not of a log")
    return key
