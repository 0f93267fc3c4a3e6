"""The FHIR API: a lean ASGI application on the same gate as the portals. hl7.org/fhir/R4/http.html"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from unidossier.exchange.fhir.capability import capability
from unidossier.exchange.fhir.outcome import NO_STORE, as_refusal, refused, response, unforeseen
from unidossier.exchange.fhir.outside import Outside
from unidossier.exchange.fhir.patch import PATCHES
from unidossier.exchange.fhir.room import BASE, OnTheWire, Room
from unidossier.exchange.fhir.rooms import ROOMS
from unidossier.exchange.fhir.shape import shaped
from unidossier.exchange.fhir.straight import Straight
from unidossier.gate import async_door
from unidossier.gate.door import Query, RecordUnreadable
from unidossier.kernel.memory import give_back

# of a worker, for what waits or computes at length; more of them at once hold more and are no quicker
THREADS = int(os.environ.get("UNIDOSSIER_API_THREADS", str((os.cpu_count() or 2) + 2)))
GIVE_BACK_S = 20.0
Endpoint = Callable[[Request], Awaitable[Response]]
log = logging.getLogger(__name__)


def _told(endpoint: Endpoint) -> Endpoint:
    """Answer every error as an OperationOutcome, and everything in the form that is wanted."""

    async def answered(request: Request) -> Response:
        try:
            answer = await endpoint(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it; a cut upload stores nothing
        except Exception as error:  # noqa: BLE001  (the outermost loop; what is not known is raised again)
            if isinstance(error, RecordUnreadable):
                log.warning("unreadable: %s", error.cause)
            answer = response(as_refusal(error))
            if answer.status_code == 405:  # refused at an address that takes the method for others
                others = _allowed(request)["allow"].split(", ")
                answer.headers["allow"] = ", ".join(one for one in others if one != request.method)
        return await shaped(request, answer)

    return answered


async def healthz(_request: Request) -> Response:
    """GET /healthz: 200 when the database answers."""
    try:
        await async_door.ask_outside(Query("SELECT 1"))
    except RecordUnreadable:
        return _health(503, "down")
    return _health(200, "ok")


def _health(status: int, word: str) -> Response:
    body = orjson.dumps({"status": word, "parts": {"database": word}})
    return Response(body, status_code=status, headers=NO_STORE, media_type="application/json")


async def _http_error(request: Request, error: Exception) -> Response:
    """Answer an address or a method that is not served; OPTIONS is told what is."""
    assert isinstance(error, HTTPException)
    allowed = _allowed(request) if error.status_code == 405 else {}
    if allowed and request.method == "OPTIONS":
        return Response(status_code=204, headers=NO_STORE | allowed)
    told = {
        404: ("not-found", "There is no such address; see [base]/metadata."),
        405: ("not-supported", "This is not done at this address; see [base]/metadata."),
    }
    code, text = told.get(error.status_code, ("processing", error.detail))
    headers = dict(error.headers or {}) | allowed
    named = {name.lower().replace("-", "_"): value for name, value in headers.items()}
    return await shaped(request, response(refused(error.status_code, code, text, **named)))


def _allowed(request: Request) -> dict[str, str]:
    """Return the headers that say what is done at this address (RFC 9110, 10.2.1; RFC 5789, 3.1)."""
    path = request.scope["path"]
    here = [route for route in ROUTES if isinstance(route, Route) and route.path_regex.match(path)]
    kind = path.removeprefix(f"{BASE}/").partition("/")[0]
    done = {method for route in here for method in route.methods or () if _is_done(method, route.path, kind)}
    methods = sorted(done | {"OPTIONS"})
    told = {"allow": ", ".join(methods)}
    return told | ({"accept-patch": PATCHES} if "PATCH" in methods else {})


def _is_done(method: str, path: str, kind: str) -> bool:
    """Tell whether a route of all types does this for one of them, as the CapabilityStatement says (a Patient is not deleted)."""
    types = _TYPES.get(("GET" if method == "HEAD" else method, path))
    return types is None or kind in types


async def _unforeseen(_request: Request, error: Exception) -> Response:
    """Answer a fault of ours: no word of what was in the request."""
    log.error("a request failed: %s", type(error).__name__)
    return response(unforeseen())


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="api"))
    giving = asyncio.create_task(_give_back())
    yield
    giving.cancel()
    await async_door.close()


async def _give_back() -> None:
    """Let the system have now and then what large requests took."""
    while True:
        await asyncio.sleep(GIVE_BACK_S)
        await asyncio.to_thread(give_back)


ENTRANCE = Room(
    routes=(Route("/healthz", healthz), Route(f"{BASE}/metadata", capability)),
    beside=(("GET", "/healthz"), ("GET", f"{BASE}/metadata")),
)


def _routes() -> list[BaseRoute]:
    """Join the routes of the rooms; a plain route answers its errors as an OperationOutcome."""
    return [
        Route(route.path, _told(route.endpoint), methods=sorted(route.methods or ()), include_in_schema=False)
        if isinstance(route, Route)
        else route
        for room in (ENTRANCE, *ROOMS)
        for route in room.routes
    ]


def _types() -> dict[OnTheWire, frozenset[str]]:
    """Return for which types each address is served, of those that the type is a part of."""
    found: dict[OnTheWire, frozenset[str]] = {}
    for one in (interaction for room in ROOMS for interaction in room.interactions):
        for place in one.at:
            if place[1].startswith(f"{BASE}/{{type}}"):
                found[place] = found.get(place, frozenset()) | one.types
    return found


ROUTES = _routes()
_TYPES = _types()
# apps in browsers ask from pages of other origins; no cookie counts here, so that nobody asks in another's name
OPEN_TO_PAGES = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allow_headers=["*"],
    expose_headers=["ETag", "Last-Modified", "Location", "Content-Location", "Retry-After"],
)

application = Starlette(
    routes=[Straight(ROUTES), *ROUTES],
    middleware=[Middleware(Outside), OPEN_TO_PAGES],
    lifespan=_lifespan,
    exception_handlers={HTTPException: _http_error, Exception: _unforeseen},
)
