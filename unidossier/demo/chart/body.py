"""One body per patient: what is measured in him on any day, whoever measures it.

Every laboratory, ward and practice asks here, so that two values of one day agree. A long illness bends a value by a
course, an acute one by an episode. All values are in the unit of codes/laboratory.tsv and codes/vitals.tsv.
"""

import hashlib
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from statistics import NormalDist

from unidossier.demo.codes import rows

Point = tuple[date, float]

_MEN = {"haemoglobin": 1.0, "creatinine": 0.13, "ferritin": 40.0, "systolic": 3.0}
_DAY_TO_DAY = 0.06  # of a value of a day, at most this share: what two tubes of neighbouring days may differ
_MONTHS = 91  # days between two nodes of the slow wandering of a value
_NORMAL = NormalDist()


class NothingMeasured(LookupError):
    """No table has a measurement of that name."""


@dataclass(frozen=True)
class _Spread:
    mean: float
    between: float  # from person to person
    within: float  # in one person, from day to day


@cache
def _spreads() -> dict[str, _Spread]:
    return {
        row["key"]: _Spread(*(float(row[name]) for name in ("mean", "between", "within")))
        for table in ("laboratory", "vitals")
        for row in rows(table)
    }


@dataclass(frozen=True)
class _Line:
    """Straight lines between points; it takes `lead` days to come up and `back` days to go (None: it stays)."""

    days: tuple[int, ...]
    values: tuple[float, ...]
    lead: int
    back: int | None

    def at(self, day: int) -> float:
        right = bisect_right(self.days, day)
        if right in (0, len(self.days)):
            return self.values[min(right, len(self.days) - 1)]
        left = right - 1
        part = (day - self.days[left]) / (self.days[right] - self.days[left])
        return self.values[left] + (self.values[right] - self.values[left]) * part

    def weight(self, day: int) -> float:
        """How much of it shows on `day`: 0 not yet or no more, 1 wholly."""
        before, after = self.days[0] - day, day - self.days[-1]
        if before > 0:
            return max(1 - before / (self.lead + 1), 0)
        if after > 0 and self.back is not None:
            return max(1 - after / (self.back + 1), 0)
        return 1


def _line(points: Sequence[Point], lead: int, back: int | None) -> _Line:
    return _Line(tuple(day.toordinal() for day, _ in points), tuple(value for _, value in points), lead, back)


@dataclass
class Body:
    """The measurements of one patient. The same seed gives the same values, in whatever order they are asked."""

    seed: str
    male: bool
    usual: dict[str, float] = field(default_factory=dict)  # what is fixed from outside, e.g. weight
    _courses: dict[str, dict[str, _Line]] = field(default_factory=dict)
    _episodes: dict[str, list[_Line]] = field(default_factory=dict)

    def course(self, illness: str, key: str, *points: Point, lead_days: int = 700) -> None:
        """A long illness carries `key` along `points` (rising days) and leaves it there.

        Of several illnesses the one that carries farthest from what is usual shows.
        """
        self._courses.setdefault(key, {})[illness] = _line(points, lead_days, None)

    def episode(self, key: str, *points: Point, lead_days: int = 0, back_days: int = 14) -> None:
        """An acute illness carries `key` along `points`; before and after it is what the courses say."""
        self._episodes.setdefault(key, []).append(_line(points, lead_days, back_days))

    def drawn(self, name: str, mean: float, spread: float) -> float:
        """A number of this patient's own, e.g. how ill he gets: normal, never farther than two and a half spreads."""
        return mean + spread * self._draw(name)

    def level(self, key: str) -> float:
        """What is usual for this patient all his life. Raises NothingMeasured."""
        if key not in self.usual:
            spread = self._spread(key)
            mean = spread.mean + (_MEN.get(key, 0) if self.male else 0)
            self.usual[key] = self.drawn(f"level:{key}", mean, spread.between)
        return self.usual[key]

    def steady(self, key: str, day: date) -> float:
        """What the courses of long illnesses make of `key` on `day`, without episodes and chance."""
        number, usual = day.toordinal(), self.level(key)
        farthest, distance = usual, 0.0
        for line in self._courses.get(key, {}).values():
            value = usual + (line.at(number) - usual) * line.weight(number)
            away = abs(math.log(max(value, 1e-6) / usual))
            if away > distance:
                farthest, distance = value, away
        return farthest

    def value(self, key: str, moment: date) -> float:
        """What is measured: a date gives the value of that day, a datetime one that changes with the hour."""
        day = moment.date() if isinstance(moment, datetime) else moment
        number, value = day.toordinal(), self.steady(key, day)
        for line in self._episodes.get(key, ()):
            value += (line.at(number) - value) * line.weight(number)
        spread = self._spread(key)
        share = spread.within / spread.mean
        if not isinstance(moment, datetime):
            share = min(share, _DAY_TO_DAY)
        chance = self._wandering(key, number) + self._draw(f"{key}:{moment.isoformat()}")
        return value * (1 + share * chance / 2)

    def _wandering(self, key: str, number: int) -> float:
        node, part = divmod(number, _MONTHS)
        low, high = self._draw(f"{key}:node:{node}"), self._draw(f"{key}:node:{node + 1}")
        return low + (high - low) * part / _MONTHS

    def _spread(self, key: str) -> _Spread:
        if key not in _spreads():
            raise NothingMeasured(key)
        return _spreads()[key]

    def _draw(self, name: str) -> float:
        digest = hashlib.blake2b(f"{self.seed}:{name}".encode(), digest_size=6).digest()
        share = (int.from_bytes(digest) + 0.5) / 2**48
        return max(-2.5, min(2.5, _NORMAL.inv_cdf(share)))
