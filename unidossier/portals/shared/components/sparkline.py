"""The small line beside a value: positions only, so that the template needs no style and no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 64  # px
HEIGHT = 18  # px
MARGIN = 3  # px: room for the last point's dot


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """The last values of a series, oldest first, and its reference range (either end may be None)."""

    values: Sequence[float]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class SparklineDrawing:
    """The same in pixels: the points of the line as SVG text, the last point, and the band or None."""

    points: str
    last_x: float
    last_y: float
    band_top: float | None
    band_height: float
    is_out: bool


def draw_sparkline(series: Sparkline) -> SparklineDrawing | None:
    """Place the series in a box of WIDTH x HEIGHT pixels; None for fewer than two values."""
    if len(series.values) < 2:
        return None
    ends = [float(end) for end in (series.low, series.high) if end is not None]
    values = [float(value) for value in series.values]
    bottom, top = min([*values, *ends]), max([*values, *ends])
    span = (top - bottom) or 1.0

    def y(value: float) -> float:
        return round(MARGIN + (top - value) / span * (HEIGHT - 2 * MARGIN), 1)

    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    places = [(round(MARGIN + index * step, 1), y(value)) for index, value in enumerate(values)]
    high = y(float(series.high)) if series.high is not None else 0.0
    low = y(float(series.low)) if series.low is not None else float(HEIGHT)
    return SparklineDrawing(
        points=" ".join(f"{x},{level}" for x, level in places),
        last_x=places[-1][0],
        last_y=places[-1][1],
        band_top=high if ends else None,
        band_height=round(low - high, 1),
        is_out=is_outside(values[-1], low=series.low, high=series.high),
    )


def is_outside(value: float, *, low: float | None, high: float | None) -> bool:
    """Tell whether the value lies outside its reference range; an open end never excludes."""
    return (low is not None and value < float(low)) or (high is not None and value > float(high))
