"""A relation in force, and the bar that runs out (ACD-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SOON_DAYS = 30  # CON-12: what ends within 30 days stands on top


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Somebody who may see the record (or a record I may see). `at` is the instant of the page.

    `until` is exclusive; None: does not end by itself. `withdraw_href` leads to the page that asks again.
    """

    name: str
    why: str
    at: datetime
    since: datetime
    until: datetime | None = None
    function: str = ""
    institution: str = ""
    proof: str = ""
    kind: Literal["person", "team", "machine"] = "person"
    is_pending: bool = False
    href: str = ""
    withdraw_href: str = ""

    @property
    def share_left(self) -> float:
        """How much of its time is left, in per cent (100: no end)."""
        if self.until is None:
            return 100.0
        whole = (self.until - self.since).total_seconds()
        left = (self.until - self.at).total_seconds()
        return round(max(0.0, min(100.0, left / whole * 100)), 1) if whole > 0 else 0.0

    @property
    def days_left(self) -> int | None:
        """Whole days until the end; None: does not end by itself."""
        return None if self.until is None else max(0, (self.until - self.at).days)

    @property
    def is_ending(self) -> bool:
        """Whether it ends within SOON_DAYS."""
        return self.days_left is not None and self.days_left <= SOON_DAYS
