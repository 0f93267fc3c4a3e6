"""An open page as the line sees it: an ASGI request with tokens, whose answer is read event by event."""

import asyncio
import re
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from unidossier.exchange.still.app import PATH, make_application
from unidossier.exchange.still.watch import Watch
from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.gate.standing import collected
from unidossier.signin.still import make_token

PATIENCE_S = 20.0


def token_of_record(secret: bytes, patient: UUID, *, verb: str = "open-record") -> str:
    """Open a record as a page does, and return the page's token."""
    with collected() as standings:
        door.read(secret, Ask(verb=verb, patient=patient))
    return make_token(standings, secret=secret)


def token_of_list(secret: bytes) -> str:
    """Open the list of patients as a page does, and return the page's token."""
    with collected() as standings:
        door.read_list(secret, "list-patients", {})
    return make_token(standings, secret=secret)


class Page:
    """What the server has sent until now."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.events: asyncio.Queue[str] = asyncio.Queue()  # words of events, "" at the end of the answer
        self.body = b""
        self.gone = asyncio.Event()
        self._asked = False
        self._text = ""

    async def event(self, *, within_s: float = PATIENCE_S) -> str:
        """Return the next event, "" when the answer has ended. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            return await self.events.get()

    async def receive(self) -> MutableMapping[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        *whole, self._text = (self._text + message.get("body", b"").decode()).split("\n\n")
        for one in whole:
            if found := re.match(r"event: (\w+)", one):
                self.events.put_nowait(found[1])
        if not message.get("more_body", False):
            self.events.put_nowait("")


@asynccontextmanager
async def open_page(watch: Watch, tokens: Sequence[str] | bytes) -> AsyncIterator[Page]:
    """Open a page that carries these tokens; it is left at the end of the block."""
    page = Page()
    page.body = tokens if isinstance(tokens, bytes) else "\n".join(tokens).encode()
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "headers": [],
        "root_path": "",
    }
    running = asyncio.create_task(make_application(watch)(scope, page.receive, page.send))
    try:
        yield page
    finally:
        page.gone.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(running, PATIENCE_S)
