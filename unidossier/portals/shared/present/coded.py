"""Coded facts in the reader's language, where a translation of the code ships with the product (REC-9)."""

from unidossier.gate.door import Row
from unidossier.portals.shared.present.reading import concept
from unidossier.portals.shared.present.words import language
from unidossier.terminology import display
from unidossier.terminology.words import LANGUAGES


def coded(codeable: dict | None) -> str:
    """Return a CodeableConcept in the reader's language; what its author wrote beyond the code follows in brackets."""
    written = concept(codeable)
    if not codeable:
        return ""
    for coding in codeable.get("coding", ()):
        ours = display(coding.get("system"), coding.get("code"), language())
        if ours:
            known = {display(coding.get("system"), coding.get("code"), one) for one in LANGUAGES}
            known.add(coding.get("display"))
            says_more = written.casefold() not in {one.casefold() for one in known if one} | {""}
            return f"{ours} ({written})" if says_more else ours
    return written


def reaction(line: Row) -> str:
    """Return how an allergy shows itself, from `short` of its line: by its codes when every one has a translation."""
    short = line["short"] or {}
    written, codes = str(short.get("reaction") or ""), short.get("reactions") or ()
    ours = [display(system, code, language()) for system, code in codes]
    # a reaction without a code is in the words alone
    is_whole = bool(ours) and all(ours) and written.count(", ") < len(ours)
    return ", ".join(dict.fromkeys(one for one in ours if one)) if is_whole else written
