"""The trust policy of a log: its witnesses and how many of which must cosign. https://c2sp.org/tlog-policy, read as it is written.

witness scheldedal witness.scheldedal.example+1a2b3c4d+BA... https://witness.scheldedal.example/
witness vennblick  witness.vennblick.example+5e6f7a8b+BB...  https://witness.vennblick.example/
group two all scheldedal vennblick
quorum two
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from unidossier.log.tree.note import COSIGNATURE, ED25519, Note, NoteUnreadable, NotSigned, Verifier

NONE = "none"
MOST = 256  # witnesses and groups


class PolicyUnreadable(Exception):
    """The text is no policy; the message names the line."""


@dataclass(frozen=True)
class Named:
    """A witness of a policy: its name there, its key, where it answers ('' when only its cosignatures are checked)."""

    name: str
    verifier: Verifier
    url: str


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and the quorum. `groups` maps a name to (how many, members); `quorum` is a name, or 'none'."""

    logs: tuple[Verifier, ...]
    witnesses: tuple[Named, ...]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read a policy. Raises PolicyUnreadable."""
        reading = _Reading()
        for number, line in enumerate(text.split("\n"), start=1):
            words = line.replace("\t", " ").split(" ")
            words = [one for one in words if one]
            if words and not words[0].startswith("#"):
                try:
                    reading.take(words)
                except (PolicyUnreadable, NoteUnreadable) as fault:
                    raise PolicyUnreadable(f"Line {number} of the policy: {fault}.") from fault
        if reading.quorum is None:
            raise PolicyUnreadable("The policy has no line `quorum`.")
        return cls(tuple(reading.logs), tuple(reading.witnesses), reading.groups, reading.quorum)

    @classmethod
    def read(cls, path: Path) -> "Policy":
        """Read the policy of a file; no file means that nobody need cosign. Raises PolicyUnreadable."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls((), (), {}, NONE)
        except (OSError, UnicodeDecodeError) as fault:
            raise PolicyUnreadable(f"{path} cannot be read: {fault}.") from fault

    def asks_nobody(self) -> bool:
        """Tell whether no cosignature is needed at all."""
        return self.quorum == NONE

    def is_met_by(self, names: Container[str]) -> bool:
        """Tell whether cosignatures of these witnesses (their names in the policy) suffice. Nobody is never enough for nobody."""
        return not self.asks_nobody() and self._is_met(self.quorum, names)

    def met_at(self, times: Mapping[str, int]) -> int | None:
        """Return the latest instant as of which enough of these cosignatures stood (POSIX seconds), None when they do not suffice."""
        for at in sorted(times.values(), reverse=True):
            if self.is_met_by({name for name, then in times.items() if then >= at}):
                return at
        return None

    def signed_by(self, note: Note) -> dict[str, int]:
        """Return which witnesses cosigned the note, and when (POSIX seconds); those that others claim are left out."""
        found = {}
        for one in self.witnesses:
            try:
                found[one.name] = note.signed_at(one.verifier)
            except NotSigned:
                continue
        return found

    def _is_met(self, name: str, names: Container[str]) -> bool:
        if name not in self.groups:
            return name in names
        needed, members = self.groups[name]
        return sum(self._is_met(one, names) for one in members) >= needed


class _Reading:
    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: list[Named] = []
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum: str | None = None
        self._names: set[str] = set()
        self._members: set[str] = set()
        self._keys: set[bytes] = set()

    def take(self, words: list[str]) -> None:
        kind, *rest = words
        match kind, len(rest):
            case "log", 1 | 2:
                self.logs.append(self._key(rest[0], kind=ED25519))
            case "witness", 2 | 3:
                self._witness(*rest)
            case "group", count if count >= 3:
                self._group(rest[0], rest[1], tuple(rest[2:]))
            case "quorum", 1 if self.quorum is None and (rest[0] == NONE or rest[0] in self._names):
                self.quorum = rest[0]
            case _:
                raise PolicyUnreadable(f"{' '.join(words)[:80]!r} is not understood")

    def _witness(self, name: str, key: str, url: str = "") -> None:
        self._new_name(name)
        self.witnesses.append(Named(name, self._key(key, kind=COSIGNATURE), url))

    def _group(self, name: str, told: str, members: tuple[str, ...]) -> None:
        for one in members:
            if one not in self._names or one in self._members:
                raise PolicyUnreadable(f"{one} is not defined before, or is a member twice")
            self._members.add(one)
        needed = {"all": len(members), "any": 1}.get(told) or (
            int(told) if told.isascii() and told.isdigit() else 0
        )
        if not 1 <= needed <= len(members):
            raise PolicyUnreadable(f"{told} of {len(members)} cannot be asked for")
        self._new_name(name)
        self.groups[name] = (needed, members)

    def _new_name(self, name: str) -> None:
        if name == NONE or name in self._names or len(self._names) >= MOST:
            raise PolicyUnreadable(f"the name {name} is taken")
        self._names.add(name)

    def _key(self, text: str, *, kind: int) -> Verifier:
        key = Verifier.parse(text)
        if key.kind != kind or key.public in self._keys:
            raise PolicyUnreadable(f"the key of {key.name} is of another kind, or stands here twice")
        self._keys.add(key.public)
        return key
