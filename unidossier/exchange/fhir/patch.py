"""FHIR patch: a part of a resource is changed, the whole is checked as an update is. hl7.org/fhir/R4/http.html#patch"""

import asyncio
from collections.abc import Callable
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.answers import answer
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.conditions import condition_of, matching
from unidossier.exchange.fhir.content import JSON_TYPES, XML_TYPES, body_of
from unidossier.exchange.fhir.create import require_type
from unidossier.exchange.fhir.newest import expected_version, newest_kept
from unidossier.exchange.fhir.outcome import RequestRefused, not_found, refused
from unidossier.exchange.fhir.patching import PatchRefused, apply_fhirpath_patch, apply_json_patch, text_of
from unidossier.exchange.fhir.read import own_address
from unidossier.exchange.fhir.room import BASE, Interaction, Room
from unidossier.exchange.fhir.shape import read_exactly
from unidossier.exchange.fhir.storing import store
from unidossier.exchange.fhir.update import require_id, require_storable
from unidossier.exchange.fhir.validators import versions_of
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.gate.door import ItemChanged
from unidossier.record.sent import Sent
from unidossier.record.validation import InvalidResource, Issue, validate
from unidossier.record.validation.strict_json import decode, parse

JSON_PATCH = "application/json-patch+json"
PATCHES = f"{JSON_PATCH}, application/fhir+json, application/fhir+xml"
ACCEPTED = JSON_TYPES | XML_TYPES | {JSON_PATCH}
TRIES = 3
Change = Callable[[dict[str, object]], object]  # from the resource as it is to the resource as it shall be


async def patch(request: Request) -> Response:
    """PATCH [base]/[type]/[id]: JSON Patch (RFC 6902) or FHIRPath Patch; 200 and the whole resource. If-Match is kept."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    require_storable(resource_type)
    return await _patch(request, bearer, id_=own_address(request.path_params["id"]))


async def patch_what_fits(request: Request) -> Response:
    """PATCH [base]/[type]?[condition]: the one that fits; 404 when none does, 412 when several do."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    require_storable(resource_type)
    condition = condition_of(resource_type, request.url.query)
    id_ = (await asyncio.to_thread(matching, bearer, condition)).id
    if id_ is None:
        raise not_found()
    return await _patch(request, bearer, id_=id_)


async def _patch(request: Request, bearer: Bearer, *, id_: UUID) -> Response:
    resource_type = request.path_params["type"]
    seen = versions_of(request.headers.get("if-match"))
    data = await body_of(request, media_types=ACCEPTED)
    is_json_patch = request.headers["content-type"].partition(";")[0].strip().lower() == JSON_PATCH

    def work() -> tuple[str, Stored]:
        change = change_of(data, is_json_patch=is_json_patch)
        expected = expected_version(bearer.secret, seen, resource_type=resource_type, id_=id_)
        for tried in range(1, TRIES + 1):
            sent = patched(bearer, change, resource_type=resource_type, id_=id_, expected=expected)
            try:
                return store(bearer, [sent], interaction="patch")[id_]
            except ItemChanged:
                if expected is not None or tried == TRIES:
                    raise
        raise AssertionError("unreachable")

    text, stored = await asyncio.to_thread(work)
    return answer(request, text, stored=stored, resource_type=resource_type)


def change_of(data: bytes, *, is_json_patch: bool) -> Change:
    """Read a patch document. Raises RequestRefused (400, 422), InvalidResource."""
    if is_json_patch:
        parse(decode(data))  # strict: no name twice, no depth without end
        operations = read_exactly(data)
        return lambda resource: apply_json_patch(resource, operations)
    checked = validate(data)
    if checked.resource_type != "Parameters":
        raise refused(
            400, "invalid", "send Parameters (FHIRPath Patch), or JSON Patch as application/json-patch+json"
        )
    parameters = read_exactly(checked.text)
    return lambda resource: apply_fhirpath_patch(resource, parameters)


def patched(
    bearer: Bearer,
    change: Change,
    *,
    resource_type: str,
    id_: UUID,
    expected: int | None,
    place: str = "",
) -> Sent:
    """Return what to store so that the change is made on the newest version. Blocks.

    Raises RequestRefused (404, 410, 412 another version than expected, 422 a change that cannot be made or whose result
    is no valid resource).
    """
    found = newest_kept(bearer.secret, resource_type=resource_type, id_=id_)
    if expected is not None and expected != found.version:
        raise refused(
            412, "conflict", "The resource has a newer version. Read it again, then send your change."
        )
    try:
        changed = validate(text_of(change(read_exactly(found.text)), place=""))
    except PatchRefused as refusal:
        raise RequestRefused(422, [Issue("processing", refusal.place, str(refusal))]) from None
    except InvalidResource as error:
        raise RequestRefused(422, error.issues) from None
    require_type(changed, resource_type=resource_type)
    require_id(changed, id_=id_)
    return Sent(
        place=place,
        checked=changed,
        id=id_,
        expected=found.version,
        patient=found.patient,
        like=found.category,
    )


_ITEM, _TYPE = f"{BASE}/{{type}}/{{id}}", f"{BASE}/{{type}}"
ROOM = Room(
    routes=(Route(_ITEM, patch, methods=["PATCH"]), Route(_TYPE, patch_what_fits, methods=["PATCH"])),
    interactions=(Interaction(code="patch", at=(("PATCH", _ITEM), ("PATCH", _TYPE))),),
)
