"""FHIR delete: the sender takes back what it sent. It stays, as a version entered in error (REC-5). hl7.org/fhir/R4/http.html#delete"""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.answers import told
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.conditions import condition_of, matching
from unidossier.exchange.fhir.newest import expected_version, in_error, newest
from unidossier.exchange.fhir.outcome import NO_STORE, refused
from unidossier.exchange.fhir.read import own_address
from unidossier.exchange.fhir.room import BASE, Interaction, Json, Room
from unidossier.exchange.fhir.storing import store
from unidossier.exchange.fhir.validators import Versions, etag, versions_of
from unidossier.exchange.fhir.wanted import preferred, require_wanted
from unidossier.record.patient_types import HELD_TYPES
from unidossier.record.sent import Sent
from unidossier.record.validation import validate

DELETABLE = HELD_TYPES - {"Patient"}


async def delete(request: Request) -> Response:
    """DELETE [base]/[type]/[id]: 204; afterwards 410 to whoever could read it, 404 to anybody else. If-Match is kept."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    require_deletable(resource_type)
    id_ = own_address(request.path_params["id"])
    seen = versions_of(request.headers.get("if-match"))
    version = await asyncio.to_thread(_delete, bearer, resource_type, id_, seen)
    return deleted(request, version=version)


async def delete_what_fits(request: Request) -> Response:
    """DELETE [base]/[type]?[condition]: the one that fits; nothing to do is 204 as well; 412 when several do."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    require_deletable(resource_type)
    condition = condition_of(resource_type, request.url.query)
    seen = versions_of(request.headers.get("if-match"))
    id_ = (await asyncio.to_thread(matching, bearer, condition)).id
    if id_ is None:
        return deleted(request, version=None)
    version = await asyncio.to_thread(_delete, bearer, resource_type, id_, seen)
    return deleted(request, version=version)


def deleted(request: Request, *, version: int | None) -> Response:
    """Return the answer to a deletion; `version`: the one that says so, None when there was nothing to delete."""
    headers = NO_STORE | ({"etag": etag(version)} if version else {})
    if preferred(request, "return") == "OperationOutcome":
        text = "It was taken back; its versions stay." if version else "Nothing fits; nothing was taken back."
        return told(200, text, headers=headers)
    return Response(status_code=204, headers=headers)


def require_deletable(resource_type: str, *, expression: str = "") -> None:
    """Raise RequestRefused (405) for what no system takes back: a patient; 404 for a type of no record."""
    if resource_type == "Patient":
        text = "A patient is not deleted; the registration desk merges and closes records."
        raise refused(405, "not-supported", text, expression=expression)
    if resource_type not in DELETABLE:
        text = f"'{resource_type[:60]}' is not stored here; see [base]/metadata."
        raise refused(404, "not-supported", text, expression=expression)


def withdrawal(
    bearer: Bearer, *, resource_type: str, id_: UUID, expected: int | None, place: str = ""
) -> tuple[Sent | None, int]:
    """Return what to store so that the resource is taken back, and the version it has now; None: it is already.

    Raises RequestRefused (404, 412 another version than expected). Blocks.
    """
    found = newest(bearer.secret, resource_type=resource_type, id_=id_)
    if expected is not None and expected != found.version:
        raise refused(412, "conflict", "The resource has a newer version. Read it again, then delete it.")
    if found.withdrawn:
        return None, found.version
    checked = validate(in_error(found.text))
    sent = Sent(
        place=place,
        checked=checked,
        id=id_,
        expected=found.version,
        withdrawn=True,
        patient=found.patient,
        like=found.category,
    )
    return sent, found.version


def _delete(bearer: Bearer, resource_type: str, id_: UUID, seen: Versions | None) -> int:
    expected = expected_version(bearer.secret, seen, resource_type=resource_type, id_=id_)
    sent, version = withdrawal(bearer, resource_type=resource_type, id_=id_, expected=expected)
    return version if sent is None else store(bearer, [sent], interaction="delete")[id_][1].version


def _of_type(name: str) -> Json:
    return {"conditionalDelete": "single"} if name in DELETABLE else {}


_ITEM, _TYPE = f"{BASE}/{{type}}/{{id}}", f"{BASE}/{{type}}"
ROOM = Room(
    routes=(
        Route(_ITEM, delete, methods=["DELETE"]),
        Route(_TYPE, delete_what_fits, methods=["DELETE"]),
    ),
    interactions=(Interaction(code="delete", at=(("DELETE", _ITEM), ("DELETE", _TYPE)), types=DELETABLE),),
    of_type=_of_type,
)
