"""The front door of one machine: /fhir and /still are answered in this very process, all else by the portals' socket.

One origin, and the API pays nothing for it. In production a front proxy does the same with two servers.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from unidossier.database.home import Home
from unidossier.database.runtime import web_socket
from unidossier.supervisor.parting import when_told_to_stop
from unidossier.supervisor.state import read_state
from unidossier.supervisor.upstream import (
    Answer,
    ClientLeft,
    Headers,
    UpstreamAbsent,
    UpstreamBroken,
    exchange,
    without_hop_by_hop,
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

RESTART_WAIT_S = 20.0  # how long a request waits for portals that are just starting again
HEALTH_PATH = "/healthz"
STILL_PATH = "/still"
# the front door alone says who asks: what a client claims about that is dropped
CLAIMED = frozenset((b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"expect"))
SAFE_METHODS = frozenset(("GET", "HEAD"))
NOT_DONE = "Unidossier is starting again. Your request was not carried out: try again in a moment.\n"
UNKNOWN = "The answer was lost. Look whether your change was made before you try again.\n"
PLAIN: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"2")]


class FrontDoor:
    """An ASGI application over the API, the line to open pages, and the socket of the portals.

    `stop_still` ends the lines to open pages, which would keep the process from ending.
    """

    def __init__(
        self,
        home: Home,
        *,
        api: Application,
        still: Application,
        stop_still: Callable[[], None],
        api_prefix: str = "/fhir",
    ) -> None:
        self._home = home
        self._socket = web_socket(home)
        self._api = api
        self._still = still
        self._stop_still = stop_still
        self._api_prefix = api_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI 3)."""
        path = scope.get("path", "")
        if scope["type"] == "lifespan":
            when_told_to_stop(self._stop_still)
        if scope["type"] != "http" or path == self._api_prefix or path.startswith(f"{self._api_prefix}/"):
            await self._api(scope, receive, send)
        elif path == STILL_PATH:
            await self._still(scope, receive, send)
        elif path == HEALTH_PATH:
            await self._tell_health(send)
        else:
            await self._pass_on(scope, receive, send)

    async def _tell_health(self, send: Send) -> None:
        """Answer 200 only when every part runs, and the portals say that they and the database work."""
        parts = read_state(self._home)
        parts["portals"] = await self._portals_are_well()
        well = len(parts) > 1 and all(parts.values())
        told = {part: "ok" if runs else "down" for part, runs in parts.items()}
        body = json.dumps({"status": "ok" if well else "down", "parts": told}).encode()
        headers: Headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await _reply(send, status=200 if well else 503, headers=headers, body=body)

    async def _portals_are_well(self) -> bool:
        head = f"GET {HEALTH_PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".encode()
        try:
            async with asyncio.timeout(5):
                answer = await exchange(self._socket, head=head, body=_nothing(), method="GET", wait_s=0)
                async for _ in answer.body:
                    pass
        except (UpstreamAbsent, UpstreamBroken, TimeoutError):
            return False
        return answer.status == 200

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._ask_portals(scope, receive)
        except UpstreamAbsent:
            await _reply(send, status=503, headers=PLAIN, body=NOT_DONE.encode())
            return
        except ClientLeft:
            return
        except UpstreamBroken:
            await _reply(send, status=502, headers=PLAIN, body=UNKNOWN.encode())
            return
        head = {"status": answer.status, "headers": without_hop_by_hop(answer.headers)}
        await send({"type": "http.response.start", **head})
        async for part in answer.body:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _ask_portals(self, scope: Scope, receive: Receive) -> Answer:
        give_up_at = time.monotonic() + RESTART_WAIT_S
        while True:
            wait_s = max(0.0, give_up_at - time.monotonic())
            head, body = _request_head(scope), _request_body(scope, receive)
            try:
                return await exchange(
                    self._socket, head=head, body=body, method=scope["method"], wait_s=wait_s
                )
            except UpstreamBroken:
                # the portals died over it: asking again is safe only for what changes nothing, RFC 9110 9.2.1
                if scope["method"] not in SAFE_METHODS or not wait_s:
                    raise
                await asyncio.sleep(0.1)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


def _request_head(scope: Scope) -> bytes:
    target = scope.get("raw_path") or scope["path"].encode()
    if scope.get("query_string"):
        target += b"?" + scope["query_string"]
    client = (scope.get("client") or ("", 0))[0]
    # WSGI writes X_Forwarded_For and X-Forwarded-For the same: names with an underscore would pass for ours
    own = without_hop_by_hop(scope["headers"])
    kept = [(n, v) for n, v in own if n.lower() not in CLAIMED and b"_" not in n]
    headers: Headers = [
        *kept,
        (b"x-forwarded-for", str(client).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
        (b"connection", b"close"),
    ]
    if _is_chunked(scope):
        headers.append((b"transfer-encoding", b"chunked"))
    lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1", *(n + b": " + v for n, v in headers)]
    return b"\r\n".join(lines) + b"\r\n"


def _is_chunked(scope: Scope) -> bool:
    names = {name.lower() for name, _ in scope["headers"]}
    return b"transfer-encoding" in names and b"content-length" not in names


async def _request_body(scope: Scope, receive: Receive) -> AsyncIterator[bytes]:
    chunked, more = _is_chunked(scope), True
    if not chunked and not any(name.lower() == b"content-length" for name, _ in scope["headers"]):
        return  # no body announced: nothing to wait for, and nothing lost when the request is sent again
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        part, more = message.get("body", b""), message.get("more_body", False)
        if part:
            yield b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
    if chunked:
        yield b"0\r\n\r\n"


async def _reply(send: Send, *, status: int, headers: Headers, body: bytes) -> None:
    whole = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": whole})
    await send({"type": "http.response.body", "body": body})
