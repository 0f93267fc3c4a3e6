"""The ribbon: the whole life of a record by year and group of kinds, as positions for an SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# from left to right in a year; each group has a colour of its own in support of its word
GROUPS = ("documents", "results", "images", "medicines", "other")
GROUP_OF = {
    "report": "documents", "letter": "documents", "discharge": "documents", "operation": "documents",
    "psychiatry": "documents", "gynaecology": "documents",
    "laboratory": "results", "vital-sign": "results",
    "imaging": "images", "examination": "images",
    "medication": "medicines", "prescription": "medicines", "vaccination": "medicines",
}  # fmt: skip
HEIGHT = 44  # px of the tallest year
MIN_YEARS = 12  # fewer would make bars so wide that they look like a chart of something else
SHORTEST = 2.5  # px: a single item must be seen
FIRST_AT, STEP = 8, 18  # per cent of a year: where the first stroke begins, and the step to the next
Counted = tuple[int, str, int]  # year, group or category slug, number of items


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One stroke: where it begins in per cent of its year, and its height in px from the top."""

    group: str
    x: float
    top: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Year:
    """One year: x and width in per cent of the ribbon, its pieces, and the counts behind them."""

    year: int
    x: float
    width: float
    middle: float
    total: int
    pieces: tuple[Piece, ...]
    counts: dict[str, int]
    is_chosen: bool
    label: str  # empty where there is no room for one


@dataclass(frozen=True, kw_only=True)
class Ribbon:
    """A drawn ribbon. `from_year` and `to_year` are the chosen period, or None.

    `list_href` is the address of the list with its other filters, without a period.
    """

    years: tuple[Year, ...]
    first: int
    last: int
    total: int
    from_year: int | None
    to_year: int | None
    list_href: str = ""

    @property
    def period_href(self) -> str:
        """The address that from=YYYY&to=YYYY is written behind: choosing a year keeps every other filter."""
        return f"{self.list_href}{'&' if '?' in self.list_href else '?'}"

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that occur, in their order."""
        return tuple(group for group in GROUPS if any(group in year.counts for year in self.years))

    @property
    def filled(self) -> tuple[Year, ...]:
        """The years with something in them, newest first: the rows of the table that says the same."""
        return tuple(year for year in reversed(self.years) if year.total)


def draw_ribbon(
    counted: Iterable[Counted],
    *,
    last_year: int,
    first_year: int | None = None,
    from_year: int | None = None,
    to_year: int | None = None,
    list_href: str = "",
) -> Ribbon:
    """Draw the counts from `first_year` (default: the first that occurs) to `last_year`, both included.

    Every group has its own stroke at its own place in the year. Heights follow the square root, so that one
    letter still shows beside a year of 800 results.
    """
    counts: dict[int, dict[str, int]] = {}
    for year, kind, number in counted:
        group = kind if kind in GROUPS else GROUP_OF.get(kind, "other")
        of_year = counts.setdefault(year, {})
        of_year[group] = of_year.get(group, 0) + number
    first = min([first_year if first_year is not None else last_year, *counts, last_year - MIN_YEARS + 1])
    last = max([last_year, *counts])
    peak = math.sqrt(max((number for groups in counts.values() for number in groups.values()), default=1))
    width = 100 / (last - first + 1)
    chosen = range(from_year or first, (to_year or last) + 1) if from_year or to_year else range(0)
    years = tuple(
        Year(
            year=year,
            x=round((year - first) * width, 3),
            width=round(width, 3),
            middle=round((year - first + 0.5) * width, 3),
            total=sum(counts.get(year, {}).values()),
            pieces=_strokes(counts.get(year, {}), peak=peak),
            counts=counts.get(year, {}),
            is_chosen=year in chosen,
            label=str(year) if _has_label(year, first=first, last=last) else "",
        )
        for year in range(first, last + 1)
    )
    total = sum(year.total for year in years)
    return Ribbon(
        years=years,
        first=first,
        last=last,
        total=total,
        from_year=from_year,
        to_year=to_year,
        list_href=list_href,
    )


def _strokes(groups: dict[str, int], *, peak: float) -> tuple[Piece, ...]:
    pieces = []
    for place, group in enumerate(GROUPS):
        if not groups.get(group):
            continue
        height = max(SHORTEST, math.sqrt(groups[group]) / peak * HEIGHT)
        pieces.append(
            Piece(
                group=group, x=FIRST_AT + place * STEP, top=round(HEIGHT - height, 2), height=round(height, 2)
            )
        )
    return tuple(pieces)


def _has_label(year: int, *, first: int, last: int) -> bool:
    every = 2 if last - first < 16 else 5 if last - first < 50 else 10
    room = (last - first) // 10  # the first year and "today" have labels of their own
    return year % every == 0 and first + room < year < last - room
