"""FHIR update: the next version of a resource (REC-5). hl7.org/fhir/R4/http.html#update"""

import asyncio
import re
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.content import body_of, require_json_wanted
from unidossier.exchange.fhir.create import answer, require_type
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.storing import store
from unidossier.record.arrival import PATIENT_TYPES, Sent
from unidossier.record.validation import Checked, validate

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


async def update(request: Request) -> Response:
    """PUT [base]/[type]/[id]: 200, or 201 when the id was free; with If-Match only over the version it names."""
    bearer = await bearer_of(request)
    require_json_wanted(request)
    resource_type, id_ = request.path_params["type"], own_id(request.path_params["id"])
    if resource_type not in PATIENT_TYPES:
        raise refused(
            404, "not-supported", f"'{resource_type[:60]}' cannot be stored here; see [base]/metadata."
        )
    expected = version_of(request.headers.get("if-match"))
    data = await body_of(request)
    text, stored = await asyncio.to_thread(_update, bearer, data, resource_type, id_, expected)
    return answer(request, text, stored=stored, resource_type=resource_type)


def own_id(text: str) -> UUID:
    """Read the id that a client gives: a UUID in small letters. Raises RequestRefused (400)."""
    try:
        id_ = UUID(text)
    except ValueError:
        id_ = None
    if id_ is None or str(id_) != text:
        raise refused(400, "value", "ids are UUIDs in small letters; create the resource by POST to get one")
    return id_


def version_of(etag: str | None) -> int | None:
    """Return the version that If-Match names, None without it. Raises RequestRefused (400)."""
    if etag is None:
        return None
    match = _ETAG.fullmatch(etag.strip())
    if match is None:
        raise refused(400, "value", 'If-Match is one ETag of ours, such as W/"2"')
    return int(match.group(1))


def require_id(checked: Checked, *, id_: UUID) -> None:
    """Raise RequestRefused (400) when the body does not carry the id of the address."""
    if checked.id != str(id_):
        place = f"{checked.resource_type}.id"
        raise refused(400, "invalid", "the body must carry the id of the address", expression=place)


def _update(
    bearer: Bearer, data: bytes, resource_type: str, id_: UUID, expected: int | None
) -> tuple[str, Stored]:
    checked = validate(data)
    require_type(checked, resource_type=resource_type)
    require_id(checked, id_=id_)
    return store(bearer, [Sent(place="", checked=checked, id=id_, expected=expected)])[id_]
