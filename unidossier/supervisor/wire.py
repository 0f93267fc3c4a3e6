"""A local stream socket whose two directions fail apart: an answer sent before a refusal to read more is still read.

asyncio's streams drop what was received when a write fails, and with it the reason of the refusal ("too large").
"""

import asyncio
import socket
from pathlib import Path

CHUNK_BYTES = 65536


class WireEnded(Exception):
    """The other side closed before what was expected had come."""


class Wire:
    """One connection, read through a buffer."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()

    @classmethod
    async def open(cls, path: Path) -> "Wire":
        """Connect to the socket at `path`. Raises FileNotFoundError, ConnectionRefusedError."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(made, str(path))
        except BaseException:
            made.close()
            raise
        return cls(made)

    async def send(self, content: bytes) -> None:
        """Send all of it. Raises ConnectionError when the other side reads no more."""
        await self._loop.sock_sendall(self._socket, content)

    async def read_until(self, mark: bytes, *, limit: int) -> bytes:
        """Return everything up to and with `mark`. Raises WireEnded; ValueError when `limit` bytes hold none."""
        while (found := self._buffer.find(mark)) < 0:
            if len(self._buffer) > limit:
                raise ValueError(f"no {mark!r} within {limit} bytes")
            await self._fill()
        return self._take(found + len(mark))

    async def read_exactly(self, size: int) -> bytes:
        """Return `size` bytes. Raises WireEnded."""
        while len(self._buffer) < size:
            await self._fill()
        return self._take(size)

    async def read_some(self, most: int = CHUNK_BYTES) -> bytes:
        """Return up to `most` bytes as they come, empty at the end."""
        if not self._buffer:
            try:
                await self._fill()
            except WireEnded:
                return b""
        return self._take(most)

    def shut(self) -> None:
        """End both directions for the other side; a read under way ends."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    async def _fill(self) -> None:
        received = await self._loop.sock_recv(self._socket, CHUNK_BYTES)
        if not received:
            raise WireEnded
        self._buffer += received

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken
