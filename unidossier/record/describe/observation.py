"""Observation. hl7.org/fhir/R4/observation.html"""

from typing import Any

from unidossier.record.describe.concept import codes, words
from unidossier.record.describe.description import Facts
from unidossier.record.describe.paths import each, text_at, without_nothing
from unidossier.record.describe.quantity import gravest
from unidossier.record.describe.value import read_value

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"  # LOINC


def describe_observation(resource: dict[str, Any], *, language: str) -> Facts:
    """Return the value of an observation.

    Components without an own value become one text: "120/80" for a blood pressure (with `systolic` and `diastolic` in
    `short`), "name: value; name: value" for others. The flag is then the gravest. `short` also has `note` (the first).
    """
    facts = read_value(resource, language=language)
    parts = [(part, read_value(part, language=language)) for part in each(resource, "component")]
    if parts and facts.value_text is None:
        _join(facts, parts, language=language)
    facts.short |= without_nothing({"note": (text_at(resource, "note.text") or "")[:300]})
    return facts


def _join(facts: Facts, parts: list[tuple[dict[str, Any], Facts]], *, language: str) -> None:
    facts.flag = facts.flag or gravest([value.flag for _, value in parts])
    told = {code: value for part, value in parts for code in codes(part.get("code"))}
    upper, lower = told.get(SYSTOLIC), told.get(DIASTOLIC)
    if upper and lower and upper.value_text and lower.value_text:
        facts.value_text, facts.unit = f"{upper.value_text}/{lower.value_text}", upper.unit
        facts.short |= {"systolic": upper.value_text, "diastolic": lower.value_text}
        return
    lines = [
        f"{words(part.get('code'), language=language) or '?'}: {value.value_text}"
        + (f" {value.unit}" if value.unit else "")
        for part, value in parts
        if value.value_text
    ]
    facts.value_text = "; ".join(lines) or None
