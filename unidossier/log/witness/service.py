"""The witness over HTTP: POST /add-checkpoint, GET /<origin hash>/checkpoint, GET / (its key). https://c2sp.org/tlog-witness.

One process with one worker: the folder is held by whoever judges. Nobody signs in: what a log did not sign is refused.
"""

import asyncio
import signal
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.database.tether import tie_to_parent
from unidossier.log.witness.judge import UNREADABLE, Answer, Witness
from unidossier.log.witness.request import MOST_BYTES

BODY_S = 10.0  # a body comes within this time or not at all
HEAD_MS = 5000
AT_ONCE = 64  # requests; more wait

Told = Callable[[str, int, str], None]


def application(witness: Witness, *, tell: Told | None = None) -> Starlette:
    """Return the ASGI application; `tell` hears path, status and body of each answer to a submission."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            body = await asyncio.wait_for(_body(request), BODY_S)
        except (TimeoutError, ClientDisconnect):
            return _response(Answer(UNREADABLE, "The body did not come whole.\n"))
        answer = await asyncio.to_thread(witness.add_checkpoint, body)
        if tell is not None:
            tell(request.url.path, answer.status, answer.body)
        return _response(answer)

    async def checkpoint(request: Request) -> Response:
        return _response(await asyncio.to_thread(witness.newest, request.path_params["hashed"]))

    async def key(_request: Request) -> Response:
        return _response(Answer(200, f"{witness.verifier}\n"))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{hashed}/checkpoint", checkpoint, methods=["GET"]),
            Route("/", key, methods=["GET"]),
        ]
    )


def serve(make: Callable[[], Witness], *, address: str, port: int) -> None:
    """Serve the witness that `make` gives, until SIGINT or SIGTERM. `make` runs in the process that judges."""

    def load() -> Any:
        tie_to_parent(signal.SIGKILL)  # a worker whose server was killed would go on holding folder and port
        return application(make(), tell=_tell)

    server = Granian(
        "unidossier",
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS),
        backpressure=AT_ONCE,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=5,
    )
    server.serve(target_loader=load, wrap_loader=False)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            break  # the judge refuses it for its length
    return bytes(body)


def _response(answer: Answer) -> Response:
    # set as a header: as `media_type` a charset would be added to what the standard names without one
    return Response(answer.body, answer.status, {"content-type": answer.kind, "cache-control": "no-store"})


def _tell(_path: str, status: int, body: str) -> None:
    # hashes and sizes alone; what was cosigned is in the folder
    if status not in (200, 409):
        print(f"refused ({status}): {body.strip()}", flush=True)  # noqa: T201  (the log of the process)
