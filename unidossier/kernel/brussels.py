"""The civil time of the record: Europe/Brussels. Instants are always aware; a naive datetime is an error."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class NaiveDatetime(ValueError):
    """A datetime without a time zone was given where an instant is needed."""


def require_aware(instant: datetime) -> datetime:
    """Give `instant` back unchanged; raise NaiveDatetime when it has no time zone."""
    if instant.utcoffset() is None:
        raise NaiveDatetime(f"{instant.isoformat()} has no time zone; give an aware datetime")
    return instant


def localize(wall: datetime) -> datetime:
    """Read the naive wall-clock time `wall` as Brussels time.

    Same choices as PostgreSQL, which decides on the same instants: a time skipped in spring moves one hour
    on, a time that comes twice in autumn is the second one (winter time).
    """
    first, second = (wall.replace(tzinfo=BRUSSELS, fold=fold) for fold in (0, 1))
    comes_twice = first.astimezone(UTC) < second.astimezone(UTC)
    chosen = second if comes_twice else first
    return chosen.astimezone(UTC).astimezone(BRUSSELS)


def midnight(day: date) -> datetime:
    """Return the first instant of `day` in Brussels."""
    return localize(datetime.combine(day, time()))


def last_day(end: datetime) -> date:
    """Return the last day in Brussels before `end`, which is exclusive (ACD-4): what ends at midnight lasts until the day before."""
    return (require_aware(end) - timedelta(microseconds=1)).astimezone(BRUSSELS).date()
