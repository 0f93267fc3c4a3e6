"""The web process with the product's settings, and clients that ask it over HTTP/1.1 on its socket, kept alive."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.crowd import Crowd, item_number, patient_number
from bench.people import cookie_of
from unidossier.database.home import Home
from unidossier.database.runtime import web_socket

START_LIMIT_S = 60


@dataclass(frozen=True, kw_only=True)
class Given:
    """What every client knows: where the server is, a browser session for each, how many patients there are."""

    socket: str
    cookies: tuple[str, ...]
    patients: int


class Unanswered(Exception):
    """The server answered something else than 200."""


@contextmanager
def serving(crowd: Crowd) -> Iterator[Given]:
    """Run the web process for the block."""
    cookies = tuple(cookie_of(crowd, number=number) for number in range(4))
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.web_process"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "bench.settings"},
    )
    path = str(web_socket(Home.find()))
    try:
        _wait(path, server)
        yield Given(socket=path, cookies=cookies, patients=crowd.patients)
    finally:
        server.terminate()
        server.wait(30)


def make(number: int, given: Given) -> Callable[[random.Random], object]:
    """Return the client of this number; it opens its connection at its first request."""
    cookie = given.cookies[number % len(given.cookies)]
    kept = threading.local()

    def ask(chance: random.Random) -> None:
        if not hasattr(kept, "line"):
            kept.line = _connect(given.socket)
        n = chance.randint(3, given.patients)
        body = get(kept.line, f"/ward/line/{patient_number(n)}/{item_number(n, 7)}", cookie=cookie)
        assert str(item_number(n, 7)).encode() in body

    return ask


def get(line: socket.socket, path: str, *, cookie: str) -> bytes:
    """Return the body of one page. Raises Unanswered."""
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: unidossier={cookie}\r\n\r\n".encode())
    received = line.recv(65536)
    while b"\r\n\r\n" not in received:
        received += _more(line)
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise Unanswered(f"{path}: {head[:200]!r}")
    length = next(
        (
            int(one.partition(b":")[2])
            for one in head.lower().split(b"\r\n")
            if one.startswith(b"content-length:")
        ),
        None,
    )
    if length is None:  # in chunks, RFC 9112 7.1
        while not body.endswith(b"\r\n0\r\n\r\n"):
            body += _more(line)
        return body
    while len(body) < length:
        body += _more(line)
    return body


def _more(line: socket.socket) -> bytes:
    received = line.recv(65536)
    if not received:
        raise Unanswered("the server hung up")
    return received


def _connect(path: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(30)
    line.connect(path)
    return line


def _wait(path: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            # no sequencer runs here: the log is not well
            get(_connect(path), "/healthz?serving", cookie="")
            return
        except (OSError, Unanswered):
            time.sleep(0.1)
    raise Unanswered("the web process did not start")
