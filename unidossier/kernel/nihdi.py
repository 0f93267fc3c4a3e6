"""NIHDI (INAMI, RIZIV) numbers of carers and organisations.

`P-SSSSS-CC-QQQ`: profession, sequence, check, competence. The first eight digits are for life, the last three
change with the recognition (inami.fgov.be), so two numbers are the same holder when the first eight agree.
"""

from dataclasses import dataclass

_SEPARATORS = str.maketrans("", "", " .-/\u00a0\u202f")
_CHECK_SERIES = (97, 89)  # the second series was opened when the first had no numbers left


class InvalidNihdi(ValueError):
    """The text is no NIHDI number. One of the errors below says why."""


class NotDigits(InvalidNihdi):
    """Something other than digits and the usual separators."""


class WrongLength(InvalidNihdi):
    """Neither 8 nor 11 digits."""


class WrongCheckDigits(InvalidNihdi):
    """Digits 7 and 8 follow from neither series."""


@dataclass(frozen=True, slots=True)
class Nihdi:
    """One valid number. Compare holders by `identity`, not by the whole number."""

    digits: str  # 8 or 11 digits without punctuation

    @classmethod
    def parse(cls, text: str) -> "Nihdi":
        """Read `10123434`, `1-01234-34-004` and the like. Raises InvalidNihdi."""
        digits = text.translate(_SEPARATORS)
        if not (digits.isascii() and digits.isdigit()):
            raise NotDigits("a NIHDI number holds digits only, such as 1-01234-34-004")
        if len(digits) not in (8, 11):
            raise WrongLength(f"a NIHDI number has 8 or 11 digits; this has {len(digits)}")
        if digits[6:8] not in {check_digits(digits[:6], series=series) for series in _CHECK_SERIES}:
            raise WrongCheckDigits("digits 7 and 8 do not match the first six; look for a typing error")
        return cls(digits=digits)

    @property
    def identity(self) -> str:
        """The eight digits that the holder keeps for life."""
        return self.digits[:8]

    @property
    def competence(self) -> str | None:
        """The three digits of the recognition, or None in the short form."""
        return self.digits[8:] or None

    @property
    def formatted(self) -> str:
        """The number as people write it: 1-01234-34-004, or 1-01234-34 in the short form."""
        d = self.digits
        return "-".join(part for part in (d[:1], d[1:6], d[6:8], d[8:]) if part)

    def same_holder(self, other: "Nihdi") -> bool:
        """Tell whether both numbers belong to one person or organisation."""
        return self.identity == other.identity

    def __str__(self) -> str:
        return self.digits


def check_digits(first_six: str, *, series: int = 97) -> str:
    """Return the two check digits for the first six, in the series of modulus 97 or 89."""
    return f"{series - int(first_six) % series:02}"
