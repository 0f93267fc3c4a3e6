"""Create, read, update and delete one's own Subscriptions. hl7.org/fhir/R4/subscription.html"""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.subscribe import end_subscription, keep_subscription, own_subscriptions
from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.create import require_type
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, RequestRefused, not_found, refused
from unidossier.exchange.fhir.room import BASE
from unidossier.exchange.fhir.subscriptions.resource import shown, wanted_of
from unidossier.exchange.fhir.update import own_id, require_id
from unidossier.exchange.fhir.validators import Versions, etag, last_modified, versions_of
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.record.validation import validate

Json = dict[str, Any]
_REFUSED = {
    "address-not-allowed": (
        422,
        "business-rule",
        "Notices are not sent to this address yet: ask a security officer of the hospital to allow it.",
        "Subscription.channel.endpoint",
    ),
    "too-many": (422, "too-costly", "This account has 50 subscriptions; end one first.", ""),
    "of-another": (409, "conflict", "The subscription cannot be stored under this id.", ""),
    "changed": (
        412,
        "conflict",
        "The subscription was changed meanwhile. Read it again, then send your change.",
        "",
    ),
}


async def create(request: Request) -> Response:
    """POST [base]/Subscription: 201; it begins with a handshake."""
    bearer = await bearer_of(request)
    require_wanted(request)
    checked = validate(await body_of(request))
    require_type(checked, resource_type="Subscription")
    id_ = new_id()
    told = await _keep(bearer.secret, id_, wanted_of(checked.resource))
    place = f"{str(request.base_url).rstrip('/')}{BASE}/Subscription/{id_}"
    return _answer(told, status=201, location=f"{place}/_history/{told['version']}")


async def update(request: Request) -> Response:
    """PUT [base]/Subscription/[id]: 200, or 201 when the id was free; it begins anew with a handshake."""
    bearer = await bearer_of(request)
    require_wanted(request)
    id_, seen = own_id(request.path_params["id"]), versions_of(request.headers.get("if-match"))
    checked = validate(await body_of(request))
    require_type(checked, resource_type="Subscription")
    require_id(checked, id_=id_)
    expected = await _expected(bearer.secret, id_, seen)
    told = await _keep(bearer.secret, id_, wanted_of(checked.resource, expected=expected))
    return _answer(told, status=201 if told["version"] == 1 else 200)


async def read(request: Request) -> Response:
    """GET [base]/Subscription/[id]: one's own, as it stands now."""
    bearer = await bearer_of(request)
    require_wanted(request)
    return _answer(await own(bearer.secret, request.path_params["id"]), status=200)


async def delete(request: Request) -> Response:
    """DELETE [base]/Subscription/[id]: it ends, with what was still to be told."""
    bearer = await bearer_of(request)
    id_ = _id(request.path_params["id"])
    if not await asyncio.to_thread(end_subscription, bearer.secret, subscription=id_):
        raise not_found()
    return Response(status_code=204, headers=NO_STORE)


async def own(secret: bytes, id_: str) -> Json:
    """Return how one's own subscription stands. Raises RequestRefused (404)."""
    told = await asyncio.to_thread(own_subscriptions, secret, subscription=_id(id_))
    if not told:
        raise not_found()
    return told[0]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise not_found() from None


async def _expected(secret: bytes, id_: UUID, seen: Versions | None) -> int | None:
    """Return the version that the change may follow; of several that were seen the one that stands."""
    if seen is None or len(seen) == 1:
        return seen[0] if seen else None
    told = await asyncio.to_thread(own_subscriptions, secret, subscription=id_)
    if not told or (seen and told[0]["version"] not in seen):
        raise _told("changed")
    version: int = told[0]["version"]
    return version


async def _keep(secret: bytes, id_: UUID, wanted: Json) -> Json:
    try:
        return await asyncio.to_thread(keep_subscription, secret, subscription=id_, wanted=wanted)
    except AccessRefused:
        told = "Systems of an institution and carers outside may subscribe, by their own account."
        raise refused(403, "forbidden", told) from None
    except ActRefused as refusal:
        raise _told(refusal.code) from None


def _told(code: str) -> RequestRefused:
    status, kind, text, place = _REFUSED[code]
    return refused(status, kind, text, expression=place)


def _answer(told: Json, *, status: int, location: str | None = None) -> Response:
    headers = NO_STORE | {
        "etag": etag(told["version"]),
        "last-modified": last_modified(datetime.fromisoformat(told["changed"])),
    }
    headers |= {"location": location} if location else {}
    return Response(orjson.dumps(shown(told)), status_code=status, headers=headers, media_type=MEDIA_TYPE)
