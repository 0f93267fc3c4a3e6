"""Half-open periods of time, and calendar arithmetic in Brussels time (rules ACD-4, CON-7, REP-1)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from unidossier.kernel.brussels import BRUSSELS, localize, midnight, require_aware


class EmptyPeriod(ValueError):
    """The end of a period is not after its start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """From `start` (included) to `end` (excluded; None = open). Both aware.

    Raises NaiveDatetime or EmptyPeriod when made.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(self.start)
        if self.end is None:
            return
        if require_aware(self.end) <= self.start:
            raise EmptyPeriod("a period must end after it starts; its end is excluded")

    def contains(self, instant: datetime) -> bool:
        """Tell whether `instant` lies in the period: its start does, its end does not."""
        require_aware(instant)
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether some instant lies in both; periods that only touch do not overlap."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)


def add_months(instant: datetime, months: int) -> datetime:
    """Return the same Brussels wall-clock time `months` calendar months later (earlier when negative).

    A day that the month lacks becomes its last day: 31 January + 1 month = 28 or 29 February.
    Equal to PostgreSQL's `timestamptz + interval` in a session of time zone Europe/Brussels.
    """
    wall = require_aware(instant).astimezone(BRUSSELS).replace(tzinfo=None)
    day = _shifted(wall.date(), months=months)
    return localize(datetime.combine(day, wall.time()))


def birthday(born: date, *, years: int) -> datetime:
    """Return the instant at which somebody born on `born` becomes `years` years old: midnight in Brussels.

    Rules REP-1 and REP-2 (15 years). Born on 29 February: 1 March in a common year, for only then are the years
    full; `gate.age_of` decides the same.
    """
    return midnight(_anniversary(born, years=years))


def age_at(born: date, *, at: datetime) -> int:
    """Return the age in whole years at the instant `at`, as `birthday` counts; negative before birth."""
    today = require_aware(at).astimezone(BRUSSELS).date()
    years = today.year - born.year
    return years if today >= _anniversary(born, years=years) else years - 1


def _anniversary(born: date, *, years: int) -> date:
    day = _shifted(born, months=12 * years)
    return day + timedelta(days=1) if day.day < born.day else day


def _shifted(day: date, *, months: int) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))
