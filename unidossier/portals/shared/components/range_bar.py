"""A value in its reference range, as a bar: the band is the range, the mark is the value."""

from __future__ import annotations

from dataclasses import dataclass

from .item import Value
from .sparkline import is_outside

BAND = (
    30.0,
    70.0,
)  # per cent: where the range lies when both ends are known; the rest is room for what is outside


@dataclass(frozen=True, kw_only=True)
class RangeDrawing:
    """Positions in per cent of the bar's width."""

    band_start: float
    band_width: float
    mark: float
    is_out: bool


def draw_range(value: Value) -> RangeDrawing | None:
    """Place a value in its bar; None when there is no number or no range to place it in."""
    if value.number is None or (value.low is None and value.high is None):
        return None
    number = float(value.number)
    low = None if value.low is None else float(value.low)
    high = None if value.high is None else float(value.high)
    start, end = BAND
    if low is not None and high is not None and high > low:
        mark = start + (number - low) / (high - low) * (end - start)
    elif high is not None:  # "below 5": the band begins at the left edge
        start = 0.0
        mark = number / high * end if high else 50.0
    else:
        end = 100.0
        mark = start + (number - (low or 0)) / (abs(low or 1.0)) * (end - start) / 2
    return RangeDrawing(
        band_start=start,
        band_width=end - start,
        mark=round(min(97.0, max(3.0, mark)), 1),
        is_out=is_outside(number, low=low, high=high),
    )
