"""Notices by websocket: bound by a token, then told as things happen. hl7.org/fhir/uv/subscriptions-backport/channels.html#websockets

The line shows a token of $get-ws-binding-token and nothing else of who it is; what it is told is decided at each notice.
"""

import asyncio
import re

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from unidossier.actions.subscribe import entries_of, wants_content, with_content
from unidossier.exchange.fhir.room import BASE
from unidossier.gate import async_door
from unidossier.gate.door import Query, RecordUnreadable
from unidossier.notices.subscription_bundle import notice_bundle

EVERY_S = 1.0  # between two looks
BIND_WITHIN_S = 10.0
MOST = 200  # lines of one process that listen ...
# ... and that have not shown a token yet: nobody knows whose they are, and the server reads up to 64 MiB of what each says first
MOST_WAITING = 8
POLICY, GOING_AWAY, TRY_LATER = 1008, 1001, 1013  # RFC 6455, 7.4.1
_BIND = re.compile(r"bind-with-token:?\s+([0-9a-f]{64})\s*")
_open = 0
_waiting: list[asyncio.Future[None]] = []  # the longest first


async def listen(socket: WebSocket) -> None:
    """Serve one line: `bind-with-token TOKEN`, a handshake per subscription, then notices until the hour is over."""
    global _open
    await socket.accept()
    try:
        said = await _said(socket)
        if said is not None and _open >= MOST:
            await socket.close(TRY_LATER)
            return
        _open += 1
        try:
            token = await _bound(socket, said)
            if token is None:
                await socket.close(POLICY)
            else:
                await _serve(socket, token)
        finally:
            _open -= 1
    except WebSocketDisconnect:
        return
    except RecordUnreadable:
        await socket.close(TRY_LATER)


async def _said(socket: WebSocket) -> str | None:
    """Return what the line says first; None when that is no text, comes too late, or too many came after it."""
    place = asyncio.get_running_loop().create_future()
    if len(_waiting) >= MOST_WAITING:  # who has a token shows it at once
        _waiting.pop(0).set_result(None)
    _waiting.append(place)
    hearing = asyncio.ensure_future(socket.receive_text())
    try:
        await asyncio.wait({hearing, place}, timeout=BIND_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        return hearing.result() if hearing.done() else None
    except KeyError:  # a binary message
        return None
    finally:
        hearing.cancel()
        if place in _waiting:
            _waiting.remove(place)


async def _bound(socket: WebSocket, said: str | None) -> bytes | None:
    """Take the token and send the handshakes; None when it is none."""
    match = _BIND.fullmatch(said or "")
    if match is None:
        return None
    token = bytes.fromhex(match.group(1))
    (row,) = await async_door.ask_outside(
        Query("SELECT notices.bind_socket(%(token)s::bytea) AS told", {"token": token})
    )
    for told in row["told"] or ():
        await _send(socket, told)
    return token if row["told"] else None


async def _serve(socket: WebSocket, token: bytes) -> None:
    """Send what is new, once a second; end when the other side leaves or the hour is over."""
    leaving = asyncio.ensure_future(_gone(socket))
    try:
        while not leaving.done():
            (row,) = await async_door.ask_outside(
                Query("SELECT notices.listen_socket(%(token)s::bytea) AS told", {"token": token})
            )
            if row["told"] is None:
                await socket.close(GOING_AWAY)
                return
            for told in row["told"]:
                await _send(socket, await _with_content(told, token))
            await asyncio.wait({leaving}, timeout=EVERY_S)
    finally:
        leaving.cancel()


async def _with_content(told: dict, token: bytes) -> dict:
    if not wants_content(told):
        return told
    sql = "SELECT notices.contents_for_socket(%(token)s::bytea, %(id)s::uuid, %(entries)s::bigint[]) AS contents"
    asked = {"token": token, "id": told["id"], "entries": entries_of(told)}
    (row,) = await async_door.ask_outside(Query(sql, asked))
    return await asyncio.to_thread(with_content, told, row["contents"])


async def _gone(socket: WebSocket) -> None:
    """Wait until the other side leaves; what it says meanwhile means nothing here."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _send(socket: WebSocket, told: dict) -> None:
    scheme = "https" if socket.url.scheme == "wss" else "http"
    base = f"{scheme}://{socket.url.netloc}{BASE}"
    await socket.send_text(orjson.dumps(notice_bundle(told, kind=told["kind"], base=base)).decode())
