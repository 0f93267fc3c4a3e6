"""The stand-in as a server on a socket file: GET /full, GET /delta?since=N (what exchange/federal/client.py asks)."""

import hashlib
import json
import socketserver
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from unidossier.database.home import Home
from unidossier.database.runtime import web_socket
from unidossier.demo.federal.book import load, now, path_of


def socket_path(home: Home) -> Path:
    """Return the stand-in's socket: beside the portals' own, in a folder of mode 0700."""
    return web_socket(home).with_name("federal.sock")


def answer(book_path: Path, target: str) -> tuple[int, bytes]:
    """Return status and body for a request. 503 when the platform is away, 404 for anything else than a feed."""
    parts = urlsplit(target)
    kind = parts.path.strip("/")
    if kind not in ("full", "delta"):
        return 404, b""
    book = load(book_path)
    if book.mood == "away":
        return 503, b""
    since = int(parse_qs(parts.query).get("since", ["0"])[0])
    content = book.content(since=since if kind == "delta" else 0, kind=kind, now=now())
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    body = json.dumps({"content": content, "sha256": hashlib.sha256(text.encode()).hexdigest()}).encode()
    return 200, body[: len(body) // 2] if book.mood == "half" else body


class Service(socketserver.ThreadingUnixStreamServer):
    """Serves the book of one home on its socket."""

    daemon_threads = True

    def __init__(self, home: Home) -> None:
        self.book_path = path_of(home.path)
        path = socket_path(home)
        path.unlink(missing_ok=True)  # of one that was killed
        super().__init__(str(path), _Handler)
        path.chmod(0o600)


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        """Answer one request."""
        status, body = answer(self.server.book_path, self.path)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        """A socket file has no address."""
        return "socket"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests come every minute."""
