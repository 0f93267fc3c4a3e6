"""Tiles as files (C2SP tlog-tiles): 256 hashes each, whole ones never change; with them a checkpoint. Outside the database.

<folder>/checkpoint                the newest signed checkpoint of this server
<folder>/tile/<L>/<N>[.p/<W>]      hashes of level 8*L; N as x001/x234/067; W hashes while the tile is not whole
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from unidossier.log.tree.merkle import Node, node_hash

WIDTH, HEIGHT, HASH = 256, 8, 32


class TileUnreadable(Exception):
    """A tile that the tree needs is missing or too short; the message names the file."""


def tile_name(level: int, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile below the folder of its log."""
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{'/'.join(parts)}{partial}"


class Tiles:
    """The tiles of one log. `write` by the sequencer alone; reading by whoever may see hashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._whole = lru_cache(maxsize=4096)(self._read_whole)

    def nodes(self, size: int) -> Node:
        """Return the nodes of the tree of `size` leaves; a node is made from the tile below it. Raises TileUnreadable."""

        def node(level: int, index: int) -> bytes:
            row, above = divmod(level, HEIGHT)
            first, count = (index << above), 1 << above
            return _joined(self._hashes(row, first, count, size >> (HEIGHT * row)))

        return node

    def leaves(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield the leaf hashes of the positions [begin, end). Raises TileUnreadable."""
        while begin < end:
            upto = min(end, (begin // WIDTH + 1) * WIDTH)
            yield from self._hashes(0, begin, upto - begin, end)
            begin = upto

    def write(self, made: list[tuple[int, int, bytes]], *, size: int) -> None:
        """Store the nodes that an append completed (merkle.Frontier.append), durably; what is not whole goes beside, never over."""
        rows: dict[int, dict[int, bytes]] = {}
        for level, index, one in made:
            if level % HEIGHT == 0:
                rows.setdefault(level // HEIGHT, {})[index] = one
        for row, hashes in rows.items():
            for tile in sorted({index // WIDTH for index in hashes}):
                self._write_tile(row, tile, hashes, held=size >> (HEIGHT * row))

    def _write_tile(self, row: int, tile: int, hashes: dict[int, bytes], *, held: int) -> None:
        begin = tile * WIDTH
        end = min(begin + WIDTH, held)
        fresh = min(index for index in hashes if begin <= index < end)
        before = b"".join(self._hashes(row, begin, fresh - begin, fresh)) if fresh > begin else b""
        content = before + b"".join(hashes[index] for index in range(fresh, end))
        write_durably(self.folder / tile_name(row, tile, end - begin), content)
        partial = self.folder / (tile_name(row, tile) + ".p")
        if partial.is_dir():
            for other in partial.iterdir():  # an older, shorter state of this tile
                if end - begin == WIDTH or (
                    other.name.isdigit() and int(other.name) < end - begin - WIDTH // 4
                ):
                    other.unlink()
            if end - begin == WIDTH:
                with suppress(OSError):
                    partial.rmdir()

    def _hashes(self, row: int, first: int, count: int, held: int) -> list[bytes]:
        tile, begin = divmod(first, WIDTH)
        width = min(WIDTH, held - tile * WIDTH)
        content = self._whole(row, tile) if width == WIDTH else self.read(row, tile, width)
        return [content[at * HASH : (at + 1) * HASH] for at in range(begin, begin + count)]

    def _read_whole(self, row: int, tile: int) -> bytes:
        return self.read(row, tile, WIDTH)

    def read(self, row: int, tile: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, from the disk. Raises TileUnreadable."""
        for path in self._candidates(row, tile, width):
            with suppress(FileNotFoundError):
                content = path.read_bytes()
                if len(content) >= width * HASH:
                    return content[: width * HASH]
        raise TileUnreadable(f"{self.folder / tile_name(row, tile, width)} is missing or cut")

    def _candidates(self, row: int, tile: int, width: int) -> Iterator[Path]:
        # a shorter state is the beginning of any longer one
        yield self.folder / tile_name(row, tile, width)
        yield self.folder / tile_name(row, tile)
        partial = self.folder / (tile_name(row, tile) + ".p")
        with suppress(FileNotFoundError):
            yield from sorted(
                partial.iterdir(), key=lambda path: -int(path.name) if path.name.isdigit() else 1
            )


def write_durably(path: Path, content: bytes) -> None:
    """Put a file in its place whole or not at all, and on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".new-{path.name}")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _joined(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
