"""The body of a request to the portals, held until it is whole: their few threads never wait for a slow client.

Held in memory, never on disk: what people upload is of their records. RFC 9110, 15.5.9, 15.5.14
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from unidossier.supervisor.upstream import ClientLeft

LARGEST = 26 * 1024 * 1024  # bytes of one body: a little more than the portals read
SMALL = 64 * 1024  # so much is held whatever else is
TOGETHER = 256 * 1024 * 1024  # of all bodies that are larger
GRACE_S = 10.0  # until a body has to be on its way ...
SLOWEST = 16 * 1024  # ... and how many bytes a second it then has to bring
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class BodyRefused(Exception):
    """The body is not read to its end: an HTTP status, and which of our words say so."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status = status
        self.what = what


class Bodies:
    """All that are held now."""

    def __init__(self) -> None:
        self._held = 0  # bytes of the larger ones

    @asynccontextmanager
    async def whole(self, receive: Receive, *, announced: int | None) -> AsyncIterator[list[bytes]]:
        """Hold a body until it is whole, give its parts, and let it go. `announced`: its Content-Length.

        Raises BodyRefused (408, 413, 503), ClientLeft.
        """
        if (announced or 0) > LARGEST:
            raise _too_large()
        parts: list[bytes] = []
        size = counted = 0
        started = time.monotonic()
        try:
            more = True
            while more:
                part, more = await _next(
                    receive, within_s=started + GRACE_S + size / SLOWEST - time.monotonic()
                )
                parts.append(part)
                size += len(part)
                if size > LARGEST:
                    raise _too_large()
                if size > SMALL:
                    self._held += size - counted
                    counted = size
                if self._held > TOGETHER:
                    raise BodyRefused(503, "too-much")
            yield parts
        finally:
            self._held -= counted


async def _next(receive: Receive, *, within_s: float) -> tuple[bytes, bool]:
    """Return the next part and whether more follows."""
    try:
        message = await asyncio.wait_for(receive(), max(within_s, 0.01))
    except TimeoutError:
        raise BodyRefused(408, "too-slow") from None
    if message["type"] == "http.disconnect":
        raise ClientLeft
    return message.get("body", b""), message.get("more_body", False)


def _too_large() -> BodyRefused:
    return BodyRefused(413, "too-large")
