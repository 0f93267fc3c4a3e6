"""The patient banner and the band that says why one is in (BTG-3; REP-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from .states import Reading


@dataclass(frozen=True, kw_only=True)
class WhyIn:
    """Why this record is open to me, and until when.

    `text` is already translated ("Stay, Cardiology"). `until` is an exclusive end, or None when it does not
    end by itself. `minutes_left` is given for break-the-glass only. `end_href` (POST) ends it now.
    """

    kind: Literal["relation", "glass", "own", "representative"]
    text: str
    until: datetime | None = None
    minutes_left: int | None = None
    end_href: str = ""
    change_href: str = ""  # of a representative: where another person is chosen (REP-5)

    @property
    def hours_and_minutes(self) -> str:
        """The time left as `3 h 05`, or `40 min` under an hour."""
        left = self.minutes_left or 0
        return f"{left // 60} h {left % 60:02d}" if left >= 60 else f"{left} min"


@dataclass(frozen=True, kw_only=True)
class PatientBanner:
    """Who the patient is. `sex` is F, M, X or empty (unknown); `number` is already formatted."""

    family: str
    given: str
    birth_date: date | None
    age: str  # "75 y", "8 months": made by the view, which knows today
    sex: str
    number: str = ""
    number_kind: Literal["ssin", "bis", "local"] = "ssin"
    initials: str = ""
    href: str = ""  # the record's first page
    photo_href: str = ""
    deceased_date: date | None = None
    allergies: tuple[str, ...] = ()
    allergies_reading: Reading = "found"
    why: WhyIn | None = None
