"""The front door of one machine: /fhir and /still are answered in this very process, all else by the portals' socket.

One origin, and the API pays nothing for it. In production a front proxy does the same with two servers.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from unidossier.database.home import Home
from unidossier.database.runtime import web_socket
from unidossier.supervisor import words
from unidossier.supervisor.parting import when_told_to_stop
from unidossier.supervisor.state import are_enough, read_state
from unidossier.supervisor.upstream import (
    Answer,
    ClientLeft,
    Headers,
    UpstreamAbsent,
    UpstreamBroken,
    exchange,
    without_hop_by_hop,
)
from unidossier.supervisor.whole_body import Bodies, BodyRefused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

RESTART_WAIT_S = 20.0  # how long a request waits for portals that are just starting again
HEALTH_PATH = "/healthz"
SERVING = "serving"
STILL_PATH = "/still"
# the front door alone says who asks: what a client claims about that is dropped
CLAIMED = frozenset((b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"expect"))
SAFE_METHODS = frozenset(("GET", "HEAD"))


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
        self._bodies = Bodies()

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
            await self._tell_health(send, asked=scope.get("query_string", b"").decode("latin-1"))
        else:
            await self._pass_on(scope, receive, send)

    async def _tell_health(self, send: Send, *, asked: str) -> None:
        """Answer 200 only when every part runs, and the portals say that they, the database and the log are well.

        /healthz?serving leaves the log out: a gap in it calls for a person, not for another server.
        """
        parts = read_state(self._home)
        parts |= await self._portals_tell(asked)
        well = are_enough(parts)
        told = {part: "ok" if runs else "down" for part, runs in parts.items()}
        body = json.dumps({"status": "ok" if well else "down", "parts": told}).encode()
        headers: Headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await _reply(send, status=200 if well else 503, headers=headers, body=body)

    async def _portals_tell(self, asked: str) -> dict[str, bool]:
        """Return whether the portals are well; and the log by itself, for portals that tell of it: another thing to mend."""
        path = f"{HEALTH_PATH}?{SERVING}" if asked == SERVING else HEALTH_PATH
        head = f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".encode()
        try:
            async with asyncio.timeout(5):
                answer = await exchange(self._socket, head=head, body=_each(()), method="GET", wait_s=0)
                content = b"".join([part async for part in answer.body])
        except (UpstreamAbsent, UpstreamBroken, TimeoutError):
            return {"portals": False}
        try:
            parts = {name: told == "ok" for name, told in json.loads(content)["parts"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return {"portals": answer.status == 200}
        told = {"log": parts.pop("log")} if "log" in parts else {}
        return {"portals": all(parts.values()), **told}

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._bodies.whole(_body_of(scope, receive), announced=_announced(scope)) as parts:
                answer = await self._ask_portals(scope, parts)
        except BodyRefused as refused:
            await _say(send, scope, refused.what, status=refused.status)
            return
        except UpstreamAbsent:
            await _say(send, scope, "not-done", status=503)
            return
        except ClientLeft:
            return
        except UpstreamBroken:
            await _say(send, scope, "unknown", status=502)
            return
        head = {"status": answer.status, "headers": without_hop_by_hop(answer.headers)}
        await send({"type": "http.response.start", **head})
        async for part in answer.body:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _ask_portals(self, scope: Scope, parts: list[bytes]) -> Answer:
        give_up_at = time.monotonic() + RESTART_WAIT_S
        while True:
            wait_s = max(0.0, give_up_at - time.monotonic())
            head, body = _request_head(scope, size=sum(map(len, parts))), _each(parts)
            try:
                return await exchange(
                    self._socket, head=head, body=body, method=scope["method"], wait_s=wait_s
                )
            except UpstreamBroken:
                # the portals died over it: asking again is safe only for what changes nothing, RFC 9110 9.2.1
                if scope["method"] not in SAFE_METHODS or not wait_s:
                    raise
                await asyncio.sleep(0.1)


async def _each(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _request_head(scope: Scope, *, size: int) -> bytes:
    target = scope.get("raw_path") or scope["path"].encode()
    if scope.get("query_string"):
        target += b"?" + scope["query_string"]
    client = (scope.get("client") or ("", 0))[0]
    # WSGI writes X_Forwarded_For and X-Forwarded-For the same: names with an underscore would pass for ours
    own = without_hop_by_hop(scope["headers"])
    kept = [(n, v) for n, v in own if n.lower() not in (*CLAIMED, b"content-length") and b"_" not in n]
    headers: Headers = [
        *kept,
        (b"x-forwarded-for", str(client).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
        (b"connection", b"close"),
    ]
    if _has_body(scope):  # whole by now, however it came
        headers.append((b"content-length", str(size).encode()))
    lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1", *(n + b": " + v for n, v in headers)]
    return b"\r\n".join(lines) + b"\r\n"


def _has_body(scope: Scope) -> bool:
    names = {name.lower() for name, _ in scope["headers"]}
    return b"transfer-encoding" in names or b"content-length" in names


def _announced(scope: Scope) -> int | None:
    told = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"")
    return int(told) if told.isdigit() else None


def _body_of(scope: Scope, receive: Receive) -> Receive:
    """Return from where the body comes: without one announced there is nothing to wait for."""

    async def nothing() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    return receive if _has_body(scope) else nothing


async def _say(send: Send, scope: Scope, what: str, *, status: int) -> None:
    headers: Headers = [*words.HEADERS]
    if status in (408, 413, 503):  # the body was not read to its end, or nothing of it was passed on
        headers.append((b"connection", b"close"))
    if status != 413:  # the same again is too large again
        headers.append((b"retry-after", b"2"))
    await _reply(send, status=status, headers=headers, body=words.page(what, scope["headers"]))


async def _reply(send: Send, *, status: int, headers: Headers, body: bytes) -> None:
    whole = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": whole})
    await send({"type": "http.response.body", "body": body})
