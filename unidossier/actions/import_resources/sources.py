"""Which files are read, and in what pieces: a JSON file whole, an NDJSON file in parts of whole lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LARGEST_FILE = 200 * 1024 * 1024  # of one JSON document, in bytes; NDJSON is read in parts and has no limit
PART = 4 * 1024 * 1024
LINES = frozenset({".ndjson", ".jsonl"})
JSON = frozenset({".json"})


class FileRefused(ValueError):
    """A file that cannot be imported as it is; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Bytes of a file that are read by one worker: all of it (`first_line` 0), or some lines of NDJSON.

    `only` names the places to look at: of a second look for patients that came later.
    """

    path: Path
    start: int
    length: int
    first_line: int = 0
    only: frozenset[str] | None = None

    def read(self) -> bytes:
        """Return the bytes of the piece."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.length)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files to read: those named, and the .json, .ndjson and .jsonl of folders, sorted, each once."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(
                each for each in path.rglob("*") if each.suffix.lower() in JSON | LINES and each.is_file()
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def pieces_of(path: Path) -> list[Piece]:
    """Return the pieces of one file. Raises FileRefused, OSError."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("the file is empty")
    with path.open("rb") as file:
        first = file.read(64).lstrip()
    if first.startswith(b"<"):
        raise FileRefused("this is XML; send FHIR JSON")
    if path.suffix.lower() in LINES:
        return list(_parts(path))
    if size > LARGEST_FILE:
        raise FileRefused(
            f"the file has {size / 1048576:.0f} MB, at most {LARGEST_FILE // 1048576} MB are read in one document; "
            "send several bundles, or NDJSON, which has no limit"
        )
    return [Piece(path=path, start=0, length=size)]


def _parts(path: Path) -> Iterator[Piece]:
    start, line, first = 0, 1, 1
    with path.open("rb") as file:
        for text in file:
            line += 1
            if file.tell() - start >= PART:
                yield Piece(path=path, start=start, length=file.tell() - start, first_line=first)
                start, first = file.tell(), line
            del text
        if file.tell() > start:
            yield Piece(path=path, start=start, length=file.tell() - start, first_line=first)
