"""The geometry of the drawn components."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.portals.shared.components.item import Value
from unidossier.portals.shared.components.range_bar import draw_range
from unidossier.portals.shared.components.relation import Relation
from unidossier.portals.shared.components.ribbon import HEIGHT, draw_ribbon
from unidossier.portals.shared.components.sparkline import Sparkline, draw_sparkline
from unidossier.portals.shared.components.trend import HEIGHT as PLOT
from unidossier.portals.shared.components.trend import Point, Trend, draw_trend

NOW = datetime(2026, 3, 1, tzinfo=UTC)
numbers = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Value(text="3", number=3, low=2, high=4), 50, id="in the middle of the range"),
        pytest.param(Value(text="2", number=2, low=2, high=4), 30, id="at the low end of the band"),
        pytest.param(Value(text="4", number=4, low=2, high=4), 70, id="at the high end of the band"),
        pytest.param(Value(text="99", number=99, low=2, high=4), 97, id="far outside stays in the bar"),
    ],
)
def test_mark_lies_where_the_value_lies(value: Value, expected: float) -> None:
    drawn = draw_range(value)
    assert drawn is not None
    assert drawn.mark == expected
    assert drawn.is_out is (expected == 97)


@pytest.mark.parametrize("value", [Value(text="neg"), Value(text="5", number=5)])
def test_without_number_or_range_there_is_no_bar(value: Value) -> None:
    assert draw_range(value) is None


@given(number=numbers, low=numbers, high=numbers)
def test_mark_is_always_inside_the_bar(number: float, low: float, high: float) -> None:
    drawn = draw_range(Value(text="x", number=number, low=low, high=high))
    assert drawn is not None and 3 <= drawn.mark <= 97


@given(values=st.lists(numbers, min_size=2, max_size=30))
def test_sparkline_stays_in_its_box(values: list[float]) -> None:
    drawn = draw_sparkline(Sparkline(values=values))
    assert drawn is not None
    assert all(0 <= float(part) <= 64 for point in drawn.points.split() for part in point.split(","))


def test_one_value_is_no_line() -> None:
    assert draw_sparkline(Sparkline(values=[1.0])) is None


def test_ribbon_shows_every_item_and_every_year() -> None:
    ribbon = draw_ribbon(
        [(2001, "laboratory", 800), (2001, "letter", 1), (2020, "agenda", 3)], last_year=2026
    )
    assert (ribbon.first, ribbon.last, ribbon.total) == (2001, 2026, 804)
    assert len(ribbon.years) == 26
    letter = ribbon.years[0].pieces[0]
    assert letter.group == "documents" and letter.height >= 2
    assert ribbon.groups == ("documents", "results", "other")


def test_chosen_period_marks_its_years_and_no_other() -> None:
    ribbon = draw_ribbon([(2001, "letter", 1)], last_year=2026, from_year=2010, to_year=2012)
    assert [year.year for year in ribbon.years if year.is_chosen] == [2010, 2011, 2012]


@given(
    st.lists(
        st.tuples(st.integers(1930, 2026), st.sampled_from(["letter", "imaging", "x"]), st.integers(1, 5000))
    )
)
def test_strokes_stay_in_the_ribbon(counted: list[tuple[int, str, int]]) -> None:
    ribbon = draw_ribbon(counted, last_year=2026)
    assert ribbon.total == sum(number for _, _, number in counted)
    pieces = [piece for year in ribbon.years for piece in year.pieces]
    assert all(piece.top >= -0.01 and piece.top + piece.height <= HEIGHT + 0.01 for piece in pieces)
    assert ribbon.years[-1].x + ribbon.years[-1].width == pytest.approx(100, abs=0.1)


def _trend(values: list[float], **ends: float) -> Trend:
    points = [
        Point(at=NOW + timedelta(days=30 * place), value=v, text=str(v)) for place, v in enumerate(values)
    ]
    return Trend(title="Potassium", unit="mmol/l", points=points, **ends)


def test_trend_band_spans_the_reference_range() -> None:
    drawn = draw_trend(_trend([4.0, 5.0], low=3.5, high=5.1))
    assert drawn is not None and drawn.band is not None
    top, height = drawn.band
    assert top < drawn.placed[1].y < drawn.placed[0].y < top + height


def test_trend_of_nothing_is_nothing() -> None:
    assert draw_trend(_trend([])) is None


@given(st.lists(numbers, min_size=1, max_size=20))
def test_trend_points_stay_in_the_plot(values: list[float]) -> None:
    drawn = draw_trend(_trend(values))
    assert drawn is not None
    assert all(0 <= placed.x <= 100 and -0.5 <= placed.y <= PLOT + 0.5 for placed in drawn.placed)
    assert 2 <= len(drawn.levels) <= 8


@pytest.mark.parametrize(
    ("days", "share", "is_ending"),
    [
        pytest.param(100, 100.0, False, id="at its start"),
        pytest.param(50, 50.0, False, id="half way"),
        pytest.param(30, 30.0, True, id="30 days before its end"),
        pytest.param(31, 31.0, False, id="31 days before its end"),
        pytest.param(0, 0.0, True, id="at its end: the end is excluded"),
    ],
)
def test_bar_runs_out(days: int, share: float, is_ending: bool) -> None:  # CON-12
    until = NOW + timedelta(days=days)
    relation = Relation(name="x", why="y", at=NOW, since=until - timedelta(days=100), until=until)
    assert (relation.share_left, relation.is_ending) == (share, is_ending)
