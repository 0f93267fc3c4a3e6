"""A receiver of notices: a small HTTP server of this machine that keeps what it is sent and answers as told."""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Receiver:
    """`told` are the Bundles that came, `headers` what came with them; `answers` are the next statuses (then 200)."""

    def __init__(self, pem: Path | None = None) -> None:
        self.told: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.drops_for_s = 0.0  # an answer that comes drop by drop for so long
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["content-length"]))
                receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
                receiver.told.append(json.loads(text))
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", f"{receiver.origin}/elsewhere")
                if receiver.drops_for_s:
                    self._drop()
                else:
                    self.send_header("content-length", "0")
                    self.end_headers()

            def _drop(self) -> None:
                self.end_headers()
                until = time.monotonic() + receiver.drops_for_s
                try:
                    while time.monotonic() < until:
                        self.wfile.write(b"x")
                        time.sleep(0.05)
                except OSError:
                    return

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        if pem is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if pem is None else "https"
        self.origin = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def kinds(self) -> list[str]:
        """Give the type of every notice that came."""
        return [parameter(one, "type") for one in self.told]


def parameter(bundle: Json, name: str) -> str:
    """Give a value of the SubscriptionStatus of a notice."""
    status = bundle["entry"][0]["resource"]
    assert status["resourceType"] == "Parameters"
    (one,) = [each for each in status["parameter"] if each["name"] == name]
    (value,) = [value for key, value in one.items() if key.startswith("value")]
    return str(value)


def focuses(bundle: Json) -> list[tuple[int, str | None]]:
    """Give (number, reference) of each event of a notice."""
    found = []
    for one in bundle["entry"][0]["resource"]["parameter"]:
        if one["name"] == "notification-event":
            parts = {part["name"]: part for part in one["part"]}
            focus = parts.get("focus", {}).get("valueReference", {}).get("reference")
            found.append((int(parts["event-number"]["valueString"]), focus))
    return found
