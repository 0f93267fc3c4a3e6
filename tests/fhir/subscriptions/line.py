"""A websocket to the application itself, on the event loop of the client: ASGI messages in, ASGI messages out."""

import asyncio
import json
from typing import Any, Self

from tests.fhir.client import Client


class LineEnded(Exception):
    """The server closed the line; `code` is that of RFC 6455."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Line:
    """A line to /fhir/ws, open inside its block."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __enter__(self) -> Self:
        self._client.run(self._open())
        assert self._client.run(self._next())["type"] == "websocket.accept"
        return self

    def __exit__(self, *_: object) -> None:
        self._client.run(self._close())

    def say(self, text: str) -> None:
        self._client.run(self._in.put({"type": "websocket.receive", "text": text}))

    def hear(self) -> dict[str, Any]:
        """Give the next notice. Raises LineEnded."""
        message = self._client.run(self._next())
        if message["type"] == "websocket.close":
            raise LineEnded(message["code"])
        told: dict[str, Any] = json.loads(message["text"])
        return told

    async def _open(self) -> None:
        from unidossier.exchange.fhir.app import application

        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {
            "type": "websocket",
            "path": "/fhir/ws",
            "raw_path": b"/fhir/ws",
            "query_string": b"",
            "headers": [(b"host", b"api.example")],
            "scheme": "ws",
            "server": ("api.example", 80),
            "client": ("127.0.0.1", 1),
            "subprotocols": [],
        }
        await self._in.put({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(application(scope, self._in.get, self._out.put))  # type: ignore[arg-type]

    async def _next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._out.get(), 20)

    async def _close(self) -> None:
        await self._in.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self._task, 20)
