"""FHIR status -> draft, final, amended, entered-in-error (REC-6, REC-10). One table."""

from typing import Any

from unidossier.record.describe.concept import first_code
from unidossier.record.describe.paths import get

DRAFT, FINAL, AMENDED, ERROR = "draft", "final", "amended", "entered-in-error"

# Only these say something about validation. Every other code (active, stopped, cancelled, booked ...) is about the
# course of things, not about the text: the item is final and `source_status` tells the course.
_EVERYWHERE = {
    "draft": DRAFT,
    "preliminary": DRAFT,
    "registered": DRAFT,
    "partial": DRAFT,
    "amended": AMENDED,
    "corrected": AMENDED,
    "appended": AMENDED,
    "superseded": AMENDED,
    "entered-in-error": ERROR,
}

# Where a code means something else than everywhere. `unknown` validation is not validated.
_BY_TYPE = {
    "QuestionnaireResponse": {"in-progress": DRAFT},
    "Observation": {"unknown": DRAFT},
    "DiagnosticReport": {"unknown": DRAFT},
    "ImagingStudy": {"unknown": DRAFT},
}

# The element that holds it, where it is not `status`.
_ELEMENT = {
    "Condition": ("verificationStatus", "clinicalStatus"),
    "AllergyIntolerance": ("verificationStatus", "clinicalStatus"),
    "Goal": ("lifecycleStatus",),
    # docStatus is the state of the text, status that of the entry: a withdrawn entry wins, see status_of
    "DocumentReference": ("docStatus", "status"),
}


def status_of(resource: dict[str, Any]) -> tuple[str, str | None]:
    """Return our status and the FHIR code it came from (None when the resource has no status)."""
    kind = resource["resourceType"]
    found = [_code(get(resource, name)) for name in _ELEMENT.get(kind, ("status",))]
    given = [code for code in found if code]
    if not given:
        return FINAL, None
    ours = [_BY_TYPE.get(kind, {}).get(code) or _EVERYWHERE.get(code, FINAL) for code in given]
    if ERROR in ours:
        return ERROR, given[ours.index(ERROR)]
    return next(
        ((status, code) for status, code in zip(ours, given, strict=True) if status != FINAL),
        (FINAL, given[0]),
    )


def _code(element: Any) -> str | None:
    return element if isinstance(element, str) else first_code(element)
