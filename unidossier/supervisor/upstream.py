"""A client for one HTTP/1.1 exchange with the portals over their socket. RFC 9112.

One connection an exchange: opening a local socket costs less than telling a stale one from a lost request.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

Headers = list[tuple[bytes, bytes]]

CHUNK_BYTES = 65536
HEAD_LIMIT_BYTES = 128 * 1024
# RFC 9110 7.6.1: of one connection, not of the message
HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)


class UpstreamAbsent(Exception):
    """Nobody listens on the socket (any more), and nobody came back in time."""


class UpstreamBroken(Exception):
    """The answer is not HTTP, or ended too early."""


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
    Raises UpstreamAbsent, UpstreamBroken.
    """
    reader, writer = await _connect(socket, wait_s=wait_s)
    # beside each other: an answer may come before the whole request was read ("too large")
    sending = asyncio.create_task(_send(writer, head, body))
    sending.add_done_callback(lambda task: task.cancelled() or task.exception())
    try:
        status, headers = await _read_head(reader)
        content = _read_body(reader, writer, headers, empty=_has_no_body(method, status))
        return Answer(status, headers, content)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError) as error:
        writer.close()
        raise UpstreamBroken(str(error)) from error
    except BaseException:
        writer.close()
        raise


def without_hop_by_hop(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers that belong to the message."""
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]


async def _connect(socket: Path, *, wait_s: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    give_up_at = time.monotonic() + wait_s
    while True:
        try:
            return await asyncio.open_unix_connection(str(socket), limit=HEAD_LIMIT_BYTES)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            if time.monotonic() > give_up_at:
                raise UpstreamAbsent(str(error)) from error
            await asyncio.sleep(0.05)


async def _send(writer: asyncio.StreamWriter, head: bytes, body: AsyncIterator[bytes]) -> None:
    try:
        writer.write(head + b"\r\n")
        async for part in body:
            writer.write(part)
            await writer.drain()
    except UpstreamBroken:
        writer.close()  # the client left: the portals must not take what came for the whole


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, Headers]:
    while True:
        lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        status = int(lines[0].split(b" ", 2)[1])
        if status >= 200:  # RFC 9110 15.2: interim answers come before the final one
            fields = (line.partition(b":") for line in lines[1:] if line)
            return status, [(name.lower(), value.strip()) for name, _, value in fields]


def _has_no_body(method: str, status: int) -> bool:
    return method == "HEAD" or status in {204, 304}


async def _read_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Headers, *, empty: bool
) -> AsyncIterator[bytes]:
    try:
        fields = dict(headers)
        if empty:
            return
        if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
            while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
                yield await reader.readexactly(size)
                await reader.readexactly(2)
        elif b"content-length" in fields:
            left = int(fields[b"content-length"])
            while left:
                part = await reader.read(min(left, CHUNK_BYTES))
                if not part:
                    raise UpstreamBroken("the answer ended before its announced length")
                left -= len(part)
                yield part
        else:
            while part := await reader.read(CHUNK_BYTES):
                yield part
    except asyncio.IncompleteReadError as error:
        raise UpstreamBroken("the answer ended in the middle") from error
    finally:
        writer.close()
