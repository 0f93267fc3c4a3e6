"""The list of one's own Subscriptions, narrowed and in pages. hl7.org/fhir/R4/subscription.html#search

An account has fifty at most (rest.py), so they are read at once and narrowed here; a page is what follows a subscription.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.subscribe import own_subscriptions
from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, refused
from unidossier.exchange.fhir.room import base_of
from unidossier.exchange.fhir.search.asked import Pair, pairs_of
from unidossier.exchange.fhir.search.bundle import searchset
from unidossier.exchange.fhir.subscriptions.resource import shown
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS, preferred, require_wanted

Json = dict[str, Any]
_AFTER = "_after"  # the id of the last one of the page before
_PAGING = frozenset({"_count", _AFTER})
_SOUGHT: dict[str, Callable[[Json], str | None]] = {
    "status": lambda one: one["status"],
    "type": lambda one: one["channel"]["type"],
    "url": lambda one: one["channel"].get("endpoint"),
    "criteria": lambda one: one["criteria"],
    "_id": lambda one: one["id"],
}


async def search(request: Request) -> Response:
    """GET [base]/Subscription and POST [base]/Subscription/_search: one's own, the oldest first."""
    bearer = await bearer_of(request)
    require_wanted(request)
    asked = [(name, value) for name, value in await pairs_of(request) if name not in COMMON_PARAMETERS]
    told = [f"{name[:60]} is not understood here" for name, _ in asked if name not in {*_SOUGHT, *_PAGING}]
    if told and preferred(request, "handling") != "lenient":
        known = ", ".join(sorted({*_SOUGHT, "_count"}))
        raise refused(400, "not-supported", f"Subscriptions are sought by {known}; {told[0]}.")
    found = [shown(one) for one in await asyncio.to_thread(own_subscriptions, bearer.secret)]
    for name, value in asked:
        if name in _SOUGHT:
            found = [one for one in found if _SOUGHT[name](one) in value.split(",")]
    page, following = _page(found, asked)
    body = searchset(
        base=base_of(request),
        links=_links(f"{base_of(request)}/Subscription", asked, following=following),
        matches=[("Subscription", UUID(one["id"]), orjson.dumps(one).decode()) for one in page],
        total=len(found),
        told=told,
    )
    return Response(body, headers=NO_STORE, media_type=MEDIA_TYPE)


def _page(found: list[Json], asked: Sequence[Pair]) -> tuple[list[Json], str | None]:
    """Return a page, and the id after which the next one begins. Raises RequestRefused (400)."""
    named = dict(asked)
    count = named.get("_count", str(len(found)))
    if not (count.isascii() and count.isdigit() and len(count) < 7):
        raise refused(400, "value", "_count is a whole number", expression="_count")
    ids = [one["id"] for one in found]
    after = named.get(_AFTER)
    if after is not None and after not in ids:
        raise refused(400, "value", "This page is not there any more; search again.", expression=_AFTER)
    left = found[ids.index(after) + 1 :] if after else found
    page = left[: int(count)]
    return page, page[-1]["id"] if page and len(page) < len(left) else None


def _links(address: str, asked: Sequence[Pair], *, following: str | None) -> list[Pair]:
    first = [pair for pair in asked if pair[0] != _AFTER]
    told = [("self", _with(address, asked))]
    if len(first) < len(asked):
        told.append(("first", _with(address, first)))
    if following:
        told.append(("next", _with(address, [*first, (_AFTER, following)])))
    return told


def _with(address: str, asked: Sequence[Pair]) -> str:
    return f"{address}?{urlencode(asked)}" if asked else address
