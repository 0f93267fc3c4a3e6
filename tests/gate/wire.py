"""The line between the product and PostgreSQL, with a counter: how often did the product wait for the database.

A proxy on a Unix socket that reads along (protocol 3.0). One round trip = something is asked while nothing is being answered.
The answer to a grant is held back until what is read under it is asked: so the two are one, however fast the server is, and
whoever waits in between makes two. Nothing of the product is replaced or patched.
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
GREETING = b"greeting"
GRANTS = b" FROM gate.grant_"
PATIENCE_S = 10.0  # for the reading behind a grant


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
        self._asked = threading.Condition()
        self._questions, self._answers = 0, 0  # each question ends with a Sync, its answer with ReadyForQuery
        self._grants: set[int] = set()  # the numbers of the questions that are grants
        self._statements: dict[bytes, bytes] = {}  # by the name they are prepared under
        self._is_grant = self._is_begun = False

    def run(self) -> None:
        """Carry bytes both ways until one end closes."""
        for carry in (self._ask, self._answer):
            threading.Thread(target=carry, daemon=True).start()

    def _ask(self) -> None:
        messages = Messages(is_greeted=False)
        with suppress(OSError):
            while data := self._client.recv(CHUNK):
                for kind, body in messages.read(data):  # before it is sent: the answer may be faster
                    self._note(kind, body)
                self._server.sendall(data)
            self._server.shutdown(socket.SHUT_WR)

    def _note(self, kind: bytes, body: bytes) -> None:
        if kind in (GREETING, b"Q", b"S"):
            self._end_question()
        elif kind == b"H" and self._is_begun:  # Flush: answers are wanted in the middle
            self._wire.count()
            self._is_begun = False
        else:
            self._is_begun = True
            name, _, rest = body.partition(b"\0")
            if kind == b"P":
                self._statements[name] = rest
            elif kind == b"B":  # portal, then the statement's name
                self._is_grant |= GRANTS in self._statements[rest.partition(b"\0")[0]]

    def _end_question(self) -> None:
        with self._asked:
            if self._questions == self._answers:
                self._wire.count()
            if self._is_grant:
                self._grants.add(self._questions)
            self._questions += 1
            self._is_grant = self._is_begun = False
            self._asked.notify_all()

    def _answer(self) -> None:
        messages = Messages()
        with suppress(OSError):
            while data := self._server.recv(CHUNK):
                for kind, _ in messages.read(data):
                    if kind == b"Z":
                        self._end_answer()
                self._client.sendall(data)
            self._client.shutdown(socket.SHUT_WR)

    def _end_answer(self) -> None:
        with self._asked:
            if self._answers in self._grants:
                self._asked.wait_for(lambda: self._questions > self._answers + 1, PATIENCE_S)
            self._answers += 1


class Messages:
    """Cuts a stream of bytes into the messages of the protocol; a client's first one has no kind."""

    def __init__(self, *, is_greeted: bool = True) -> None:
        self._is_greeted = is_greeted
        self._waiting = b""

    def read(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Return the kinds and bodies of the messages that `data` ends."""
        self._waiting += data
        found: list[tuple[bytes, bytes]] = []
        while len(self._waiting) >= (head := 5 if self._is_greeted else 4):
            size = head - 4 + int.from_bytes(self._waiting[head - 4 : head], "big")
            if len(self._waiting) < size:
                break
            kind = self._waiting[:1] if self._is_greeted else GREETING
            found.append((kind, self._waiting[head:size]))
            self._is_greeted = True
            self._waiting = self._waiting[size:]
        return found
