"""The system compares its own accounts of the log (LOG-8): rows served, entries written, entries in the tree, entries the patient can see."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unidossier.gate import door, served
from unidossier.gate.door import Query

A_TURN = 2000  # of what is old; what is new is compared at every turn
HURRY_S = 8.0  # of one run, while turn follows turn
HURRIES = Query("SELECT log.hurries() AS hurries")
PROVEN = Query("SELECT log.is_sound() AS is_sound")


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """How the comparisons stand.

    checks: by name: at, looked (things compared so far), whole_at (when everything had been compared once more).
    alarms: the open ones first: id, kind, since, last_at, gaps, entries (numbers as text), entry, closed_at, closed_by, words.
    """

    compared_at: datetime | None
    checks: Mapping[str, Mapping[str, Any]]
    alarms: list[Mapping[str, Any]]

    @property
    def open_alarms(self) -> list[Mapping[str, Any]]:
        """Alarms that nobody has closed yet."""
        return [one for one in self.alarms if one["closed_at"] is None]


def compare_log(*, most: int = A_TURN) -> int:
    """Do one turn and tell the Desk of what it found; return how many gaps are new. By the worker, on no session.

    While new entries wait, or something moved in the tables of the log, turn follows turn for some seconds of each run. Raises RecordUnreadable.
    """
    until = time.monotonic() + HURRY_S
    served.bring()
    found = _turn(most)
    while door.call(HURRIES)[0]["hurries"] and time.monotonic() < until:
        found += _turn(most)
    return found


def _turn(most: int) -> int:
    found = door.call(Query("SELECT log.compare(%(most)s::integer) AS found", {"most": most}))[0]["found"]
    door.call(Query("SELECT cases.tell_log_alarms()"))
    return int(found)


def show_completeness() -> Completeness:
    """Return how the comparisons stand: numbers and times, nothing of any patient. Raises RecordUnreadable."""
    told = door.call(Query("SELECT log.completeness() AS told"))[0]["told"]
    return Completeness(
        compared_at=_instant(told["compared_at"]),
        checks={one["name"]: _dated(one, "at", "whole_at") for one in told["checks"]},
        alarms=[_dated(one, "since", "last_at", "closed_at") for one in told["alarms"]],
    )


def log_is_sound() -> bool:
    """Tell whether no gap is proven, and signing and comparing are not behind by an hour (T35). Raises RecordUnreadable."""
    return bool(door.call(PROVEN)[0]["is_sound"])


def _dated(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {**one, **{name: _instant(one[name]) for name in names}}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
