"""value[x] of an Observation or of one of its components. hl7.org/fhir/R4/observation-definitions.html#Observation.value_x_"""

from collections.abc import Callable
from typing import Any

from unidossier.record.describe.concept import chosen, words
from unidossier.record.describe.description import Facts
from unidossier.record.describe.quantity import digits, flag_of, number, quantity_text, range_of, unit_of
from unidossier.terminology.systems import DATA_ABSENT_REASON, YES_NO
from unidossier.terminology.words import display


def read_value(element: dict[str, Any], *, language: str) -> Facts:
    """Return value_num, value_text, unit, low, high and flag of `element`.

    `short` gets `value` = [system, code] for a coded value, so that it can be shown in the reader's language, and
    `absent` = the reason (data-absent-reason code) when the value is missing.
    """
    if "valueQuantity" in element:
        return _quantity(element, element["valueQuantity"], language=language)
    if "valueInteger" in element:
        return _quantity(element, {"value": element["valueInteger"]}, language=language)
    facts = Facts(flag=flag_of(element, quantity={}, low=None, high=None))
    for name, read in _READERS.items():
        if name in element:
            facts.value_text = read(element[name], language)
            break
    if "valueCodeableConcept" in element:
        facts.short["value"] = list(chosen(element["valueCodeableConcept"]))
    absent = chosen(element.get("dataAbsentReason"))
    if facts.value_text is None and absent[1]:
        facts.value_text = display(DATA_ABSENT_REASON, absent[1], language)
        facts.short["absent"] = absent[1]
    return facts


def _quantity(element: dict[str, Any], quantity: dict[str, Any], *, language: str) -> Facts:
    low, high = range_of(element, quantity=quantity)
    return Facts(
        value_num=number(quantity.get("value")),
        value_text=quantity_text(quantity, language=language, with_unit=False),
        unit=unit_of(quantity, language=language),
        low=low,
        high=high,
        flag=flag_of(element, quantity=quantity, low=low, high=high),
    )


def _range(value: dict[str, Any], language: str) -> str | None:
    low, high = (quantity_text(value.get(side) or {}, language=language) for side in ("low", "high"))
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else None


def _ratio(value: dict[str, Any], language: str) -> str | None:
    sides = [quantity_text(value.get(side) or {}, language=language) for side in ("numerator", "denominator")]
    return ":".join(sides) if all(sides) else None  # type: ignore[arg-type]  # all() looked


def _sampled(value: dict[str, Any], language: str) -> str | None:
    """A curve has no value of its own; its text may hold a million numbers and is not for a list."""
    return f"{digits(value.get('period'))} ms" if value.get("period") else None


def _period(value: dict[str, Any], language: str) -> str | None:
    return " – ".join(value[side] for side in ("start", "end") if value.get(side)) or None


_READERS: dict[str, Callable[[Any, str], str | None]] = {
    "valueCodeableConcept": lambda value, language: words(value, language=language),
    "valueString": lambda value, language: value.strip() or None,
    "valueBoolean": lambda value, language: display(YES_NO, "true" if value else "false", language),
    "valueRange": _range,
    "valueRatio": _ratio,
    "valueSampledData": _sampled,
    "valueTime": lambda value, language: value,
    "valueDateTime": lambda value, language: value,
    "valuePeriod": _period,
}
