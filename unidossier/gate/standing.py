"""What the page that is being made stands on: the grants under which it read, for whoever must notice that they end (ACD-7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One permitted grant: whose rights it stands on, the sum of their epochs at its time, and when its first fact ends."""

    subjects: str  # ids of patients and persons as PostgreSQL writes an array: {id,id}
    epochs: int
    lasts: datetime


_collected: ContextVar["list[Standing] | None"] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[list[Standing]]:
    """Collect the grants of the block, oldest first. Outside of such a block nothing is kept."""
    standings: list[Standing] = []
    token = _collected.set(standings)
    try:
        yield standings
    finally:
        _collected.reset(token)


def note(answer: dict[str, Any]) -> None:
    """Keep what a permitted grant answered, when somebody collects."""
    standings = _collected.get()
    if standings is not None:
        standings.append(
            Standing(subjects=answer["subjects"], epochs=answer["epochs"], lasts=answer["lasts"])
        )
