"""Clients of the API that keep their lines open: one thread, one selector, so that they take little of the two cores."""

import random
import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.clients import Round

WARM_UP_S = 2.0
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
Make = Callable[[random.Random], bytes]


class Unanswered(Exception):
    """The server answered something else than what was asked for."""


def message(method: str, path: str, *, token: str, body: bytes = b"") -> bytes:
    """Return one request as it goes over the line."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: application/fhir+json\r\n"
    if body:
        head += f"Content-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


@dataclass
class _Line:
    """One client: the request under way and what was received of its answer."""

    socket: socket.socket
    began: float = 0.0
    received: bytearray | None = None

    def ask(self, request: bytes) -> None:
        self.received = bytearray()
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what came; tell whether the answer is whole. Raises Unanswered."""
        assert self.received is not None
        part = self.socket.recv(1 << 18)
        if not part:
            raise Unanswered("the server hung up")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            raise Unanswered(bytes(self.received[:600]).decode("latin-1"))
        length = _LENGTH.search(head)
        if length is None:  # in chunks, RFC 9112 7.1
            return body.endswith(b"0\r\n\r\n")
        return len(body) >= int(length[1])


def run(port: int, make: Make, *, clients: int, seconds: float) -> Round:
    """Let so many clients ask for `seconds` seconds, after a short warm-up. Raises Unanswered."""
    lines = [_Line(_connect(port)) for _ in range(clients)]
    try:
        _round(lines, make, WARM_UP_S)
        taken = _round(lines, make, seconds)
    finally:
        for line in lines:
            line.socket.close()
    return Round(latencies_ms=taken, per_second=len(taken) / seconds)


def ask_once(port: int, request: bytes) -> bytes:
    """Ask once and return the body. Raises Unanswered."""
    line = _Line(_connect(port))
    line.ask(request)
    while not line.is_answered():
        pass
    line.socket.close()
    assert line.received is not None
    return bytes(line.received.partition(b"\r\n\r\n")[2])


def _round(lines: list[_Line], make: Make, seconds: float) -> list[float]:
    chance, taken = random.Random(), []
    ends = time.perf_counter() + seconds
    with selectors.DefaultSelector() as waiting:
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.ask(make(chance))
        under_way = len(lines)
        while under_way:
            for key, _ in waiting.select():
                line = key.data
                if not line.is_answered():
                    continue
                now = time.perf_counter()
                if now < ends:
                    taken.append((now - line.began) * 1000)
                    line.ask(make(chance))
                else:
                    under_way -= 1
                    waiting.unregister(line.socket)
    return taken


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
