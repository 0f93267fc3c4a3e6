"""The answers to what was stored: status, ETag, Last-Modified, Location, and the body that the client prefers. RFC 7240"""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE
from unidossier.exchange.fhir.room import BASE, Json
from unidossier.exchange.fhir.validators import etag, last_modified
from unidossier.exchange.fhir.wanted import preferred


def answer(request: Request, text: str, *, stored: Stored, resource_type: str) -> Response:
    """Return the answer to a version just stored, in the form that `Prefer: return` asks for."""
    created = stored.version == 1 and stored.outcome == "created"
    headers = NO_STORE | {"etag": etag(stored.version), "last-modified": last_modified(stored.at)}
    if created or request.method == "POST":
        headers["location"] = location(request, resource_type=resource_type, stored=stored)
    status = 201 if created else 200
    match preferred(request, "return"):
        case "minimal":
            return Response(status_code=status, headers=headers)
        case "OperationOutcome":
            return told(status, f"{resource_type}/{stored.id} was {stored.outcome}.", headers=headers)
    return Response(text, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def location(request: Request, *, resource_type: str, stored: Stored) -> str:
    """Return the full address of a version."""
    base = str(request.base_url).rstrip("/")
    return f"{base}{BASE}/{resource_type}/{stored.id}/_history/{stored.version}"


def information(text: str) -> Json:
    """Return the OperationOutcome that says what was done."""
    issue = {"severity": "information", "code": "informational", "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def told(status: int, text: str, *, headers: dict[str, str]) -> Response:
    """Return an OperationOutcome of what was done."""
    body = orjson.dumps(information(text))
    return Response(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)
