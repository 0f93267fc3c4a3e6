"""Where clients find this server: a front proxy does TLS, and every address in an answer is one that they can ask (README)."""

import os

from starlette.types import ASGIApp, Receive, Scope, Send

_SECURE = {"http": "https", "websocket": "wss"}


class Outside:
    """Makes each request look as it was asked outside, where UNIDOSSIER_ORIGIN says https; the host is the proxy's to pass on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI 3)."""
        if scope["type"] in _SECURE and os.environ.get("UNIDOSSIER_ORIGIN", "").startswith("https://"):
            scope = {**scope, "scheme": _SECURE[scope["type"]]}
        await self._app(scope, receive, send)
