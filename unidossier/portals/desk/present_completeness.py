"""The comparisons of LOG-8 in plain words: what each compares, and what an alarm means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.compare_log import Completeness
from unidossier.portals.desk.present_log_state import Alarm

ALARMS = {
    "served-without-entry": gettext_lazy("Something was shown without an entry"),
    "grant-without-entry": gettext_lazy("An access is open without an entry"),
    "entry-gone": gettext_lazy("An entry is missing"),
    "entry-changed": gettext_lazy("An entry was changed"),
    "leaf-gone": gettext_lazy("A place in the tree is empty"),
    "entry-without-leaf": gettext_lazy("An entry is not in the tree"),
    "back-dated": gettext_lazy("An entry bears a time that cannot be"),
    "unsigned": gettext_lazy("Entries waited too long for their signature"),
    "not-shown": gettext_lazy("A patient does not see an entry about him"),
    "shown-wrongly": gettext_lazy("A patient sees a line that no entry made"),
    "policies-changed": gettext_lazy("The rules of the database were changed"),
    "rows-changed": gettext_lazy("Rows of the log were changed or deleted"),
}
CHECKS = {
    "rows": gettext_lazy("Rows given out"),
    "served": gettext_lazy("Readings, each with its entry"),
    "grants": gettext_lazy("Open accesses, each with its entry"),
    "entries": gettext_lazy("Entries, each in the tree and shown to its patients"),
    "leaves": gettext_lazy("Places in the tree, each with its entry unchanged"),
    "lines": gettext_lazy("Lines that patients read, each with its entry"),
    "policies": gettext_lazy("Rules of the database, as they were installed"),
    "tables": gettext_lazy("Tables of the log, which nobody else changes"),
}
SHOWN = 5  # numbers of entries in an alarm


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One comparison: how much has been compared so far, when last, and when everything had been compared once more."""

    words: str
    looked: int
    at: datetime | None
    whole_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ClosedAlarm:
    """An alarm that somebody looked into."""

    words: str
    since: datetime
    gaps: int
    closed_at: datetime
    closed_by: str
    told: str


def alarm_words(kind: str) -> str:
    """Return what an alarm is, in the reader's language."""
    return str(ALARMS.get(kind, kind))


def gap_alarms(told: Completeness) -> tuple[Alarm, ...]:
    """Return the open alarms; what to do is the same for all."""
    return tuple(
        Alarm(
            kind="danger",
            title=alarm_words(one["kind"]),
            text=_(
                "Change nothing. Find out with the administrator what happened, then close the task in your work list with what it was."
            ),
            detail=_numbers(one),
        )
        for one in told.open_alarms
    )


def comparisons(told: Completeness) -> tuple[Comparison, ...]:
    """Return the comparisons in their order."""
    return tuple(
        Comparison(
            words=str(words),
            looked=told.checks[name]["looked"],
            at=told.checks[name]["at"],
            whole_at=told.checks[name]["whole_at"] if name in ("entries", "leaves", "lines") else None,
        )
        for name, words in CHECKS.items()
        if name in told.checks
    )


def closed_alarms(told: Completeness) -> tuple[ClosedAlarm, ...]:
    """Return the alarms of the last 90 days that somebody closed, the latest first."""
    return tuple(
        ClosedAlarm(
            words=alarm_words(one["kind"]),
            since=one["since"],
            gaps=one["gaps"],
            closed_at=one["closed_at"],
            closed_by=one["closed_by"],
            told=one["words"],
        )
        for one in told.alarms
        if one["closed_at"] is not None
    )


def _numbers(alarm: Mapping[str, Any]) -> str:
    numbers = alarm["entries"] or alarm.get("places") or []
    more = "" if len(numbers) <= SHOWN else " …"
    return ", ".join(numbers[:SHOWN]) + more
