"""Conditions of a JSON path over dates, numbers and quantities, by prefix. hl7.org/fhir/R4/search.html#prefix

`@` is a fact: v and w are its range (record/searching/ranges.py); a date's range ends before w, a number's at w.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from unidossier.kernel.fhir_date import InvalidFhirDate, searched_period
from unidossier.record.searching.ranges import instant
from unidossier.record.searching.terms import quoted
from unidossier.terminology.units import canonical

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?|[+-]?\.[0-9]{1,40}")
_UCUM = "http://unitsofmeasure.org"
_TOLERANCE = 10  # `ap`: a tenth, of the number or of the distance to now


class ValueNotUnderstood(ValueError):
    """A value of a search that means nothing; the message says what to write."""


def prefixed(text: str) -> tuple[str, str]:
    """Return the prefix (`eq` when there is none) and the rest."""
    match = _PREFIX.fullmatch(text)
    assert match is not None
    return match.group(1) or "eq", match.group(2)


def date_condition(text: str, *, at: datetime) -> str:
    """Return the condition of a date such as `ge2024-02`. Raises ValueNotUnderstood."""
    prefix, told = prefixed(text)
    low, high = date_bounds(told)
    within = f"@.v >= {low} && @.w <= {high}"
    if prefix == "ap":
        slack = max(abs(instant(at.astimezone(UTC)) - low) // _TOLERANCE, (high - low) // _TOLERANCE)
        return f"@.v < {high + slack} && @.w > {low - slack}"
    return {
        "eq": within,
        "ne": f"!({within})",
        "gt": f"@.w > {high}",
        "lt": f"@.v < {low}",
        "ge": f"@.w > {high} || {within}",
        "le": f"@.v < {low} || {within}",
        "sa": f"@.v >= {high}",
        "eb": f"@.w <= {low}",
    }[prefix]


def date_bounds(text: str) -> tuple[int, int]:
    """Return the range of a date as it is searched: seconds and zone may be missing, and a plus sign that came as a space."""
    try:
        period = searched_period(text.replace(" ", "+"))
    except InvalidFhirDate as error:
        raise ValueNotUnderstood(str(error)) from None
    assert period.end is not None
    return instant(period.start), instant(period.end)


def number_condition(text: str, *, low: str = "@.v", high: str = "@.w", size: Fraction = Fraction(1)) -> str:
    """Return the condition of a number such as `lt5.40`; `size` is what one unit of it is worth. Raises ValueNotUnderstood."""
    prefix, told = prefixed(text)
    if not _NUMBER.fullmatch(told):
        raise ValueNotUnderstood(
            f"{told[:40]!r} is not a number; write 100, 5.40, 1e2, with a prefix such as lt before it"
        )
    number = Decimal(told)
    half = Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2  # 5.40 is anything from 5.395 to 5.405
    if prefix == "ap":
        half = abs(number) / _TOLERANCE

    def times(value: Decimal) -> str:
        return quoted(float(Fraction(value) * size))

    value, least, most = times(number), times(number - half), times(number + half)
    return {
        "eq": f"{low} >= {least} && {high} < {most}",
        "ne": f"!({low} >= {least} && {high} < {most})",
        "gt": f"{high} > {value}",
        "lt": f"{low} < {value}",
        "ge": f"{high} >= {value}",
        "le": f"{low} <= {value}",
        "sa": f"{low} > {value}",
        "eb": f"{high} < {value}",
        "ap": f"{low} <= {most} && {high} >= {least}",
    }[prefix]


def quantity_condition(number: str, system: str | None, code: str) -> str:
    """Return the condition of a quantity; `system` None: none was written. In UCUM other units of the same kind are compared too."""
    plain = number_condition(number)
    if not code and not system:
        return plain
    if not system:
        return f"({plain}) && (@.c == {quoted(code)} || @.u == {quoted(code)})"
    if not code:
        return f"({plain}) && @.s == {quoted(system)}"
    same = f"({plain}) && @.s == {quoted(system)} && @.c == {quoted(code)}"
    if system != _UCUM:
        return same
    base, size = canonical(code)
    converted = number_condition(number, low="@.n", high="@.m", size=size)
    return f"({same}) || (({converted}) && @.k == {quoted(base)})"
