"""The FHIR API: a lean ASGI application on the same gate as the portals. hl7.org/fhir/R4/http.html"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.capability import capability
from unidossier.exchange.fhir.create import create
from unidossier.exchange.fhir.outcome import NO_STORE, as_refusal, refused, response
from unidossier.exchange.fhir.read import read
from unidossier.exchange.fhir.transaction import transaction
from unidossier.exchange.fhir.update import update
from unidossier.gate import async_door
from unidossier.gate.door import Query, RecordUnreadable

BASE = "/fhir"
Endpoint = Callable[[Request], Awaitable[Response]]
log = logging.getLogger(__name__)


def _told(endpoint: Endpoint) -> Endpoint:
    """Answer every error as an OperationOutcome."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it; a cut upload stores nothing
        except Exception as error:  # noqa: BLE001  (the outermost loop; what is not known is raised again)
            return response(as_refusal(error))

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


async def _http_error(_request: Request, error: Exception) -> Response:
    """Answer an address or a method that is not served."""
    assert isinstance(error, HTTPException)
    told = {
        404: ("not-found", "There is no such address; see [base]/metadata."),
        405: ("not-supported", "This is not done at this address; see [base]/metadata."),
    }
    code, text = told.get(error.status_code, ("processing", error.detail))
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    return response(refused(error.status_code, code, text, **headers))


async def _unforeseen(_request: Request, error: Exception) -> Response:
    """Answer a fault of ours: no word of what was in the request."""
    log.error("a request failed: %s", type(error).__name__)
    return response(
        refused(500, "exception", "The server failed; nothing of this request is sure. Ask again.")
    )


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    yield
    await async_door.close()


ROUTES = [
    Route("/healthz", healthz),
    Route(f"{BASE}/metadata", _told(capability)),
    Route(BASE, _told(transaction), methods=["POST"]),
    Route(f"{BASE}/", _told(transaction), methods=["POST"]),
    Route(f"{BASE}/{{type}}", _told(create), methods=["POST"]),
    Route(f"{BASE}/{{type}}/{{id}}", _told(read), methods=["GET"]),
    Route(f"{BASE}/{{type}}/{{id}}", _told(update), methods=["PUT"]),
    Route(f"{BASE}/{{type}}/{{id}}/_history/{{version}}", _told(read), methods=["GET"]),
]

application = Starlette(
    routes=ROUTES,
    lifespan=_lifespan,
    exception_handlers={HTTPException: _http_error, Exception: _unforeseen},
)
