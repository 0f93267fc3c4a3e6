"""A thinned series keeps what a reader must not miss (MY-4)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from unidossier.portals.shared.present.thinning import MOST, SLOTS, thinned

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)


def series(*values: tuple[int, int]) -> list[dict]:
    """Lines as the record gives them, from (minutes since the beginning, value), oldest first."""
    return [
        {"clinical_at": BEGIN + timedelta(minutes=at), "value_num": value} for at, value in sorted(values)
    ]


def test_a_series_that_fits_is_whole() -> None:
    lines = series(*((at, at) for at in range(MOST)))
    assert thinned(lines) == lines


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(-50, 50)), min_size=MOST + 1, max_size=600))
def test_extremes_and_the_newest_stay_and_the_rest_is_few(values: list[tuple[int, int]]) -> None:
    lines = series(*values)
    kept = thinned(lines)
    assert len(kept) <= MOST + 3
    assert kept == sorted(kept, key=lambda line: line["clinical_at"])
    assert kept[-1] is lines[-1]
    told = [line["value_num"] for line in lines]
    shown = [line["value_num"] for line in kept]
    assert (min(shown), max(shown)) == (min(told), max(told))


def test_one_value_out_of_line_among_thousands_is_kept() -> None:
    lines = series(*((at, 70) for at in range(5_000)))
    lines[2_345]["value_num"] = 180
    assert lines[2_345] in thinned(lines)


def test_values_of_one_moment_do_not_fail() -> None:
    assert 1 <= len(thinned(series(*((0, at) for at in range(SLOTS * 4))))) <= MOST
