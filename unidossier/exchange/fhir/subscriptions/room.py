"""What the rooms of subscriptions serve, and the topics that the CapabilityStatement names."""

from typing import Any

from starlette.routing import Route, WebSocketRoute

from unidossier.exchange.fhir.room import BASE, Interaction, Room
from unidossier.exchange.fhir.subscriptions import listing, operations, rest
from unidossier.exchange.fhir.subscriptions.resource import PROFILE
from unidossier.exchange.fhir.subscriptions.socket import listen
from unidossier.notices.subscription_bundle import BACKPORT, TOPICS, TOPICS_AT

_ALL, _ONE = f"{BASE}/Subscription", f"{BASE}/Subscription/{{id}}"
_OF = frozenset({"Subscription"})
_DEFINED = "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition"
_TOPIC = f"{BACKPORT}/capabilitystatement-subscriptiontopic-canonical"
_PARAMETERS = (
    ("_id", "token"),
    ("status", "token"),
    ("type", "token"),
    ("url", "uri"),
    ("criteria", "string"),
)


def _both(*paths: str) -> tuple[tuple[str, str], ...]:
    return tuple((method, path) for path in paths for method in ("GET", "POST"))


def _operation(name: str, *paths: str) -> Interaction:
    return Interaction(
        code=f"${name}", at=_both(*paths), types=_OF, definition=f"{_DEFINED}/backport-subscription-{name}"
    )


def _told(name: str) -> dict[str, Any]:
    if name != "Subscription":
        return {}
    return {
        "supportedProfile": [PROFILE],
        "extension": [{"url": _TOPIC, "valueCanonical": f"{TOPICS_AT}/{one}"} for one in TOPICS],
        "searchParam": [{"name": one, "type": kind} for one, kind in _PARAMETERS],
        "versioning": "versioned-update",
        "updateCreate": True,
    }


_GET_POST = ["GET", "POST"]
_TOKEN = "$get-ws-binding-token"  # noqa: S105  (the name of an operation)
ROOM = Room(
    routes=(
        WebSocketRoute(operations.SOCKET, listen),
        Route(f"{_ALL}/$status", operations.status, methods=_GET_POST),
        Route(f"{_ONE}/$status", operations.status, methods=_GET_POST),
        Route(f"{_ONE}/$events", operations.events, methods=_GET_POST),
        Route(f"{_ALL}/{_TOKEN}", operations.binding_token, methods=_GET_POST),
        Route(f"{_ONE}/{_TOKEN}", operations.binding_token, methods=_GET_POST),
        Route(_ALL, rest.create, methods=["POST"]),
        Route(_ALL, listing.search, methods=["GET"]),
        Route(f"{_ALL}/_search", listing.search, methods=["POST"]),
        Route(_ONE, rest.read, methods=["GET"]),
        Route(_ONE, rest.update, methods=["PUT"]),
        Route(_ONE, rest.delete, methods=["DELETE"]),
    ),
    interactions=(
        Interaction(code="create", at=(("POST", _ALL),), types=_OF),
        Interaction(code="search-type", at=(("GET", _ALL), ("POST", f"{_ALL}/_search")), types=_OF),
        Interaction(code="read", at=(("GET", _ONE),), types=_OF),
        Interaction(code="update", at=(("PUT", _ONE),), types=_OF),
        Interaction(code="delete", at=(("DELETE", _ONE),), types=_OF),
        _operation("status", f"{_ALL}/$status", f"{_ONE}/$status"),
        _operation("events", f"{_ONE}/$events"),
        _operation("get-ws-binding-token", f"{_ALL}/{_TOKEN}", f"{_ONE}/{_TOKEN}"),
    ),
    of_type=_told,
)
