"""$status, $events and $get-ws-binding-token. hl7.org/fhir/uv/subscriptions-backport/operations.html"""

import asyncio
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.actions.subscribe import list_events, make_socket_token, own_subscriptions
from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, not_found, refused
from unidossier.exchange.fhir.room import BASE, base_of
from unidossier.exchange.fhir.subscriptions.rest import own
from unidossier.notices.subscription_bundle import CONTENTS, notice_bundle, status_parameters
from unidossier.record.validation import validate

Json = dict[str, Any]
SOCKET = f"{BASE}/ws"


async def status(request: Request) -> Response:
    """GET or POST [base]/Subscription/$status and /[id]/$status: a Bundle with the status of each."""
    bearer = await bearer_of(request)
    named = await _parameters(request)
    if "id" in request.path_params:
        told = [await own(bearer.secret, request.path_params["id"])]
    else:
        told = await asyncio.to_thread(own_subscriptions, bearer.secret)
        if ids := [value for name, value in named if name == "id"]:
            told = [one for one in told if one["id"] in ids]
        if states := [value for name, value in named if name == "status"]:
            told = [one for one in told if one["state"] in states]
    base = _base(request)
    entries = []
    for one in told:
        parameters = status_parameters(one, kind="query-status", base=base)
        entries.append(
            {
                "fullUrl": f"urn:uuid:{parameters['id']}",
                "resource": parameters,
                "search": {"mode": "match"},
            }
        )
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return _json(bundle | ({"entry": entries} if entries else {}))


async def events(request: Request) -> Response:
    """GET or POST [base]/Subscription/[id]/$events: what was told, by number, as far as it may be told now."""
    bearer = await bearer_of(request)
    named = dict(await _parameters(request))
    try:
        id_ = UUID(request.path_params["id"])
    except ValueError:
        raise not_found() from None
    told = await asyncio.to_thread(
        list_events,
        bearer.secret,
        subscription=id_,
        since=_number(named, "eventsSinceNumber"),
        until=_number(named, "eventsUntilNumber"),
    )
    if told is None:
        raise not_found()
    if (content := named.get("content")) in CONTENTS:  # less than the subscription has, never more
        told |= {"content": min(content, told["content"], key=CONTENTS.index)}
        if told["content"] != "full-resource":
            told["events"] = [
                {name: value for name, value in one.items() if name != "text"} for one in told["events"]
            ]
    return _json(notice_bundle(told, kind="query-event", base=_base(request)))


async def binding_token(request: Request) -> Response:
    """GET or POST [base]/Subscription/$get-ws-binding-token and /[id]/...: for one websocket, within five minutes."""
    bearer = await bearer_of(request)
    ids = [value for name, value in await _parameters(request) if name == "id"]
    if "id" in request.path_params:
        ids = [request.path_params["id"]]
    try:
        wanted = [UUID(one) for one in ids]
    except ValueError:
        raise not_found() from None
    made = await asyncio.to_thread(make_socket_token, bearer.secret, subscriptions=wanted)
    if made is None:
        raise not_found()
    token, told = made
    socket = str(request.base_url).rstrip("/").replace("http", "ws", 1) + SOCKET
    return _json(
        {
            "resourceType": "Parameters",
            "parameter": [
                {"name": "token", "valueString": token},
                {"name": "expiration", "valueDateTime": told["ends"]},
                *({"name": "subscription", "valueString": one} for one in told["subscriptions"]),
                {"name": "websocket-url", "valueUrl": socket},
            ],
        }
    )


async def _parameters(request: Request) -> list[tuple[str, str]]:
    if request.method == "GET":
        return list(request.query_params.multi_items())
    if request.headers.get("content-length", "0") == "0":
        return []
    checked = validate(await body_of(request))
    if checked.resource_type != "Parameters":
        raise refused(400, "invalid", "Send a Parameters resource.", expression="Parameters")
    given = checked.resource.get("parameter", ())
    return [
        (one["name"], str(value)) for one in given for key, value in one.items() if key.startswith("value")
    ]


def _number(named: dict[str, str], name: str) -> int | None:
    text = named.get(name)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise refused(400, "value", f"{name} is a whole number.", expression=name)
    return int(text) if text is not None else None


def _base(request: Request) -> str:
    return base_of(request)


def _json(body: Json) -> Response:
    return Response(orjson.dumps(body), headers=NO_STORE, media_type=MEDIA_TYPE)
