"""Code systems whose codes say themselves what they belong under: ATC by levels, ICD-10 by its categories (`:above`, `:below`).

Of other systems no hierarchy is held here: SNOMED CT and LOINC are licensed.
"""

_ATC_LEVELS = (
    1,
    3,
    4,
    5,
)  # anatomical group, therapeutic, pharmacological, chemical; the whole code is the substance
_ICD_CATEGORY = 3  # I21, then I21.4
_ICD_LONGEST = 8  # S72.001A; a longer code is none, and has no thousand categories either
_ATC = frozenset({"http://www.whocc.no/atc"})
_ICD = frozenset(
    {
        "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10-be",
    }
)


def is_hierarchical(system: str) -> bool:
    """Tell whether the codes of a system say what they belong under."""
    return system in _ATC or system in _ICD


def above(system: str, code: str) -> list[str]:
    """Return the codes that a code belongs under, widest first, itself last; of another system the code alone."""
    if system in _ATC:
        return [code[:level] for level in _ATC_LEVELS if level < len(code)] + [code]
    if system in _ICD:
        ends = [
            length
            for length in range(_ICD_CATEGORY, min(len(code), _ICD_LONGEST))
            if code[:length][-1] != "."
        ]
        return [code[:length] for length in ends] + [code]
    return [code]
