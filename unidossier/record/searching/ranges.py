"""Dates, numbers and quantities as ranges [low, high], for values and for what is searched. hl7.org/fhir/R4/search.html#prefix

Instants are whole microseconds since 1970; without an end, EARLIEST and LATEST. Numbers are
doubles: JSON writes them back as the shortest decimal, which the database compares as it stands.
"""

import math
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from unidossier.kernel.fhir_date import InvalidFhirDate, period_of
from unidossier.terminology.units import canonical

Json = dict[str, Any]
Range = tuple[int, int]

EARLIEST, LATEST = -(10**18), 10**18
LARGEST = 1e300  # stands for "without end" among numbers
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UCUM = "http://unitsofmeasure.org"


def instant(at: datetime) -> int:
    """Return whole microseconds since 1970."""
    passed = at - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def date_range(text: str) -> Range:
    """Return [first instant, first instant after] of a FHIR date, dateTime or instant. Raises InvalidFhirDate."""
    period = period_of(text)
    assert period.end is not None
    return instant(period.start), instant(period.end)


def date_ranges(value: Any, type_: str) -> list[Range]:
    """Return the ranges of a date, a Period or a Timing; none of a value that is no date of the calendar."""
    try:
        if type_ in ("date", "dateTime", "instant"):
            return [date_range(value)]
        if type_ == "Period":
            return [_period(value)]
        if type_ == "Timing":
            events = [date_range(event) for event in value.get("event", ())]
            bounds = value.get("repeat", {}).get("boundsPeriod")
            return events + ([_period(bounds)] if bounds else [])
    except InvalidFhirDate:
        pass
    return []


def fact_of(found: tuple[float, float]) -> Json:
    """Return a range in the form in which it is kept: objects, since a JSON path of the database opens lists by itself."""
    low, high = found
    return {"v": low, "w": high}


def number_range(value: Any, type_: str) -> tuple[float, float] | None:
    """Return the range of a number or of a Range; None of anything else."""
    if type_ in ("integer", "decimal", "positiveInt", "unsignedInt"):
        return _number(value), _number(value)
    if type_ == "Range":
        return _limit(value.get("low"), -LARGEST), _limit(value.get("high"), LARGEST)
    return None


def quantity_facts(value: Json, type_: str) -> list[Json]:
    """Return v, w (the range), s, c, u (system, code, unit as written) and, where known, n, m, k (range and unit in base units)."""
    if type_ == "Range":
        unit = value.get("low") or value.get("high") or {}
        return [_measured(_limit(value.get("low"), -LARGEST), _limit(value.get("high"), LARGEST), unit)]
    if type_ == "Money":
        amount = _number(value["value"]) if "value" in value else None
        told = {"system": "urn:iso:std:iso:4217", "code": value.get("currency")}
        return [] if amount is None else [_measured(amount, amount, told)]
    if type_ == "SampledData":
        return _sampled(value)
    if "value" not in value:
        return []
    exact = _number(value["value"])
    comparator = value.get("comparator", "")
    low = -LARGEST if "<" in comparator else exact
    high = LARGEST if ">" in comparator else exact
    return [_measured(low, high, value)]


def _sampled(value: Json) -> list[Json]:
    """The lowest and the highest of the samples: each is origin + number x factor."""
    origin, factor = _number(value["origin"].get("value", 0)), _number(value.get("factor", 1))
    samples = []
    for one in value.get("data", "").split():
        try:
            samples.append(_number(origin + factor * float(one)))
        except ValueError:  # E, L and U: error, below, above
            continue
    return [_measured(min(samples), max(samples), value["origin"])] if samples else []


def _measured(low: float, high: float, told: Json) -> Json:
    fact: Json = {"v": low, "w": high}
    fact |= {
        sign: told[name] for sign, name in (("s", "system"), ("c", "code"), ("u", "unit")) if told.get(name)
    }
    if told.get("system") == _UCUM and told.get("code"):
        base, size = canonical(told["code"])
        fact |= {"n": _times(low, size), "m": _times(high, size), "k": base}
    return fact


def _times(value: float, size: Fraction) -> float:
    return value if size == 1 or abs(value) == LARGEST else _number(Fraction(str(value)) * size)


def _limit(told: Json | None, otherwise: float) -> float:
    return _number(told["value"]) if told and "value" in told else otherwise


def _number(told: Any) -> float:
    """Return the number as it is compared; beyond LARGEST, and what is no number at all, nothing is told apart."""
    try:
        value = float(told)
    except OverflowError:
        value = LARGEST if told > 0 else -LARGEST
    return 0.0 if math.isnan(value) else max(-LARGEST, min(LARGEST, value))


def _period(value: Json) -> Range:
    start, end = value.get("start"), value.get("end")
    return date_range(start)[0] if start else EARLIEST, date_range(end)[1] if end else LATEST
