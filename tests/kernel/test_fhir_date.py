"""FHIR dates: what each precision covers, and what the calendar does not have."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.brussels import BRUSSELS
from unidossier.kernel.fhir_date import (
    FIRST,
    LAST,
    InvalidFhirDate,
    Precision,
    parse,
    period_of,
    searched_period,
)

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
        "0000", "10000", "9999-13-01", "9999-02-29", "0001-01-01T25:00:00Z", "٢٠٢٤", "2024\n", "1900-02-29",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    with pytest.raises(InvalidFhirDate):
        parse(text)


@pytest.mark.parametrize(
    "text", ["9999", "9999-12", "9999-12-31", "9999-12-31T23:59:60-14:00", "9999-12-31T23:59:59Z"]
)
def test_the_last_year_is_one_instant_that_every_zone_has(text):
    assert parse(text).start == LAST
    assert LAST.astimezone(BRUSSELS).year == 9999
    assert period_of(text).start == LAST < period_of(text).end
    assert period_of("9998-12-31").end <= LAST


@pytest.mark.parametrize("text", ["0001", "0001-01-01", "0001-01-01T00:00:00+14:00"])
def test_the_first_year_is_one_instant_that_every_zone_has(text):
    assert parse(text).start == FIRST < parse("0002").start
    assert FIRST.astimezone(BRUSSELS).year == 1


@pytest.mark.parametrize(
    ("text", "start", "seconds"),
    [
        ("2026-07-01T10:00", "2026-07-01T08:00:00Z", 60),
        ("2026-01-01T10:00", "2026-01-01T09:00:00Z", 60),
        ("2026-07-01T10:00:30", "2026-07-01T08:00:30Z", 1),
        ("2026-07-01T10:00Z", "2026-07-01T10:00:00Z", 60),
        ("2026-07-01T10:00+05:30", "2026-07-01T04:30:00Z", 60),
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z", 1),
    ],
)
def test_a_search_may_leave_out_seconds_and_zone(text, start, seconds):
    found = searched_period(text)
    assert found.start == datetime.fromisoformat(start)
    assert (found.end - found.start).total_seconds() == seconds


@pytest.mark.parametrize(
    "text", ["2026-07-01T10", "2026-07-01T25:00", "2026-02-30T10:00", "2026-07-01T10:60"]
)
def test_a_search_refuses_what_is_no_time(text):
    with pytest.raises(InvalidFhirDate):
        searched_period(text)


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
