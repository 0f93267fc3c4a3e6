"""One year's tree as files: tiles, and the checkpoint that says how many of their hashes count."""

import shutil
from pathlib import Path

from unidossier.log.tree.merkle import root_of
from unidossier.log.tree.note import Checkpoint, Note
from unidossier.log.tree.tiles import HEIGHT, WIDTH, Tiles, tile_name, write_durably

CHECKPOINT = "checkpoint"


class YearFiles:
    """The folder of one year."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tiles = Tiles(folder)

    @property
    def has_tiles(self) -> bool:
        """Whether there is any tile."""
        return (self.folder / "tile" / "0").is_dir()

    def note(self) -> Note | None:
        """Return the signed checkpoint, None when there is none. Raises NoteUnreadable."""
        path = self.folder / CHECKPOINT
        return Note.parse(path.read_bytes()) if path.exists() else None

    def put_checkpoint(self, note: str) -> None:
        """Replace the checkpoint; what it counts must lie in the tiles already."""
        write_durably(self.folder / CHECKPOINT, note.encode())

    def root(self, size: int, *, held: int) -> bytes:
        """Return the root of the first `size` of `held` leaves. Raises TileUnreadable."""
        return root_of(self.tiles.nodes(held), size)

    def trim(self, size: int) -> None:
        """Take away hashes beyond `size`: written for a checkpoint that was never signed."""
        row = 0
        while (self.folder / "tile" / str(row)).is_dir():
            held = size >> (HEIGHT * row)
            tile, width = divmod(held, WIDTH)
            self._trim_tile(row, tile, width)
            index = tile + 1
            while self._trim_tile(row, index, 0):
                index += 1
            row += 1
        self.tiles = Tiles(self.folder)

    def _trim_tile(self, row: int, tile: int, width: int) -> bool:
        whole = self.folder / tile_name(row, tile)
        partial = whole.with_name(whole.name + ".p")
        found = whole.exists() or partial.is_dir()
        if width and found:
            # what counts is kept aside first: it may lie in a longer file alone
            keep = self.tiles.read(row, tile, width)
            write_durably(self.folder / tile_name(row, tile, width), keep)
        whole.unlink(missing_ok=True)
        if partial.is_dir() and not width:
            shutil.rmtree(partial)
        elif partial.is_dir():
            for other in partial.iterdir():
                if other.name.isdigit() and int(other.name) > width:
                    other.unlink()
        return found


def parse_checkpoint(note: Note | str) -> Checkpoint:
    """Read the checkpoint of a note. Raises NoteUnreadable."""
    return Checkpoint.parse((Note.parse(note) if isinstance(note, str) else note).text)
