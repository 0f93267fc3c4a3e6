"""Medicines: what, how much, how long. hl7.org/fhir/R4/dosage.html, medicationrequest.html, medicationstatement.html"""

from collections.abc import Mapping, Sequence
from typing import Any

from unidossier.record.describe.concept import all_words, chosen
from unidossier.record.describe.description import Facts
from unidossier.record.describe.paths import each, get, resolve, text_at, without_nothing
from unidossier.record.describe.quantity import digits, number, quantity_text

MORNING, NOON, EVENING, NIGHT = range(4)
_MOMENTS = {
    **dict.fromkeys(("MORN", "WAKE", "CM", "ACM", "PCM"), MORNING),
    **dict.fromkeys(("NOON", "CD", "ACD", "PCD"), NOON),
    **dict.fromkeys(("EVE", "CV", "ACV", "PCV"), EVENING),
    **dict.fromkeys(("NIGHT", "HS"), NIGHT),
}
_PER = {"s": "s", "min": "min", "h": "h", "d": "d", "wk": "wk", "mo": "mo", "a": "a"}


def describe_medication(resource: dict[str, Any], *, language: str) -> Facts:
    """Return the facts of a medicine prescribed, taken, given or dispensed.

    `short`: `status` (FHIR status), `dose` ("1-0-1" morning-noon-evening, "1-0-1-1" with night, else the prescriber's own
    words), `scheme` (the counts as texts, when it is a daily scheme), `as_needed`, `since` and `until` (FHIR dates as
    written), `valid_until` (of a prescription), `reason`, `route`, `quantity` (dispensed).
    """
    doses = each(resource, "dosageInstruction") or each(resource, "dosage")
    scheme = daily_scheme(doses)
    facts = Facts()
    facts.short = without_nothing(
        {
            "status": resource.get("status"),
            "dose": "-".join(scheme) if scheme else _in_words(doses, language=language),
            "scheme": list(scheme),
            "as_needed": any(
                dose.get("asNeededBoolean") or dose.get("asNeededCodeableConcept") for dose in doses
            )
            or None,
            "since": text_at(resource, "effectivePeriod.start")
            or text_at(resource, "effectiveDateTime")
            or _bound(doses, "start"),
            "until": text_at(resource, "effectivePeriod.end") or _bound(doses, "end"),
            "valid_until": text_at(resource, "dispenseRequest.validityPeriod.end"),
            "reason": ", ".join(all_words(resource.get("reasonCode"), language=language)),
            "route": list(chosen([dose.get("route") for dose in doses]))
            if any("route" in dose for dose in doses)
            else None,
            "quantity": quantity_text(get(resource, "quantity") or {}, language=language),
        }
    )
    return facts


def medicine_of(resource: dict[str, Any], *, beside: Mapping[str, dict[str, Any]]) -> Any:
    """Return the CodeableConcept of the medicine that `medicationReference` names; None when it is not at hand."""
    found = resolve(resource, text_at(resource, "medicationReference.reference"), beside=beside)
    return found.get("code") if found else None


def daily_scheme(doses: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the counts of morning, noon, evening (and night, if any); () when the doses are no such daily scheme.

    Nothing is assumed: a dose without number, moment or unit of counting makes it no scheme.
    """
    counts = ["0"] * 4
    for dose in doses:
        moments, count = _daily_moments(dose), _count(dose)
        if not moments or count is None or dose.get("asNeededBoolean") or dose.get("asNeededCodeableConcept"):
            return ()
        for moment in moments:
            if counts[moment] != "0":
                return ()
            counts[moment] = count
    if not doses:
        return ()
    return tuple(counts) if counts[NIGHT] != "0" else tuple(counts[:NIGHT])


def _daily_moments(dose: dict[str, Any]) -> list[int]:
    repeat = get(dose, "timing.repeat") or {}
    is_daily = repeat.get("periodUnit", "d") == "d" and number(repeat.get("period", 1)) == 1
    if not is_daily or repeat.get("dayOfWeek") or repeat.get("timeOfDay"):
        return []
    when = repeat.get("when") or ()
    return [_MOMENTS[code] for code in when] if all(code in _MOMENTS for code in when) else []


def _count(dose: dict[str, Any]) -> str | None:
    """Pieces only: "500-0-500" milligrams would be read as tablets."""
    quantity = get(dose, "doseAndRate.doseQuantity") or {}
    is_pieces = (
        quantity.get("code", "1") == "1" or str(quantity.get("code")).startswith("{") or _is_form(quantity)
    )
    return digits(quantity.get("value")) if is_pieces else None


def _is_form(quantity: dict[str, Any]) -> bool:
    return "unitsofmeasure" not in (
        quantity.get("system") or ""
    )  # a dose form of SNOMED CT or EDQM: tablet, puff


def _in_words(doses: Sequence[dict[str, Any]], *, language: str) -> str | None:
    told = [dose.get("text") or _frequency(dose, language=language) for dose in doses]
    return "; ".join(dict.fromkeys(text for text in told if text)) or None


def _frequency(dose: dict[str, Any], *, language: str) -> str | None:
    """ "1 tablet 2×/d" for a dose without words."""
    amount = quantity_text(get(dose, "doseAndRate.doseQuantity") or {}, language=language)
    repeat = get(dose, "timing.repeat") or {}
    often = None
    if repeat.get("periodUnit") in _PER and (times := digits(repeat.get("frequency", 1))):
        period = digits(repeat.get("period", 1))
        often = f"{times}×/{'' if period == '1' else period}{_PER[repeat['periodUnit']]}"
    return " ".join(part for part in (amount, often) if part) or None


def _bound(doses: Sequence[dict[str, Any]], side: str) -> str | None:
    found = [text for dose in doses if (text := text_at(dose, f"timing.repeat.boundsPeriod.{side}"))]
    return (max(found) if side == "end" else min(found)) if found else None
