"""FHIR update: the next version of a resource (REC-5), named by its id or by a condition. hl7.org/fhir/R4/http.html#update, #cond-update"""

import asyncio
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.actions.deliver import Stored
from unidossier.exchange.fhir.answers import answer
from unidossier.exchange.fhir.bearer import Bearer, bearer_of
from unidossier.exchange.fhir.conditions import Match, condition_of, matching
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.create import id_for, require_type
from unidossier.exchange.fhir.following import require_standing
from unidossier.exchange.fhir.newest import expected_version, newest
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.room import BASE, OF_A_RECORD, Interaction, Json, Room
from unidossier.exchange.fhir.search.asked import Asked
from unidossier.exchange.fhir.storing import store
from unidossier.exchange.fhir.validators import Versions, versions_of
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.record.patient_types import FOLLOWING_TYPES, HELD_TYPES
from unidossier.record.sent import Sent
from unidossier.record.validation import Checked, validate


async def update(request: Request) -> Response:
    """PUT [base]/[type]/[id]: 200, or 201 when the id was free; with If-Match only over the version it names,
    with `If-None-Match: *` only where nothing stands."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type, id_ = request.path_params["type"], own_id(request.path_params["id"])
    require_storable(resource_type)
    seen = versions_of(request.headers.get("if-match"))
    if request.headers.get("if-none-match", "").strip() == "*":
        seen = (0,)  # only where nothing stands yet (RFC 9110, 13.1.2)
    data = await body_of(request)
    text, stored = await asyncio.to_thread(_update, bearer, data, resource_type, id_, seen)
    return answer(request, text, stored=stored, resource_type=resource_type)


async def update_what_fits(request: Request) -> Response:
    """PUT [base]/[type]?[condition]: the one that fits; 201 when none does; 412 when several do."""
    bearer = await bearer_of(request)
    require_wanted(request)
    resource_type = request.path_params["type"]
    require_storable(resource_type)
    condition = condition_of(resource_type, request.url.query)
    seen = versions_of(request.headers.get("if-match"))
    data = await body_of(request)
    text, stored = await asyncio.to_thread(_update_what_fits, bearer, data, condition, seen)
    return answer(request, text, stored=stored, resource_type=resource_type)


def require_storable(resource_type: str) -> None:
    """Raise RequestRefused (404) for a type of no record."""
    if resource_type not in HELD_TYPES:
        raise refused(
            404, "not-supported", f"'{resource_type[:60]}' cannot be stored here; see [base]/metadata."
        )


def sent_for(bearer: Bearer, checked: Checked, *, match: Match, place: str = "") -> tuple[UUID, int | None]:
    """Return the id to store under and the version expected there, once it is known what fits a condition.

    Raises RequestRefused (400) when the body names another id than what fits.
    """
    if match.id is None and checked.id is None:
        return id_for(bearer, resource_type=checked.resource_type, source_id=match.source_id), None
    if match.id is None:
        return own_id(checked.id or ""), 0
    if checked.id not in (None, str(match.id)):
        text = "the body names another resource than the one that fits the condition; leave its id out"
        raise refused(400, "invalid", text, expression=f"{place or checked.resource_type}.id")
    return match.id, None


def own_id(text: str) -> UUID:
    """Read the id that a client gives: a UUID in small letters. Raises RequestRefused (400)."""
    try:
        id_ = UUID(text)
    except ValueError:
        id_ = None
    if id_ is None or str(id_) != text:
        raise refused(400, "value", "ids are UUIDs in small letters; create the resource by POST to get one")
    return id_


def require_id(checked: Checked, *, id_: UUID) -> None:
    """Raise RequestRefused (400) when the body does not carry the id of the address."""
    if checked.id != str(id_):
        place = f"{checked.resource_type}.id"
        raise refused(400, "invalid", "the body must carry the id of the address", expression=place)


def _update(
    bearer: Bearer, data: bytes, resource_type: str, id_: UUID, seen: Versions | None
) -> tuple[str, Stored]:
    checked = validate(data)
    require_type(checked, resource_type=resource_type)
    require_id(checked, id_=id_)
    if resource_type in FOLLOWING_TYPES:
        newest(bearer.secret, resource_type=resource_type, id_=id_)
    expected = expected_version(bearer.secret, seen, resource_type=resource_type, id_=id_)
    return store(bearer, [Sent(place="", checked=checked, id=id_, expected=expected)])[id_]


def _update_what_fits(
    bearer: Bearer, data: bytes, condition: Asked, seen: Versions | None
) -> tuple[str, Stored]:
    checked = validate(data)
    require_type(checked, resource_type=condition.type)
    match = matching(bearer, condition, body=checked)
    require_standing(condition.type, stands=match.id is not None)
    id_, version = sent_for(bearer, checked, match=match)
    expected = expected_version(bearer.secret, seen, resource_type=condition.type, id_=id_)
    sent = Sent(place="", checked=checked, id=id_, expected=version if expected is None else expected)
    return store(bearer, [sent])[id_]


def _of_type(name: str) -> Json:
    if name not in OF_A_RECORD:
        return {}
    return {"updateCreate": name not in FOLLOWING_TYPES, "conditionalUpdate": True}


_ITEM, _TYPE = f"{BASE}/{{type}}/{{id}}", f"{BASE}/{{type}}"
ROOM = Room(
    routes=(Route(_ITEM, update, methods=["PUT"]), Route(_TYPE, update_what_fits, methods=["PUT"])),
    interactions=(Interaction(code="update", at=(("PUT", _ITEM), ("PUT", _TYPE))),),
    of_type=_of_type,
)
