"""A line to PostgreSQL that reads along: which entries were acknowledged, which rows went out under which entry; and that breaks when told to.

A proxy on a Unix socket. Nothing of the product is replaced: what counts is what the server has sent. (Protocol 3.0: postgresql.org/docs/current/protocol-message-formats.html)
"""

import random
import shutil
import socket
import struct
import tempfile
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg.conninfo import conninfo_to_dict

CHUNK = 1 << 16
LONGEST = 9_000  # bytes of one answer; a cut comes anywhere in it


class Observer:
    """Listens in a folder of its own (`host`). `cuts` in 1,000 answers are broken off, half of them before the first byte."""

    def __init__(self, dsn: str, *, cuts: int = 0, seed: int = 0) -> None:
        parts = conninfo_to_dict(dsn)
        self._name = f".s.PGSQL.{parts['port']}"
        self._server = str(Path(str(parts["host"])) / self._name)
        self._folder = Path(tempfile.mkdtemp(prefix="seen-"))
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.cuts = cuts
        self.acknowledged: set[int] = set()
        self.rows: Counter[int] = Counter()
        self.too_early: set[int] = (
            set()
        )  # entries under which a row left before their commit was acknowledged
        self.aborted = 0

    @property
    def host(self) -> str:
        """The folder of the socket."""
        return str(self._folder)

    def __enter__(self) -> Self:
        self._listener.bind(str(self._folder / self._name))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def fate(self) -> int | None:
        """Say after how many bytes the next answer is cut off; None: it comes whole."""
        with self._lock:
            if self._random.randrange(1000) >= self.cuts:
                return None
            return 0 if self._random.random() < 0.5 else self._random.randrange(LONGEST)

    def saw_commit(self, entry: int) -> None:
        with self._lock:
            self.acknowledged.add(entry)

    def saw_row(self, entry: int) -> None:
        with self._lock:
            self.rows[entry] += 1
            if entry not in self.acknowledged:
                self.too_early.add(entry)

    def saw_abort(self) -> None:
        with self._lock:
            self.aborted += 1

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            server.connect(self._server)
        except OSError:  # the database is away
            client.close()
            server.close()
            return
        Line(self, client, server).run()


class Line:
    """One connection, read along."""

    def __init__(self, observer: Observer, client: socket.socket, server: socket.socket) -> None:
        self._observer = observer
        self._client, self._server = client, server
        self._waiting = b""  # the beginning of a message that is not whole yet
        self._tells = Telling(observer)
        self._fate: int | None = None
        self._in_flight = False

    def run(self) -> None:
        """Carry bytes both ways until one end closes."""
        threading.Thread(target=self._ask, daemon=True).start()
        self._answer()

    def _ask(self) -> None:
        with suppress(OSError):
            while part := self._client.recv(CHUNK):
                if self._tells.is_ready and not self._in_flight:
                    self._fate, self._in_flight = self._observer.fate(), True
                self._server.sendall(part)
                if self._fate == 0:
                    self._break()
                    return
        self._close()

    def _answer(self) -> None:
        with suppress(OSError):
            while part := self._server.recv(CHUNK):
                self._read(part)
                if self._fate is not None and len(part) >= self._fate:
                    self._client.sendall(part[: self._fate])
                    self._break()
                    return
                if self._fate is not None:
                    self._fate -= len(part)
                self._client.sendall(part)
                if self._tells.is_idle:
                    self._fate, self._in_flight = None, False
        self._close()

    def _break(self) -> None:
        self._observer.saw_abort()
        self._close()

    def _close(self) -> None:
        for one in (self._client, self._server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _read(self, part: bytes) -> None:
        data = self._waiting + part
        at = 0
        while len(data) - at >= 5:
            (length,) = struct.unpack_from("!I", data, at + 1)
            if len(data) - at < length + 1:
                break
            self._tells.message(data[at : at + 1], data[at + 5 : at + 1 + length])
            at += length + 1
        self._waiting = data[at:]


class Telling:
    """What the messages of one connection say: the grant and its commit, then the rows of the reading under it."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self.is_ready = False  # the connection is made
        self.is_idle = True  # nothing is asked
        self._begin()

    def _begin(self) -> None:
        self._statements = 0  # answered in this transaction
        self._first: list[bytes | None] = []
        self._entry: int | None = None
        self._is_grant = self._has_failed = False

    def message(self, kind: bytes, body: bytes) -> None:
        """Take one message of the server."""
        self.is_idle = kind == b"Z" and not self._is_grant  # behind a grant comes what is read under it
        if kind == b"Z":  # what was synchronized is committed
            self.is_ready = True
            if self._is_grant and self._entry is not None and not self._has_failed:
                self._observer.saw_commit(self._entry)
            self._begin()
        elif kind == b"E":
            self._has_failed = True
        elif kind == b"D" and self._statements == 0:
            self._first = _fields(body)
        elif kind == b"D" and self._entry is not None and not self._is_grant:
            self._observer.saw_row(self._entry)
        elif kind == b"C":
            self._ended(body)

    def _ended(self, tag: bytes) -> None:
        if self._statements == 0 and self._first:
            # allowed, rule, entry ...; use_grant answers the entry alone
            self._is_grant = len(self._first) > 1 and self._first[0] in (b"t", b"f")
            told = self._first[2] if self._is_grant else self._first[0]
            self._entry = int(told) if told and told.isdigit() else None
            if self._is_grant and self._entry is not None and tag.startswith(b"CALL"):
                self._observer.saw_commit(self._entry)  # inside the call: what follows is read under it
                self._is_grant = False
        self._statements += 1


def _fields(body: bytes) -> list[bytes | None]:
    (count,) = struct.unpack_from("!H", body)
    fields: list[bytes | None] = []
    at = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, at)
        at += 4
        fields.append(None if length < 0 else body[at : at + length])
        at += max(length, 0)
    return fields
