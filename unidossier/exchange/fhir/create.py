"""FHIR create: the server gives the id. hl7.org/fhir/R4/http.html#create"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.content import body_of, require_json_wanted
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, refused
from unidossier.exchange.fhir.read import etag
from unidossier.exchange.fhir.storing import store
from unidossier.kernel.uuid7 import new_id
from unidossier.record.arrival import PATIENT_TYPES, Sent
from unidossier.record.validation import Checked, validate


async def create(request: Request) -> Response:
    """POST [base]/[type]: 201 with Location, ETag and the stored text."""
    bearer = await bearer_of(request)
    require_json_wanted(request)
    resource_type = request.path_params["type"]
    if resource_type not in PATIENT_TYPES:
        raise refused(
            404, "not-supported", f"'{resource_type[:60]}' cannot be created here; see [base]/metadata."
        )
    if "if-none-exist" in request.headers:
        raise refused(412, "not-supported", "Conditional create is not done here; leave If-None-Exist out.")
    data = await body_of(request)
    text, stored = await asyncio.to_thread(_create, bearer, data, resource_type)
    return answer(request, text, stored=stored, resource_type=resource_type)


def answer(request: Request, text: str, *, stored: Stored, resource_type: str) -> Response:
    """Return the answer to a version just stored; without body when the client prefers so."""
    created = stored.version == 1 and stored.outcome == "created"
    headers = NO_STORE | {"etag": etag(stored.version)}
    if created or request.method == "POST":
        headers["location"] = location(request, resource_type=resource_type, stored=stored)
    minimal = "return=minimal" in request.headers.get("prefer", "")
    return Response(
        b"" if minimal else text,
        status_code=201 if created else 200,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def location(request: Request, *, resource_type: str, stored: Stored) -> str:
    """Return the full address of a version."""
    base = str(request.base_url).rstrip("/")
    return f"{base}/fhir/{resource_type}/{stored.id}/_history/{stored.version}"


def require_type(checked: Checked, *, resource_type: str) -> None:
    """Raise RequestRefused (400) when the body is not of the type that the address names."""
    if checked.resource_type != resource_type:
        raise refused(
            400,
            "invalid",
            f"the address is of {resource_type}, the body is a {checked.resource_type}; send it there",
            expression=f"{checked.resource_type}.resourceType",
        )


def _create(bearer: Bearer, data: bytes, resource_type: str) -> tuple[str, Stored]:
    checked = validate(data)
    require_type(checked, resource_type=resource_type)
    id_ = new_id()
    return store(bearer, [Sent(place="", checked=checked, id=id_, expected=0)])[id_]
