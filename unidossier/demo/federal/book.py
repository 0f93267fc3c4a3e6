"""What the stand-in knows: lines with the number of their last change, and in which way its feed is wrong just now."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# how the feed can be wrong: each must leave every exclusion in force (EXC-8)
MOODS = ("well", "empty", "half", "late", "repeated", "older", "reordered", "away")
LATE = timedelta(minutes=40)


@dataclass
class Book:
    """Everything the platform knows. `frozen`: number and instant at which the mood began."""

    sequence: int = 0
    exclusions: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    mood: str = "well"
    frozen_sequence: int = 0
    frozen_at: str = ""

    def exclude(self, *, patient: str, nihdi: str, now: datetime) -> str:
        """Add an exclusion; return its id."""
        self.sequence += 1
        made = f"EXC-{self.sequence:06}"
        line = {"id": made, "patient": patient, "nihdi": nihdi, "from": now.isoformat(), "until": None}
        self.exclusions.append(line | {"sequence": self.sequence})
        return made

    def consent(self, *, patient: str, now: datetime) -> None:
        """Add an informed consent."""
        self.sequence += 1
        line = {"id": f"CON-{self.sequence:06}", "patient": patient, "from": now.isoformat(), "until": None}
        self.consents.append(line | {"sequence": self.sequence})

    def end(self, made: str, *, now: datetime) -> None:
        """End an exclusion. Unknown or ended already: nothing changes."""
        for line in self.exclusions:
            if line["id"] == made and line["until"] is None:
                self.sequence += 1
                line |= {"until": now.isoformat(), "sequence": self.sequence}

    def choose(self, mood: str, *, now: datetime) -> None:
        """Answer wrongly in one way from now on, or well."""
        self.mood, self.frozen_sequence, self.frozen_at = mood, self.sequence, now.isoformat()

    def content(self, *, since: int, kind: str, now: datetime) -> dict[str, Any]:
        """Return what a feed holds, as wrong as the mood wants it."""
        top, made_at = self.sequence, now
        if self.mood == "late":
            made_at = now - LATE
        elif self.mood == "repeated":
            top, made_at = self.frozen_sequence, datetime.fromisoformat(self.frozen_at)
        elif self.mood == "older":
            top, made_at = max(0, self.frozen_sequence - 1), now - timedelta(days=1)
        exclusions = [one for one in self.exclusions if since < one["sequence"] <= top]
        consents = [one for one in self.consents if since < one["sequence"] <= top]
        if self.mood == "empty":
            exclusions, consents = [], []
        if self.mood == "reordered":
            exclusions.reverse()
        return {
            "kind": kind, "since": since, "sequence": top, "made_at": made_at.isoformat(),
            "exclusion_count": len(exclusions), "consent_count": len(consents),
            "exclusions": exclusions, "consents": consents,
        }  # fmt: skip


def path_of(home: Path) -> Path:
    """Return the file of the stand-in in the home of an installation."""
    return home / "federal.json"


def load(path: Path) -> Book:
    """Return the book; an empty one when there is none yet."""
    return Book(**json.loads(path.read_text())) if path.exists() else Book()


@contextmanager
def changed(path: Path) -> Iterator[Book]:
    """Give the book to change, one at a time, and keep it: readers see the old or the new one."""
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        book = load(path)
        yield book
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps(asdict(book)))
        aside.chmod(0o600)
        aside.replace(path)
    finally:
        os.close(handle)


def now() -> datetime:
    """The clock of the stand-in."""
    return datetime.now(UTC)
