"""Numbers of a resource: their digits as the source wrote them, ranges, and how a value lies in its range.

hl7.org/fhir/R4/datatypes.html#Quantity. A parsed number is int, Decimal, str or float; floats come from readers that
are not ours and are taken by their shortest text.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from unidossier.record.describe.concept import codes
from unidossier.record.describe.paths import each
from unidossier.terminology.words import unit

# Interpretation codes (v3-ObservationInterpretation, older v2-0078) -> flag, the gravest first
_FLAGS = {
    "HH": "HH",
    "LL": "LL",
    ">": "HH",  # off scale
    "<": "LL",
    "AA": "A",
    "HU": "H",
    "LU": "L",
    "H": "H",
    "L": "L",
    "A": "A",
}
GRAVITY = ("HH", "LL", "H", "L", "A")


def number(value: Any) -> Decimal | None:
    """Return a JSON number as Decimal, digit for digit; None for what is no finite number."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def digits(value: Any) -> str | None:
    """Return a number as people read it, with the source's own digits: 72.50 stays 72.50, 1E+3 becomes 1000."""
    found = number(value)
    if found is None:
        return None
    return format(found, "f") if abs(found.adjusted()) < 12 else str(found)


def unit_of(quantity: dict[str, Any], *, language: str) -> str | None:
    """Return the unit to show: ours for a UCUM code, else the source's words. {INR} and its kin show nothing."""
    code, written = quantity.get("code"), quantity.get("unit")
    ours = unit(code, language)
    if ours:
        return ours
    if written and unit(written, language) is None:
        return written  # code 1, unit "tablet": the words say what is counted
    return unit(written, language) or (code if ours is None and not written else None)


def quantity_text(quantity: dict[str, Any], *, language: str, with_unit: bool = True) -> str | None:
    """Return "<0.5 mg/L" for a Quantity, comparator included; None when it has no value."""
    told = digits(quantity.get("value"))
    if told is None:
        return None
    shown = unit_of(quantity, language=language) if with_unit else None
    return f"{quantity.get('comparator') or ''}{told}" + (f" {shown}" if shown else "")


def range_of(element: dict[str, Any], *, quantity: dict[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """Return low and high of the normal range the source gave, if it is in the unit of `quantity`.

    A range for treatment, or of another unit, is none of the value's own.
    """
    for given in each(element, "referenceRange"):
        if codes(given.get("type")) - {"normal"}:
            continue
        bounds = [given.get(side) or {} for side in ("low", "high")]
        if all(_same_unit(bound, quantity) for bound in bounds):
            low, high = (number(bound.get("value")) for bound in bounds)
            if low is not None or high is not None:
                return low, high
    return None, None


def _same_unit(bound: dict[str, Any], quantity: dict[str, Any]) -> bool:
    if bound.get("code") and quantity.get("code"):
        return bound["code"] == quantity["code"]
    if bound.get("unit") and quantity.get("unit"):
        return bound["unit"] == quantity["unit"]
    return True


def flag_of(
    element: dict[str, Any], *, quantity: dict[str, Any], low: Decimal | None, high: Decimal | None
) -> str | None:
    """Return H, L, HH, LL, A or None: what the laboratory said, else what the range says."""
    said = codes(element.get("interpretation"))
    if said:
        return next((flag for code, flag in _FLAGS.items() if code in said), None)
    return _by_range(number(quantity.get("value")), quantity.get("comparator"), low=low, high=high)


def _by_range(
    value: Decimal | None, comparator: str | None, *, low: Decimal | None, high: Decimal | None
) -> str | None:
    """With a comparator only what is certain: "<5" is low under a range from 5, and says nothing of a range to 3."""
    if value is None:
        return None
    may_be_lower, may_be_higher = comparator in ("<", "<="), comparator in (">", ">=")
    if low is not None and not may_be_higher and (value < low or (value == low and comparator == "<")):
        return "L"
    if high is not None and not may_be_lower and (value > high or (value == high and comparator == ">")):
        return "H"
    return None


def gravest(flags: list[str | None]) -> str | None:
    """Return the gravest of several flags; None when none is set."""
    return next((flag for flag in GRAVITY if flag in flags), None)
