"""The logs of an installation as files: a folder a year, with checkpoint, tiles and what witnesses cosigned.

<log>/<year>/checkpoint            the newest one, signed by the log
<log>/<year>/witnessed             the newest one with the cosignatures that the policy asks for
<log>/<year>/witnessed.d/<size>    earlier ones: the last hundred, and one an hour
"""

import re
from pathlib import Path

from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable
from unidossier.log.tree.tiles import write_durably

YEAR = re.compile(r"[0-9]{4}")
KEPT_LAST = 100
KEPT_EVERY_S = 3600


def years_in(folder: Path) -> list[Path]:
    """Return the folders of all years that have a checkpoint, oldest first."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if YEAR.fullmatch(path.name))
    return sorted(path for path in found if (path / "checkpoint").is_file())


def read_checkpoint(year: Path, name: str = "checkpoint") -> tuple[Note, Checkpoint] | None:
    """Return the newest checkpoint of a year, or with `witnessed` the newest witnessed one. None when there is none, or it is damaged."""
    try:
        note = Note.parse((year / name).read_bytes())
        return note, Checkpoint.parse(note.text)
    except (OSError, NoteUnreadable):
        return None


def keep_witnessed(year: Path, note: Note, *, size: int) -> None:
    """Store a checkpoint with enough cosignatures, and thin out the earlier ones."""
    content = str(note).encode()
    write_durably(year / "witnessed.d" / str(size), content)
    write_durably(year / "witnessed", content)
    _thin_out(year / "witnessed.d")


def _thin_out(folder: Path) -> None:
    kept = sorted((path for path in folder.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
    if len(kept) <= KEPT_LAST * 2:
        return
    hours: set[int] = set()
    for path in kept[:-KEPT_LAST]:
        hour = int(path.stat().st_mtime) // KEPT_EVERY_S
        if hour in hours:
            path.unlink(missing_ok=True)
        hours.add(hour)
