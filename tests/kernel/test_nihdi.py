"""NIHDI numbers: both check series, both lengths, and who is the same holder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.kernel.nihdi import (
    InvalidNihdi,
    Nihdi,
    NotDigits,
    WrongCheckDigits,
    WrongLength,
)


@pytest.mark.parametrize(
    "digits", ["10123434", "10123448", "40012302", "40012321", "10123434004", "10123448730"]
)
def test_known_numbers_of_both_series_are_read(digits):
    number = Nihdi.parse(digits)
    assert number.digits == digits
    assert number.identity == digits[:8]
    assert number.competence == (digits[8:] or None)


def test_punctuation_is_accepted_and_told_in_the_usual_form():
    assert Nihdi.parse("1/01234/34/004").formatted == "1-01234-34-004"
    assert Nihdi.parse("1-01234-34").formatted == "1-01234-34"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("", NotDigits, id="nothing"),
        pytest.param("1012343A", NotDigits, id="a letter"),
        pytest.param("101234", WrongLength, id="six digits are no identity"),
        pytest.param("101234340", WrongLength, id="nine digits"),
        pytest.param("101234340040", WrongLength, id="twelve digits"),
        pytest.param("10123435", WrongCheckDigits, id="between the series"),
        pytest.param("10123500004", WrongCheckDigits, id="no check digits"),
    ],
)
def test_each_fault_has_its_own_error(text, error):
    with pytest.raises(error):
        Nihdi.parse(text)


def test_the_holder_is_known_by_eight_digits():
    gp = Nihdi.parse("10123434004")
    assert gp.same_holder(Nihdi.parse("10123434730")), "a new recognition is the same person"
    assert gp.same_holder(Nihdi.parse("10123434"))
    assert not gp.same_holder(Nihdi.parse("10123448004")), (
        "the same six digits in the other series are somebody else"
    )


@given(st.integers(0, 999_999), st.integers(0, 99))
def test_exactly_the_two_series_pass(sequence, check):
    six = f"{sequence:06}"
    expected = check in (97 - sequence % 97, 89 - sequence % 89)
    try:
        Nihdi.parse(f"{six}{check:02}")
        assert expected
    except InvalidNihdi:
        assert not expected
