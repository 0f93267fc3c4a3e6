"""FHIR date, dateTime and instant as text. hl7.org/fhir/R4/datatypes.html#dateTime

A partial date (`2024`, `2024-02`, `2024-02-29`) has no time zone; it is read as Brussels time.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple

from unidossier.kernel.brussels import localize, midnight
from unidossier.kernel.period import Period


class Precision(StrEnum):
    """How much of the date the sender gave; the shown text must not claim more."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    SECOND = "second"


class FhirDate(NamedTuple):
    """The first instant that the text may mean, and how exact the text is. Unpacks as `start, precision`."""

    start: datetime
    precision: Precision


class InvalidFhirDate(ValueError):
    """The text is no FHIR date or dateTime, or names a day that the calendar does not have."""


_SHAPE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)
_FURTHEST_ZONE = timedelta(hours=14)
FIRST, LAST = datetime(1, 12, 31, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_EDGES = {1: FIRST, 9999: LAST}
_LEAP = 2000  # a year in which every time of day can be tried
_SEARCHED = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def parse(text: str) -> FhirDate:
    """Read a FHIR date, dateTime or instant.

    With a time: the instant in the sender's own offset. Without: the first instant of that day, month or
    year in Europe/Brussels. Fractions beyond microseconds are cut. Second 60 (a leap second) is the start of
    the next minute. Years 0001 and 9999, written for "always", are each one instant (FIRST, LAST): theirs do not
    all exist in every time zone. Raises InvalidFhirDate.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise InvalidFhirDate(
            f"{text[:40]!r} is not a FHIR date; write 2024, 2024-02, 2024-02-29 or 2024-02-29T14:30:00+01:00"
        )
    year, month, day, hour, *_, zone = match.groups()
    try:
        first_day = date(int(year), int(month or 1), int(day or 1))
        edge = _EDGES.get(first_day.year)
        if hour is None:
            return FhirDate(edge or midnight(first_day), _date_precision(month=month, day=day))
        instant = _instant(first_day.replace(year=_LEAP) if edge else first_day, match=match, zone=zone)
        return FhirDate(edge or instant, Precision.SECOND)
    except ValueError as error:
        raise InvalidFhirDate(f"{text[:40]!r} is not in the calendar: {error}") from None


def period_of(text: str) -> Period:
    """Return the half-open period that the text covers: a year, month, day, second, or the fraction given.

    Needed by search (hl7.org/fhir/R4/search.html#date): `2024-02` covers the whole of February in Brussels.
    Raises InvalidFhirDate.
    """
    start, precision = parse(text)
    if start in (FIRST, LAST):
        return Period(start=start, end=start + timedelta(days=1))
    if precision is Precision.SECOND:
        fraction = _SHAPE.fullmatch(text).group(7)  # type: ignore[union-attr]  # parse() matched it
        digits = min(len(fraction), 6) if fraction else 0
        return Period(start=start, end=start + timedelta(microseconds=10 ** (6 - digits)))
    after = {
        Precision.YEAR: (start.year + 1, 1),
        Precision.MONTH: (start.year + start.month // 12, start.month % 12 + 1),
    }.get(precision)
    next_start = date(*after, 1) if after else start.date() + timedelta(days=1)
    return Period(start=start, end=midnight(next_start))


def searched_period(text: str) -> Period:
    """Return the period of a date that is searched: seconds and zone may be missing there (search.html#date), then it is a minute, and in Brussels.

    Raises InvalidFhirDate.
    """
    match = _SEARCHED.fullmatch(text)
    if match is None or (match[2] and match[3]):
        return period_of(text)
    try:
        wall = datetime.fromisoformat(match[1] + (match[2] or ":00")[:7])
    except ValueError as error:
        raise InvalidFhirDate(f"{text[:40]!r} is not in the calendar: {error}") from None
    if match[3]:
        start = parse(f"{match[1]}{match[2] or ':00'}{match[3]}").start
    else:
        start = _EDGES.get(wall.year) or localize(wall)
    return Period(start=start, end=start + timedelta(seconds=1 if match[2] else 60))


def _date_precision(*, month: str | None, day: str | None) -> Precision:
    if day:
        return Precision.DAY
    return Precision.MONTH if month else Precision.YEAR


def _instant(day: date, *, match: re.Match[str], zone: str) -> datetime:
    hour, minute, second = (int(match.group(n)) for n in (4, 5, 6))
    if second > 60:
        raise ValueError("second must be in 0..60")
    fraction = 0 if second == 60 else int((match.group(7) or "0")[:6].ljust(6, "0"))
    base = datetime(
        day.year, day.month, day.day, hour, minute, min(second, 59), fraction, tzinfo=_offset(zone)
    )
    return base + timedelta(seconds=1) if second == 60 else base


def _offset(zone: str) -> timezone:
    if zone == "Z":
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    size = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or size > _FURTHEST_ZONE:
        raise ValueError("the time zone offset must be between -14:00 and +14:00")
    return timezone(-size if zone[0] == "-" else size)
