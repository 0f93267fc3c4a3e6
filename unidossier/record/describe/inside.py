"""Who may read what is written inside an appointment, a stay or a bill: reception sees that it is there, and is not told why (ACS-2).

The line keeps its category. The text of a version that tells a reason or a diagnosis has the category of a problem, or the narrower
one that it names, so that the gate opens it to nobody who may see the agenda or the bills alone.
"""

from types import MappingProxyType
from typing import Any

from unidossier.kernel.category import Category
from unidossier.record.describe.category import NOT_CLINICAL, sensitive

_WRITTEN = frozenset(
    {"contained", "text"}
)  # free words, and whatever stands inside: every doubt goes to the narrower one
_BILL = _WRITTEN | {"diagnosis", "item", "procedure", "supportingInfo"}
# hl7.org/fhir/R4: the elements of each type that may say why, or what was done
TELLS = MappingProxyType(
    {
        "Appointment": _WRITTEN | {"comment", "reasonCode", "reasonReference", "supportingInformation"},
        "AppointmentResponse": _WRITTEN | {"comment"},
        "ChargeItem": _WRITTEN | {"note", "reason", "service", "supportingInformation"},
        "Claim": _BILL,
        "CoverageEligibilityRequest": _WRITTEN | {"item", "supportingInfo"},
        "Encounter": _WRITTEN | {"diagnosis", "reasonCode", "reasonReference"},
        "EpisodeOfCare": _WRITTEN | {"diagnosis"},
        "ExplanationOfBenefit": _BILL,
    }
)


def inside_category(resource: dict[str, Any], *, category: Category) -> Category | None:
    """Return the category of the text where it is narrower than that of the line, `category`; None where it is the same."""
    told = TELLS.get(resource["resourceType"])
    if category not in NOT_CLINICAL or told is None or told.isdisjoint(resource):
        return None
    return sensitive(resource) or Category.PROBLEM
