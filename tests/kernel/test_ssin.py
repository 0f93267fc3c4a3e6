"""National and BIS numbers: known numbers, an independent reader of the same numbers, and each refusal."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import bis, nn

from unidossier.kernel.ssin import (
    ImpossibleDate,
    InvalidSsin,
    NotDigits,
    Ssin,
    SsinKind,
    WrongCheckDigits,
    WrongLength,
    check_digits,
)

VECTORS = [
    ("85073003328", 1900, SsinKind.NATIONAL),
    ("17073003384", 2000, SsinKind.NATIONAL),
    ("98472899765", 1900, SsinKind.BIS),
    ("01490700185", 2000, SsinKind.BIS),
    ("93051822361", 1900, SsinKind.NATIONAL),
    ("00010100105", 2000, SsinKind.NATIONAL),
    ("00010100173", 1900, SsinKind.NATIONAL),
]


@pytest.mark.parametrize(("digits", "century", "kind"), VECTORS)
def test_known_numbers_are_read(digits, century, kind):
    number = Ssin.parse(digits)
    assert (number.digits, number.century, number.kind) == (digits, century, kind)


@pytest.mark.parametrize(("digits", "century", "kind"), VECTORS)
def test_one_wrong_digit_is_found(digits, century, kind):
    # The weights are powers of ten modulo a prime: a single wrong digit always changes the check in its own
    # century. In the other century it may fit by chance, so such a number must then tell the other century.
    for place in range(11):
        for digit in set("0123456789") - {digits[place]}:
            wrong = digits[:place] + digit + digits[place + 1 :]
            try:
                assert Ssin.parse(wrong).century != century
            except InvalidSsin:
                continue


@pytest.mark.parametrize(
    "text",
    ["85.07.30-033.28", "850730-033-28", " 85 07 30 033 28 ", "85.07.30/033.28", "85\u00a007\u202f30 03328"],
)
def test_usual_punctuation_is_accepted_and_told_in_the_usual_form(text):
    assert Ssin.parse(text).formatted == "85.07.30-033.28"
    assert str(Ssin.parse(text)) == "85073003328"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("", NotDigits, id="nothing"),
        pytest.param("8507300332X", NotDigits, id="a letter"),
        pytest.param("٨٥٠٧٣٠٠٣٣٢٨", NotDigits, id="digits of another script"),
        pytest.param("8507300332", WrongLength, id="ten digits"),
        pytest.param("850730033280", WrongLength, id="twelve digits"),
        pytest.param("85133003328", ImpossibleDate, id="month 13"),
        pytest.param("85333003328", ImpossibleDate, id="month 33"),
        pytest.param("85533003328", ImpossibleDate, id="month 53"),
        pytest.param("85073203328", ImpossibleDate, id="day 32"),
        pytest.param("85073003329", WrongCheckDigits, id="check digits"),
    ],
)
def test_each_fault_has_its_own_error(text, error):
    with pytest.raises(error) as raised:
        Ssin.parse(text)
    assert not text or text not in str(raised.value), "a message must never repeat the number"


def test_neither_birth_date_nor_sex_is_offered():
    public = {name for name in dir(Ssin.parse("85073003328")) if not name.startswith("_")}
    assert public == {"parse", "digits", "century", "kind", "formatted"}


@st.composite
def numbers(draw):
    """Numbers near the truth: plausible parts, right check digits of either century or of none."""
    year = draw(st.integers(0, 99))
    month = draw(st.sampled_from([0, 1, 2, 6, 12, 13, 19, 20, 21, 32, 33, 39, 40, 41, 52, 53, 99]))
    day = draw(st.integers(0, 31))
    nine = f"{year:02}{month:02}{day:02}{draw(st.integers(0, 999)):03}"
    checks = [check_digits(nine, century=century) for century in (1900, 2000)] + [
        f"{draw(st.integers(0, 99)):02}"
    ]
    return nine + draw(st.sampled_from(checks))


@given(numbers())
def test_agrees_with_an_independent_reader(digits):
    try:
        ours = Ssin.parse(digits)
    except InvalidSsin:
        assert not nn.is_valid(digits)
        assert not bis.is_valid(digits)
        return
    # The other reader knows today's year and refuses births after it; this one has no clock.
    if ours.century == 2000 and 2000 + int(digits[:2]) > datetime.now(UTC).year:
        return
    assert nn.is_valid(digits) == (ours.kind is SsinKind.NATIONAL)
    assert bis.is_valid(digits) == (ours.kind is SsinKind.BIS)
    assert (nn if ours.kind is SsinKind.NATIONAL else bis).format(digits) == ours.formatted


@given(st.integers(0, 999_999_999))
def test_no_number_fits_both_centuries(first_nine):
    nine = f"{first_nine:09}"
    assert check_digits(nine, century=1900) != check_digits(nine, century=2000)
