"""A long series made short enough to be drawn and read: what stands out is kept, and the page says that some are left out."""

from collections.abc import Sequence
from datetime import timedelta

from unidossier.gate.door import Row

SLOTS = 80  # stretches of equal time
MOST = 2 * SLOTS  # values that a chart of 320 px to 1200 px still shows apart


def thinned(lines: Sequence[Row]) -> list[Row]:
    """Return at most about `MOST` lines, oldest first: of each stretch of time the lowest and the highest, and the newest of all.

    A series that fits is returned whole. `lines` are oldest first, each with clinical_at and value_num.
    """
    if len(lines) <= MOST:
        return list(lines)
    begin = lines[0]["clinical_at"]
    width = max((lines[-1]["clinical_at"] - begin) / SLOTS, timedelta(microseconds=1))
    slots: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        slots.setdefault(int((line["clinical_at"] - begin) / width), []).append(place)
    kept = {len(lines) - 1}
    for places in slots.values():
        kept |= {
            min(places, key=lambda place: lines[place]["value_num"]),
            max(places, key=lambda place: lines[place]["value_num"]),
        }
    return [lines[place] for place in sorted(kept)]
