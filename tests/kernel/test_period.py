"""Periods and calendar arithmetic at their edges: ends, short months, leap days, clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.brussels import BRUSSELS, NaiveDatetime, last_day, localize, midnight
from unidossier.kernel.period import EmptyPeriod, Period, add_months, age_at, birthday

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
END = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
WALL = datetime.min  # noqa: DTZ901  # a wall-clock time, without zone on purpose


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        pytest.param(START - INSTANT, False, id="just before"),
        pytest.param(START, True, id="the start is in"),
        pytest.param(END - INSTANT, True, id="just before the end"),
        pytest.param(END, False, id="the end is out"),
    ],
)
def test_a_period_is_half_open(at, inside):
    assert Period(start=START, end=END).contains(at) is inside


@pytest.mark.parametrize(
    ("end", "last"),
    [
        pytest.param(
            brussels(2026, 4, 13), date(2026, 4, 12), id="midnight belongs to the day that it begins"
        ),
        pytest.param(brussels(2026, 4, 13, 0, 1), date(2026, 4, 13), id="a minute later is that day"),
        pytest.param(
            datetime(2026, 4, 12, 22, tzinfo=UTC), date(2026, 4, 12), id="midnight told in another zone"
        ),
    ],
)
def test_an_end_is_told_by_its_last_day(end, last):  # ACD-4
    assert last_day(end) == last


def test_an_open_period_never_ends():
    assert Period(start=START).contains(datetime(9000, 1, 1, tzinfo=UTC))


def test_periods_that_touch_do_not_overlap():
    first, second = Period(start=START, end=END), Period(start=END)
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert first.overlaps(Period(start=END - INSTANT))


@pytest.mark.parametrize("end", [START, START - INSTANT])
def test_a_period_that_ends_before_it_starts_is_refused(end):
    with pytest.raises(EmptyPeriod):
        Period(start=START, end=end)


def test_naive_times_are_refused_everywhere():
    naive = datetime(2026, 3, 1, 9, 0)  # noqa: DTZ001  # the fault under test
    for attempt in (
        lambda: Period(start=naive),
        lambda: Period(start=START, end=naive),
        lambda: Period(start=START).contains(naive),
        lambda: add_months(naive, 1),
        lambda: age_at(date(2000, 1, 1), at=naive),
    ):
        with pytest.raises(NaiveDatetime):
            attempt()


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        pytest.param(brussels(2026, 1, 31, 10), 1, brussels(2026, 2, 28, 10), id="short month"),
        pytest.param(brussels(2024, 1, 31, 10), 1, brussels(2024, 2, 29, 10), id="leap year"),
        pytest.param(brussels(2024, 2, 29, 10), 12, brussels(2025, 2, 28, 10), id="leap day, a year on"),
        pytest.param(brussels(2026, 11, 15, 10), 3, brussels(2027, 2, 15, 10), id="over the year"),
        pytest.param(brussels(2026, 3, 31, 10), -1, brussels(2026, 2, 28, 10), id="backwards"),
        pytest.param(brussels(2026, 2, 28, 10), 1, brussels(2026, 3, 28, 10), id="same wall time in summer"),
        pytest.param(
            brussels(2026, 2, 28, 2, 30), 13, brussels(2027, 3, 28, 3, 30), id="an hour that spring skips"
        ),
        pytest.param(
            brussels(2026, 9, 25, 2, 30),
            1,
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            id="an hour that autumn repeats",
        ),
        # 23:30 UTC on 31 January is already 1 February in Brussels.
        pytest.param(
            datetime(2026, 1, 31, 23, 30, tzinfo=UTC), 1, brussels(2026, 3, 1, 0, 30), id="Brussels' calendar"
        ),
    ],
)
def test_months_are_those_of_brussels(start, months, expected):
    result = add_months(start, months)
    assert result.astimezone(UTC) == expected.astimezone(UTC)


@pytest.mark.parametrize(
    ("born", "fifteen"),
    [
        pytest.param(date(2011, 6, 15), datetime(2026, 6, 14, 22, 0, tzinfo=UTC), id="summer"),
        pytest.param(date(2011, 1, 1), datetime(2025, 12, 31, 23, 0, tzinfo=UTC), id="winter"),
        pytest.param(date(2012, 2, 29), datetime(2027, 2, 28, 23, 0, tzinfo=UTC), id="leap day: 1 March"),
    ],
)
def test_the_fifteenth_birthday_begins_at_midnight_in_brussels(born, fifteen):  # REP-1
    assert birthday(born, years=15).astimezone(UTC) == fifteen
    assert age_at(born, at=fifteen - INSTANT) == 14
    assert age_at(born, at=fifteen) == 15


def test_a_leap_day_birth_meets_the_leap_day_again():
    assert birthday(date(2008, 2, 29), years=16) == midnight(date(2024, 2, 29))


@given(born=st.dates(date(1900, 1, 1), date(2026, 12, 31)), years=st.integers(0, 110))
def test_age_and_birthday_agree(born, years):
    instant = birthday(born, years=years)
    assert age_at(born, at=instant) == years
    assert age_at(born, at=instant - INSTANT) == years - 1


@given(st.datetimes(WALL.replace(year=1980), WALL.replace(year=2090)), st.integers(-36, 36))
def test_later_starts_never_end_earlier(wall, months):
    start = localize(wall)
    assert add_months(start, months) <= add_months(start + timedelta(days=1), months)
