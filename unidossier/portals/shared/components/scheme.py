"""The medication scheme: one row a medicine, four moments of the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Medicine:
    """Doses are texts as prescribed ("1", "½"); empty: nothing then. `other`: what has no moment."""

    name: str
    morning: str = ""
    noon: str = ""
    evening: str = ""
    night: str = ""
    other: str = ""
    reason: str = ""
    since: date | None = None
    until: date | None = None
    prescriber: str = ""
    href: str = ""
    warning: str = ""  # REC-12


MOMENTS = ("morning", "noon", "evening", "night")
