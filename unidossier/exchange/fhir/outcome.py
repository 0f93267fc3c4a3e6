"""What went wrong, as an OperationOutcome. hl7.org/fhir/R4/operationoutcome.html, hl7.org/fhir/R4/http.html#Status-Codes

The one place where facts of the product become status codes of the API.
"""

from collections.abc import Sequence

import orjson
from starlette.responses import Response

from unidossier.actions.deliver import NumbersOfSeveralPatients, PatientUnknown
from unidossier.gate.door import AccessRefused, RecordUnreadable, RightsChanged, SessionEnded
from unidossier.record.blobs import AttachmentDamaged, AttachmentMissing, AttachmentTooLarge, StorageFull
from unidossier.record.validation import InvalidResource, Issue

MEDIA_TYPE = "application/fhir+json"
NO_STORE = {"cache-control": "no-store"}
_UNREADABLE = "The record could not be read or written just now; nothing was changed. Try again in a moment."
_UNSURE = (
    "It is not known whether this was stored. Send the same again: the same content twice under one id"
    " (PUT, or a transaction whose fullUrl is a urn:uuid) changes nothing. A single POST may be stored a second time."
)
_REFUSED = "There is no such patient, or you may not write this in his record."

# errors whose own words are for the sender
_IN_ITS_WORDS = {
    NumbersOfSeveralPatients: (409, "conflict"),
    AttachmentTooLarge: (413, "too-long"),
    StorageFull: (507, "no-store"),
}


class RequestRefused(Exception):
    """A request that is answered with `status` and an OperationOutcome of `issues`."""

    def __init__(
        self, status: int, issues: Sequence[Issue], *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.issues = issues
        self.headers = headers or {}


def refused(
    status: int, code: str, diagnostics: str, *, expression: str = "", **headers: str
) -> RequestRefused:
    """Make a refusal with one issue; header names are written with underscores: `retry_after="2"`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestRefused(status, [Issue(code, expression, diagnostics)], headers=named)


def not_found() -> RequestRefused:
    """Refuse a reading: the same for unknown, refused, hidden and of another type (ACD-8)."""
    return refused(404, "not-found", "There is no such resource, or you have no access to it.")


def gone(version: int) -> RequestRefused:
    """Tell whoever could read it that its sender took it back. hl7.org/fhir/R4/http.html#delete"""
    text = "The resource was taken back by who sent it; its earlier versions stand in its history."
    return refused(410, "deleted", text, etag=f'W/"{version}"')


def unforeseen() -> RequestRefused:
    """Tell a fault of ours: no word of what was in the request."""
    return refused(500, "exception", "The server failed; nothing of this request is sure. Ask again.")


def unsure() -> RequestRefused:
    """Tell that the database went away while it stored: the answer to COMMIT may have been lost, not the deed (XCH-1)."""
    return refused(503, "transient", _UNSURE, retry_after="2")


def as_refusal(error: Exception) -> RequestRefused:
    """Return the answer to an error of the product; one that is not known here is raised again."""
    match error:
        case RequestRefused():
            return error
        case InvalidResource():
            return RequestRefused(400, error.issues)
        case SessionEnded():
            return refused(
                401,
                "login",
                "The token is missing, unknown or over. Get a new one.",
                www_authenticate="Bearer",
            )
        case PatientUnknown():
            return refused(422, "business-rule", _REFUSED)
        case AccessRefused():
            return refused(403, "forbidden", "Your function may not write this kind of content.")
        case NumbersOfSeveralPatients() | AttachmentTooLarge() | StorageFull():
            status, code = _IN_ITS_WORDS[type(error)]
            return refused(status, code, str(error))
        case RecordUnreadable() | RightsChanged() | AttachmentMissing() | AttachmentDamaged():
            return refused(503, "transient", _UNREADABLE, retry_after="2")
    raise error


def outcome(issues: Sequence[Issue]) -> dict[str, object]:
    """Return the OperationOutcome that tells `issues`."""
    told = []
    for issue in issues:
        one: dict[str, object] = {"severity": "error", "code": issue.code, "diagnostics": issue.diagnostics}
        if issue.expression:
            one["expression"] = [issue.expression]
        told.append(one)
    return {"resourceType": "OperationOutcome", "issue": told}


def response(refusal: RequestRefused) -> Response:
    """Return the answer to a refused request."""
    return Response(
        orjson.dumps(outcome(refusal.issues)),
        status_code=refusal.status,
        headers=NO_STORE | refusal.headers,
        media_type=MEDIA_TYPE,
    )
