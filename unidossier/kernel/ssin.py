"""SSIN (NISS, INSZ): the Belgian national register number and the BIS number.

FHIR: hl7-be/ehealth-be-core, NamingSystem ssin: 11 digits, no punctuation.

The number is an identifier, never a source of facts: the birth date and the sex that it seems to hold may be
invented (overflow, unknown date, later correction), so neither is offered here.
"""

from dataclasses import dataclass
from enum import StrEnum

_SEPARATORS = str.maketrans("", "", " .-/\u00a0\u202f")
_CHECK_MODULUS = 97
_BORN_FROM_2000 = 2_000_000_000  # written before the nine digits when born in 2000 or later


class InvalidSsin(ValueError):
    """The text is no SSIN. One of the errors below says why; no message repeats the number."""


class NotDigits(InvalidSsin):
    """Something other than digits and the usual separators."""


class WrongLength(InvalidSsin):
    """Not 11 digits."""


class ImpossibleDate(InvalidSsin):
    """The month or the day part lies outside every series in use."""


class WrongCheckDigits(InvalidSsin):
    """The last two digits follow from neither century."""


class SsinKind(StrEnum):
    """NATIONAL: in the National Register. BIS: known to social security only (month raised by 20 or 40)."""

    NATIONAL = "national"
    BIS = "bis"


@dataclass(frozen=True, slots=True)
class Ssin:
    """One valid number. `Ssin.parse` is the only way to make one from text."""

    digits: str  # 11 digits without punctuation, as FHIR and eHealth write it
    century: int  # 1900 or 2000, from the check digits
    kind: SsinKind

    @classmethod
    def parse(cls, text: str) -> "Ssin":
        """Read `85073003328`, `85.07.30-033.28` and the like.

        Raises InvalidSsin: NotDigits, WrongLength, ImpossibleDate or WrongCheckDigits.
        """
        digits = text.translate(_SEPARATORS)
        if not (digits.isascii() and digits.isdigit()):
            raise NotDigits("a national number holds digits only, such as 85.07.30-033.28")
        if len(digits) != 11:
            raise WrongLength(f"a national number has 11 digits; this has {len(digits)}")
        kind = _kind(month=int(digits[2:4]))
        if int(digits[4:6]) > 31:
            raise ImpossibleDate("digits 5 and 6 of a national number are a day, 00 to 31")
        return cls(digits=digits, century=_century(digits), kind=kind)

    @property
    def formatted(self) -> str:
        """The number as people write it: 85.07.30-033.28."""
        d = self.digits
        return f"{d[:2]}.{d[2:4]}.{d[4:6]}-{d[6:9]}.{d[9:]}"

    def __str__(self) -> str:
        return self.digits


def check_digits(first_nine: str, *, century: int) -> str:
    """Return the two check digits for the first nine, for somebody born in `century` (1900 or 2000)."""
    number = int(first_nine) + (_BORN_FROM_2000 if century == 2000 else 0)
    return f"{_CHECK_MODULUS - number % _CHECK_MODULUS:02}"


def _kind(*, month: int) -> SsinKind:
    if month <= 12:  # 00: unknown, or the counter of that day was used up
        return SsinKind.NATIONAL
    if 20 <= month <= 32 or 40 <= month <= 52:  # +20: sex unknown at issue; +40: known
        return SsinKind.BIS
    raise ImpossibleDate("digits 3 and 4 are a month: 00 to 12, or 20 to 32 and 40 to 52 for a BIS number")


def _century(digits: str) -> int:
    # One number never satisfies both centuries: 2000000000 mod 97 = 68, not 0.
    for century in (1900, 2000):
        if check_digits(digits[:9], century=century) == digits[9:]:
            return century
    raise WrongCheckDigits("the last two digits do not match the others; look for a typing error")
