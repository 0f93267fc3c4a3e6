"""A series of one value over time, as positions for an SVG and as rows of a table (MY-4)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .item import Flag

HEIGHT = 240  # px of the plot
MAX_LABELS = 6  # on the axis of time: what fits 320 px is thinned further by the style sheet


@dataclass(frozen=True, kw_only=True)
class Point:
    """One measurement. `text` is the value exactly as in the source, or converted to the unit of the series.

    `source` is then the value of the source and `unit` its unit; of a point that is not drawn, `unit` is its own.
    """

    at: datetime
    value: float
    text: str
    flag: Flag | None = None
    institution: str = ""
    href: str = ""
    source: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The series, oldest first, with the range that holds today (either end may be None).

    `left_out` counts the values of the period that are not among the points (present/thinning.py). `apart` are those in
    a unit that cannot be converted into that of the series: in the table, not in the drawing.
    """

    title: str
    unit: str
    points: Sequence[Point]
    low: float | None = None
    high: float | None = None
    left_out: int = 0
    apart: Sequence[Point] = ()

    @property
    def apart_units(self) -> tuple[tuple[str, int], ...]:
        """The units that are not drawn, each with the number of its values."""
        return tuple(Counter(point.unit for point in self.apart).items())


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A point at x per cent and y px."""

    point: Point
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A straight piece of the line between two points."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A mark on an axis: px from the top for values, per cent for time."""

    place: float
    label: str


@dataclass(frozen=True, kw_only=True)
class TrendDrawing:
    """Everything the template writes out. `band` is (top, height) in px, or None without a range."""

    trend: Trend
    placed: tuple[Placed, ...]
    segments: tuple[Segment, ...]
    band: tuple[float, float] | None
    levels: tuple[Tick, ...]
    times: tuple[Tick, ...]
    height: int = HEIGHT

    @property
    def newest_first(self) -> tuple[Point, ...]:
        """The rows of the table that says the same."""
        every = (*self.trend.points, *self.trend.apart)
        return tuple(sorted(every, key=lambda point: point.at, reverse=True))


def draw_trend(trend: Trend) -> TrendDrawing | None:
    """Place the series; None when it has no point (the caller then says "nothing recorded")."""
    if not trend.points:
        return None
    ends = [end for end in (trend.low, trend.high) if end is not None]
    values = [point.value for point in trend.points]
    bottom, top, step = _nice(min([*values, *ends]), max([*values, *ends]))
    start, length = _period(trend.points)

    def y(value: float) -> float:
        return round((top - value) / (top - bottom) * HEIGHT, 1)

    def x(at: datetime) -> float:
        return round(2 + (at - start) / length * 96, 2)

    placed = tuple(Placed(point=point, x=x(point.at), y=y(point.value)) for point in trend.points)
    band_top = y(trend.high) if trend.high is not None else 0.0
    band_end = y(trend.low) if trend.low is not None else float(HEIGHT)
    return TrendDrawing(
        trend=trend,
        placed=placed,
        segments=tuple(Segment(x1=a.x, y1=a.y, x2=b.x, y2=b.y) for a, b in pairwise(placed)),
        band=(band_top, round(band_end - band_top, 1)) if ends else None,
        levels=tuple(
            Tick(place=y(bottom + index * step), label=_plain(bottom + index * step, step=step))
            for index in range(round((top - bottom) / step) + 1)
        ),
        times=_times(start, length),
    )


def _nice(low: float, high: float) -> tuple[float, float, float]:
    """Round the ends outwards to a step of 1, 2 or 5 times a power of ten, with three to six steps."""
    span = (high - low) or abs(high) or 1.0
    raw = max(span / 4, 1e-300)  # the smallest numbers there are would round to a step of nothing
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    return math.floor(low / step) * step, math.ceil(high / step + 1e-9) * step, step


def _plain(level: float, *, step: float) -> str:
    digits = max(0, -math.floor(math.log10(step)))
    return f"{level:.{digits}f}"


def _period(points: Sequence[Point]) -> tuple[datetime, timedelta]:
    start, end = points[0].at, points[-1].at
    if end - start < timedelta(days=1):  # one visit: a day around it
        return start - timedelta(hours=12), timedelta(days=1)
    return start, end - start


def _times(start: datetime, length: timedelta) -> tuple[Tick, ...]:
    end = start + length
    if length > timedelta(days=730):
        every = math.ceil((end.year - start.year) / MAX_LABELS) or 1
        marks = [
            (start.replace(year=year, month=1, day=1), str(year))
            for year in range(start.year + 1, end.year + 1, every)
        ]
    else:
        part = length / MAX_LABELS
        pattern = "%d.%m.%y" if length > timedelta(days=2) else "%H:%M"
        moments = [start + part * (index + 0.5) for index in range(MAX_LABELS)]
        marks = [(moment, moment.strftime(pattern)) for moment in moments]
    return tuple(Tick(place=round(2 + (at - start) / length * 96, 2), label=label) for at, label in marks)
