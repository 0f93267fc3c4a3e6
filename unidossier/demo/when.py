"""Belgian wall-clock time as aware instants, without a time-zone database on the machine."""

from datetime import date, datetime, timedelta, timezone

WINTER = timezone(timedelta(hours=1))
SUMMER = timezone(timedelta(hours=2))
_summers: dict[int, tuple[date, date]] = {}


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _offset(day: date) -> timezone:
    # Directive 2000/84/EC: last Sunday of March to last Sunday of October; before 1996 we keep the same rule,
    # because no demo item depends on one hour in those years.
    if day.year not in _summers:
        _summers[day.year] = (_last_sunday(day.year, 3), _last_sunday(day.year, 10))
    start, end = _summers[day.year]
    return SUMMER if start <= day < end else WINTER


def instant(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """The aware instant of a Belgian clock time on `day`. Hours 0-23; never used between 2 and 3 at night."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=_offset(day))


def years_before(day: date, years: int) -> date:
    """The same calendar day `years` earlier; 29 February becomes the 28th."""
    return (
        day.replace(year=day.year - years, day=min(day.day, 28))
        if day.month == 2
        else day.replace(year=day.year - years)
    )


def age_on(birth: date, day: date) -> int:
    """Completed years of life on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def workday(day: date) -> date:
    """`day`, or the Monday after it when it falls in a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day
