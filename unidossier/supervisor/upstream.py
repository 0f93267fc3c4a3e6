"""A client for one HTTP/1.1 exchange with the portals over their socket. RFC 9112.

One connection an exchange: opening a local socket costs less than telling a stale one from a lost request.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from unidossier.supervisor.wire import CHUNK_BYTES, Wire, WireEnded

Headers = list[tuple[bytes, bytes]]

HEAD_LIMIT_BYTES = 128 * 1024
# RFC 9110 7.6.1: of one connection, not of the message
HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)


class UpstreamAbsent(Exception):
    """Nobody listens on the socket (any more), and nobody came back in time."""


class UpstreamBroken(Exception):
    """The answer is not HTTP, or ended too early."""


class ClientLeft(Exception):
    """The client went away in the middle of its request."""


@dataclass(frozen=True)
class Answer:
    """The head of an answer, and its body as it comes."""

    status: int
    headers: Headers
    body: AsyncIterator[bytes]


async def exchange(
    socket: Path, *, head: bytes, body: AsyncIterator[bytes], method: str, wait_s: float
) -> Answer:
    """Send one request, return the answer; wait up to `wait_s` for a server that is just starting.

    `head` is the request line and headers without the closing empty line.
    Raises UpstreamAbsent, UpstreamBroken, and ClientLeft when `body` raises it.
    """
    wire = await _connect(socket, wait_s=wait_s)
    # beside each other: an answer may come before the whole request was read ("too large")
    sending = asyncio.create_task(_send(wire, head, body))
    try:
        status, headers = await _read_head(wire)
        content = _read_body(wire, sending, headers, empty=_has_no_body(method, status))
        return Answer(status, headers, content)
    except (WireEnded, ConnectionError, ValueError, IndexError) as error:
        await _give_up(wire, sending)  # raises ClientLeft if that was the reason
        raise UpstreamBroken(str(error)) from error
    except BaseException:
        sending.cancel()
        wire.close()
        raise


def without_hop_by_hop(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers that belong to the message."""
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]


async def _connect(path: Path, *, wait_s: float) -> Wire:
    give_up_at = time.monotonic() + wait_s
    while True:
        try:
            return await Wire.open(path)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            if time.monotonic() > give_up_at:
                raise UpstreamAbsent(str(error)) from error
            await asyncio.sleep(0.05)


async def _send(wire: Wire, head: bytes, body: AsyncIterator[bytes]) -> None:
    try:
        with contextlib.suppress(ConnectionError):  # what it says about that is in its answer
            await wire.send(head + b"\r\n")
            async for part in body:
                await wire.send(part)
    except ClientLeft:
        wire.shut()  # wakes the reader; the portals must not take what came for the whole
        raise


async def _give_up(wire: Wire, sending: asyncio.Task[None]) -> None:
    sending.cancel()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await sending
    finally:
        wire.close()


async def _read_head(wire: Wire) -> tuple[int, Headers]:
    while True:
        lines = (await wire.read_until(b"\r\n\r\n", limit=HEAD_LIMIT_BYTES)).split(b"\r\n")
        status = int(lines[0].split(b" ", 2)[1])
        if status >= 200:  # RFC 9110 15.2: interim answers come before the final one
            fields = (line.partition(b":") for line in lines[1:] if line)
            return status, [(name.lower(), value.strip()) for name, _, value in fields]


def _has_no_body(method: str, status: int) -> bool:
    return method == "HEAD" or status in {204, 304}


async def _read_body(
    wire: Wire, sending: asyncio.Task[None], headers: Headers, *, empty: bool
) -> AsyncIterator[bytes]:
    fields = dict(headers)
    try:
        if empty:
            return
        if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
            while size := int((await wire.read_until(b"\r\n", limit=1000)).split(b";")[0], 16):
                yield await wire.read_exactly(size)
                await wire.read_exactly(2)
        elif b"content-length" in fields:
            left = int(fields[b"content-length"])
            while left:
                part = await wire.read_some(min(left, CHUNK_BYTES))
                if not part:
                    raise WireEnded
                left -= len(part)
                yield part
        else:
            while part := await wire.read_some():
                yield part
    except (WireEnded, ConnectionError, ValueError) as error:
        raise UpstreamBroken("the answer ended in the middle") from error
    finally:
        with contextlib.suppress(ClientLeft):
            await _give_up(wire, sending)
