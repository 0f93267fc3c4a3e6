"""Values of one test in several units are one course where a number alone converts them, and never where it does not."""

from fractions import Fraction

import pytest

from unidossier.terminology import unit
from unidossier.terminology.systems import UCUM
from unidossier.terminology.units import factor
from unidossier.terminology.words import table

CONVERTED = [
    ("g/L", "g/dL", "0.1"),
    ("g/dL", "g/L", "10"),
    ("mg/L", "mg/dL", "0.1"),
    ("µmol/L", "mmol/L", "0.001"),
    ("umol/l", "µmol/L", "1"),
    ("10⁹/L", "10³/µL", "1"),
    ("10*9/L", "10³/µL", "1"),
    ("10¹²/L", "10⁶/µL", "1"),
    ("/µL", "10⁹/L", "0.001"),
    ("mIU/L", "mIU/mL", "0.001"),
    ("[IU]/L", "mIU/mL", "1"),
    ("ng/mL", "µg/L", "1"),
    ("pg/mL", "ng/L", "1"),
    ("L/min", "mL/min", "1000"),
    ("kPa", "mmHg", str(1000 / Fraction(133322, 1000))),
    ("g", "kg", "0.001"),
    ("m", "cm", "100"),
    ("mg/g", "mg/g", "1"),
    ("°C", "°C", "1"),
]


@pytest.mark.parametrize(("unit_", "into", "by"), CONVERTED)
def test_what_a_number_alone_converts(unit_: str, into: str, by: str) -> None:
    assert factor(unit_, into=into) == Fraction(by)


APART = [
    ("mg/dL", "mmol/L"),  # a molar mass
    ("%", "mmol/mol"),  # a calibration: HbA1c
    ("U/L", "IU/L"),  # a preparation
    ("°C", "°F"),  # an origin
    ("ng/mL FEU", "ng/mL"),
    ("ng/mL FEU", "ng/mL DDU"),
    ("mL/min", "mL/min/1.73 m²"),
    ("mmol", "mmol/L"),
    ("mol", "m"),
    ("g/L", None),
    (None, "g/L"),
    ("", "g/L"),
    ("tablet", "drops"),
    ("mmol/L", "mg/dL"),
    ("%", ""),
]


@pytest.mark.parametrize(("unit_", "into"), APART)
def test_what_needs_more_than_a_number_is_not_guessed(unit_: str | None, into: str | None) -> None:
    assert factor(unit_, into=into) is None
    assert factor(into, into=unit_) is None


def test_every_unit_we_show_is_the_code_it_comes_from_or_is_left_alone() -> None:
    told = [(code, unit(code, "en") or "") for code in table(UCUM)]
    assert len(told) > 50
    for code, words in told:
        for other, shown in told:
            made = factor(words, into=shown)
            back = factor(shown, into=words)
            assert (made is None) == (back is None), (code, other)
            assert made is None or made * back == 1, (code, other)  # type: ignore[operator]
