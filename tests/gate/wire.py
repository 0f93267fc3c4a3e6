"""The line between the product and PostgreSQL, with a counter: how often did the product wait for the database.

A proxy on a Unix socket. One round trip = bytes went to the server, and then bytes came back. Whatever leaves in one
flush (a pipeline) is one; whoever waits in between makes two. Nothing of the product is replaced or patched.
"""

import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict

CHUNK = 1 << 20


class Wire:
    """Listens in a folder of its own; `host` is what a connection string names instead of the server's folder."""

    def __init__(self, dsn: str) -> None:
        parts = conninfo_to_dict(dsn)
        self._name = f".s.PGSQL.{parts['port']}"
        self._server = str(Path(str(parts["host"])) / self._name)
        self._folder = Path(tempfile.mkdtemp(prefix="wire-"))  # short: a socket's path has at most 107 bytes
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._ends: list[socket.socket] = []
        self._lock = threading.Lock()
        self.round_trips = 0

    @property
    def host(self) -> str:
        """The folder of the socket."""
        return str(self._folder)

    def __enter__(self) -> Self:
        self._listener.bind(str(self._folder / self._name))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (self._listener, *self._ends):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        shutil.rmtree(self._folder)

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                server.connect(self._server)
                self._ends += (client, server)
                Line(self, client, server).run()

    def count(self) -> None:
        """Add one round trip."""
        with self._lock:
            self.round_trips += 1


class Line:
    """One connection: what the client sends goes to the server, and back."""

    def __init__(self, wire: Wire, client: socket.socket, server: socket.socket) -> None:
        self._wire = wire
        self._client, self._server = client, server
        self._asked = False

    def run(self) -> None:
        """Carry bytes both ways until one end closes."""
        for carry in (self._ask, self._answer):
            threading.Thread(target=carry, daemon=True).start()

    def _ask(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(CHUNK):
                self._asked = True  # before it is sent: the answer may be faster than this thread
                self._server.sendall(data)
            self._server.shutdown(socket.SHUT_WR)

    def _answer(self) -> None:
        with suppress(OSError):
            while data := self._server.recv(CHUNK):
                if self._asked:
                    self._asked = False
                    self._wire.count()
                self._client.sendall(data)
            self._client.shutdown(socket.SHUT_WR)
