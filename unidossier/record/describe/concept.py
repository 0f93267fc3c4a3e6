"""CodeableConcept and Coding: the one coding to keep, and the words. hl7.org/fhir/R4/datatypes.html#CodeableConcept"""

from typing import Any

from unidossier.terminology.systems import canonical
from unidossier.terminology.words import display, entry

Coding = tuple[str | None, str | None]  # canonical system, code


def codings(concept: Any) -> list[dict[str, Any]]:
    """Return the codings of a CodeableConcept, of a bare Coding, or of a list of either."""
    if isinstance(concept, list):
        return [coding for one in concept for coding in codings(one)]
    if not isinstance(concept, dict):
        return []
    if "coding" in concept:
        return [coding for coding in concept["coding"] or () if isinstance(coding, dict)]
    return [concept] if isinstance(concept.get("code"), str) else []


def chosen(concept: Any) -> Coding:
    """Return the coding a list keeps: the first whose words we know, else the first complete one."""
    first: Coding = (None, None)
    for coding in codings(concept):
        system, code = canonical(coding.get("system")), coding.get("code")
        if entry(system, code) is not None:
            return system, code
        if first == (None, None) and code:
            first = system, code
    return first


def codes(concept: Any) -> set[str]:
    """Return the codes of a concept without their systems, for small closed lists."""
    return {coding["code"] for coding in codings(concept) if isinstance(coding.get("code"), str)}


def first_code(concept: Any) -> str | None:
    """Return the first code of a concept; None when it has none."""
    return next((coding["code"] for coding in codings(concept) if coding.get("code")), None)


def words(concept: Any, *, language: str) -> str | None:
    """Return the words of a concept: the author's text, the source's display, ours in `language`, the bare code."""
    if isinstance(concept, str):
        return concept.strip() or None
    if isinstance(concept, list):
        return next((found for one in concept if (found := words(one, language=language))), None)
    if not isinstance(concept, dict):
        return None
    text = concept.get("text")
    if isinstance(text, str) and text.strip():
        return text.strip()
    candidates = codings(concept)
    written = next((coding["display"] for coding in candidates if coding.get("display")), None)
    if written:
        return str(written).strip()
    ours = (display(coding.get("system"), coding.get("code"), language) for coding in candidates)
    return next((found for found in ours if found), None) or first_code(concept)


def all_words(concepts: Any, *, language: str) -> list[str]:
    """Return the words of each concept of a repeating element, in order, each once."""
    found = concepts if isinstance(concepts, list) else [concepts]
    return list(dict.fromkeys(told for one in found if (told := words(one, language=language))))
