"""The body of a WSGI request that tells a cut upload: the HTTP server hands over what came, as if it were all."""

from typing import Any


class RequestCut(OSError):
    """The client, or the way to it, broke off in the middle of the body. An OSError: what WSGI applications expect."""


class WholeInput:
    """`wsgi.input` of a request with an announced length."""

    def __init__(self, given: Any, *, length: int) -> None:
        self._given = given
        self._left = length

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes (all: negative), empty at the announced end. Raises RequestCut before it."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._counted(self._given.read(wanted) if wanted else b"", wanted=wanted)

    def readline(self, size: int = -1) -> bytes:
        """Return one line, at most `size` bytes of it. Raises RequestCut."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        line = self._given.readline(wanted) if wanted else b""
        return self._counted(line, wanted=0 if line.endswith(b"\n") else wanted)

    def readlines(self, _hint: int = -1) -> list[bytes]:
        """Return the lines that are left. Raises RequestCut."""
        return list(self)

    def __iter__(self) -> "WholeInput":
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def _counted(self, part: bytes, *, wanted: int) -> bytes:
        if len(part) < wanted:
            raise RequestCut(
                "The request broke off before its announced end: nothing of it was used. Send it again."
            )
        self._left -= len(part)
        return part
