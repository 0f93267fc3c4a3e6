"""Clock times in Belgium as aware instants, and ages."""

from datetime import date, datetime, timedelta

from unidossier.kernel.brussels import localize


def instant(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """The aware instant of a Belgian clock time on `day`."""
    return localize(datetime(day.year, day.month, day.day, hour, minute))  # noqa: DTZ001  localize makes it aware


def years_before(day: date, years: int) -> date:
    """The same calendar day `years` earlier; 29 February becomes the 28th."""
    short = day.month == 2 and day.day == 29
    return day.replace(year=day.year - years, day=28 if short else day.day)


def age_on(birth: date, day: date) -> int:
    """Completed years of life on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def workday(day: date) -> date:
    """`day`, or the Monday after it when it falls in a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= 5 else day
