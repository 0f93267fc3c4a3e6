"""A line to PostgreSQL that loses the answer to one deed: what was asked arrives and is done, nobody is told."""

import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from psycopg.conninfo import conninfo_to_dict


class LossyLine:
    """Listens in a folder of its own (`host`). While `loses` is set, a connection that says `deed` loses its answer."""

    def __init__(self, dsn: str, *, deed: bytes) -> None:
        parts = conninfo_to_dict(dsn)
        name = f".s.PGSQL.{parts['port']}"
        self._deed, self._server = deed, str(Path(str(parts["host"])) / name)
        self._folder = Path(tempfile.mkdtemp(prefix="lossy-"))  # short: a socket's path has at most 107 bytes
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._folder / name))
        self.loses = threading.Event()
        self.lost = 0

    @property
    def host(self) -> str:
        """The folder of the socket."""
        return str(self._folder)

    def __enter__(self) -> Self:
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self._folder)

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                server.connect(self._server)
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        is_lost = threading.Event()
        answering = threading.Thread(target=self._answer, args=(client, server, is_lost), daemon=True)
        answering.start()
        with client, server:
            with suppress(OSError):
                while asked := client.recv(1 << 20):
                    if self.loses.is_set() and self._deed in asked:
                        is_lost.set()
                    server.sendall(asked)
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)
            answering.join()

    def _answer(self, client: socket.socket, server: socket.socket, is_lost: threading.Event) -> None:
        with suppress(OSError):
            while told := server.recv(1 << 20):
                if is_lost.is_set():
                    self.lost += 1
                    break
                client.sendall(told)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
