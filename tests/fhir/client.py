"""A foreign HTTP client on the application itself: httpx over ASGI, its event loop in a thread of its own."""

import asyncio
import threading
from typing import Any

import httpx


class Client:
    """Sends requests to an ASGI application; answers are those of httpx."""

    def __init__(self, application: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        self._http = httpx.AsyncClient(transport=transport, base_url="http://api.example")

    def request(self, method: str, address: str, **given: Any) -> httpx.Response:
        return self.run(self._http.request(method, address, **given))

    def get(self, address: str, **given: Any) -> httpx.Response:
        return self.request("GET", address, **given)

    def run(self, work: Any) -> Any:
        """Run a coroutine on the loop of the application; return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        from unidossier.gate import async_door

        self.run(self._http.aclose())
        self.run(async_door.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
