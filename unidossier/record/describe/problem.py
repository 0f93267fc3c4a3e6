"""Problems, allergies, vaccinations, family history. hl7.org/fhir/R4/condition.html, allergyintolerance.html, immunization.html"""

from typing import Any

from unidossier.record.describe.concept import all_words, chosen, first_code, words
from unidossier.record.describe.description import Facts
from unidossier.record.describe.paths import each, get, text_at, without_nothing
from unidossier.record.describe.quantity import digits, quantity_text
from unidossier.terminology.systems import SNOMED_CT

# SNOMED CT: "no known allergy" and its kin are statements, not allergies
_NONE_KNOWN = frozenset({"716186003", "409137002", "429625007", "428607008", "716184000", "716220001"})
_SEVERITY = ("severe", "moderate", "mild")


def describe_condition(resource: dict[str, Any], *, language: str) -> Facts:
    """Return `short`: clinicalStatus, verification, onset and abatement (as written), severity [system, code], kind, body_site."""
    return Facts(
        short=without_nothing(
            {
                "clinicalStatus": first_code(resource.get("clinicalStatus")),
                "verification": first_code(resource.get("verificationStatus")),
                "onset": _when(resource, "onset", language=language),
                "abatement": _when(resource, "abatement", language=language),
                "severity": _coded(resource.get("severity")),
                "kind": first_code(resource.get("category")),  # problem-list-item, encounter-diagnosis
                "body_site": ", ".join(all_words(resource.get("bodySite"), language=language)),
            }
        )
    )


def describe_allergy(resource: dict[str, Any], *, language: str) -> Facts:
    """Return `short`: criticality, reaction (words), reactions ([system, code] each), severity of the gravest reaction,
    clinicalStatus, verification, categories (food, medication ...), kind (allergy, intolerance), none_known."""
    reactions = each(resource, "reaction")
    shown = [concept for reaction in reactions for concept in reaction.get("manifestation") or ()]
    severities = {reaction.get("severity") for reaction in reactions}
    system, code = chosen(resource.get("code"))
    return Facts(
        short=without_nothing(
            {
                "criticality": resource.get("criticality"),
                "reaction": ", ".join(all_words(shown, language=language)),
                "reactions": [list(pair) for pair in dict.fromkeys(map(chosen, shown)) if pair[1]],
                "severity": next((grade for grade in _SEVERITY if grade in severities), None),
                "clinicalStatus": first_code(resource.get("clinicalStatus")),
                "verification": first_code(resource.get("verificationStatus")),
                "categories": resource.get("category"),
                "kind": resource.get("type"),
                "none_known": (system == SNOMED_CT and code in _NONE_KNOWN) or None,
            }
        )
    )


def describe_immunization(resource: dict[str, Any], *, language: str) -> Facts:
    """Return `short`: status (completed, not-done), reason it was not given, dose number, lot, product."""
    not_given = resource.get("status") == "not-done"
    return Facts(
        short=without_nothing(
            {
                "status": resource.get("status"),
                "reason": _coded(resource.get("statusReason")) if not_given else None,
                "dose_number": digits(get(resource, "protocolApplied.doseNumberPositiveInt"))
                or text_at(resource, "protocolApplied.doseNumberString"),
                "lot": resource.get("lotNumber"),
                "diseases": all_words(get(resource, "protocolApplied.targetDisease"), language=language),
            }
        )
    )


def describe_family_history(resource: dict[str, Any], *, language: str) -> Facts:
    """The title is "mother: breast cancer, stroke"; `short` has relationship [system, code] and conditions (words)."""
    conditions = all_words(
        [each_one.get("code") for each_one in each(resource, "condition")], language=language
    )
    who = words(resource.get("relationship"), language=language) or text_at(resource, "name")
    return Facts(
        title=": ".join(part for part in (who, ", ".join(conditions)) if part) or None,
        short=without_nothing(
            {"relationship": _coded(resource.get("relationship")), "conditions": conditions}
        ),
    )


def _coded(concept: Any) -> list[str | None] | None:
    system, code = chosen(concept)
    return [system, code] if code else None


def _when(resource: dict[str, Any], name: str, *, language: str) -> str | None:
    for ending in ("DateTime", "Period.start", "String"):
        if found := text_at(resource, name + ending):
            return found
    return quantity_text(resource.get(f"{name}Age") or {}, language=language)
