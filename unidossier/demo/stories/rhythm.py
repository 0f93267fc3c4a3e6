"""How often things come back."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from unidossier.demo.when import workday


def every(rng: Random, start: date, end: date, *, days: int, jitter: int = 7) -> Iterator[date]:
    """Working days from `start` to `end` (exclusive), about `days` apart."""
    day = start
    while day < end:
        yield min(workday(day), end)
        day += timedelta(days=max(days + rng.randint(-jitter, jitter), 1))


def share(day: date, start: date, end: date) -> float:
    """How far `day` lies between `start` (0) and `end` (1): the clock of a slow disease."""
    return (day - start).days / max((end - start).days, 1)


def slow(start: date, end: date, first: float, last: float, *, bend: float = 1.0) -> list[tuple[date, float]]:
    """Points from `first` to `last`; with a `bend` above 1 most of the way is made near the end."""
    days = [start + (end - start) * step / 8 for step in range(9)]
    return [(day, first + (last - first) * share(day, start, end) ** bend) for day in dict.fromkeys(days)]
