"""FHIR dates: what each precision covers, and what the calendar does not have."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.fhir_date import InvalidFhirDate, Precision, parse, period_of

WALL = datetime.min  # noqa: DTZ901  # a wall-clock time, without zone on purpose


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2024", "2023-12-31T23:00:00Z", "2024-12-31T23:00:00Z", Precision.YEAR),
        ("2024-02", "2024-01-31T23:00:00Z", "2024-02-29T23:00:00Z", Precision.MONTH),
        ("2024-12", "2024-11-30T23:00:00Z", "2024-12-31T23:00:00Z", Precision.MONTH),
        ("2024-07-01", "2024-06-30T22:00:00Z", "2024-07-01T22:00:00Z", Precision.DAY),
        ("2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z", Precision.DAY),  # 23 hours long
        ("2024-02-29T14:30:00+01:00", "2024-02-29T13:30:00Z", "2024-02-29T13:30:01Z", Precision.SECOND),
        (
            "2024-02-29T14:30:00.25-05:30",
            "2024-02-29T20:00:00.25Z",
            "2024-02-29T20:00:00.26Z",
            Precision.SECOND,
        ),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", "2017-01-01T00:00:01Z", Precision.SECOND),
        (
            "0002",
            "0001-12-31T23:42:30Z",
            "0002-12-31T23:42:30Z",
            Precision.YEAR,
        ),  # before zones: the sun's time
    ],
)
def test_a_date_covers_its_whole_period(text, start, end, precision):
    assert parse(text) == (datetime.fromisoformat(start), precision)
    covered = period_of(text)
    assert (covered.start, covered.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "text",
    [
        "", "24", "2024-1", "2024-13", "2024-00", "2023-02-29", "2024-02-30", "2024-04-31", "20240101",
        "2024-01-01 ",
        "2024-01-01T10:00Z", "2024-01-01T10:00:00", "2024-01-01T24:00:00Z", "2024-01-01T10:60:00Z",
        "2024-01-01T10:00:61Z", "2024-01-01T10:00:00+14:01", "2024-01-01T10:00:00+01:60", "2024-01T10:00:00Z",
        "0000", "0001", "9999", "٢٠٢٤", "2024\n", "1900-02-29",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    with pytest.raises(InvalidFhirDate):
        parse(text)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_every_day_of_the_calendar_begins_at_its_midnight(day):
    start, precision = parse(day.isoformat())
    assert precision is Precision.DAY
    assert start.date() == day
    assert (start - timedelta(seconds=1)).astimezone(UTC) < start.astimezone(UTC)


@given(
    st.datetimes(WALL.replace(year=1900), WALL.replace(year=2100)),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_time_with_zone_keeps_its_instant(wall, minutes):
    sign, size = ("-" if minutes < 0 else "+"), abs(minutes)
    text = f"{wall.isoformat(timespec='microseconds')}{sign}{size // 60:02}:{size % 60:02}"
    assert parse(text).start == datetime.fromisoformat(text)
