"""The folders of the log in a backup: the tree outside the database, and the keys that sign it.

The sequencer goes on writing meanwhile: the checkpoint is read first, and the hashes that it counts are there by then.
At a restore, what survived outside and is newer stays: the database goes on from the outside head (LOG-3).
"""

import io
import shutil
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

from unidossier.database.home import Home, own_folder

LOG, SIGNING = "log", "signing"
CHECKPOINT = "checkpoint"


def add_log(tar: tarfile.TarFile, home: Home) -> None:
    """Add both folders, as far as they exist."""
    for name, folder in ((SIGNING, home.signing), (LOG, home.log_folder)):
        if folder.is_dir():
            for path, content in _contents(folder):
                member = tarfile.TarInfo(f"{name}/{path.relative_to(folder)}")
                member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
                tar.addfile(member, io.BytesIO(content))


def put_back(aside: Path, home: Home) -> None:
    """Move what was unpacked in `aside` to its place, save where something newer survived."""
    for year in sorted(aside.glob(f"{LOG}/[0-9][0-9][0-9][0-9]")):
        survived = home.log_folder / year.name
        if _size(survived / CHECKPOINT) < _size(year / CHECKPOINT):
            shutil.rmtree(survived, ignore_errors=True)
            own_folder(home.log_folder)
            shutil.copytree(year, survived)
    for name, folder in ((LOG, home.log_folder), (SIGNING, home.signing)):
        for file in sorted(path for path in (aside / name).glob("*") if path.is_file()):
            if not (folder / file.name).exists():
                own_folder(folder)
                shutil.copy2(file, folder / file.name)


def leaves_outside(home: Home) -> int:
    """Return how many leaves the checkpoints of all years outside the database count."""
    return sum(max(_size(path), 0) for path in home.log_folder.glob(f"[0-9][0-9][0-9][0-9]/{CHECKPOINT}"))


def _contents(folder: Path) -> Iterator[tuple[Path, bytes]]:
    first = [path for path in (*folder.glob(f"*/{CHECKPOINT}"), *folder.glob("*")) if path.is_file()]
    done = {path: path.read_bytes() for path in first if not path.name.startswith(".")}
    yield from done.items()
    seen = set(done)
    while True:
        # a tile that grows is written under another name and the shorter one taken away: look again until nothing went
        gone = False
        for path in sorted(folder.rglob("*")):
            if path in seen or path.name.startswith(".") or not path.is_file():
                continue
            seen.add(path)
            try:
                yield path, path.read_bytes()
            except FileNotFoundError:
                gone = True
        if not gone:
            return


def _size(checkpoint: Path) -> int:
    try:
        told = checkpoint.read_text().split("\n")[1]
    except (OSError, UnicodeDecodeError, IndexError):
        return -1
    return int(told) if told.isascii() and told.isdigit() else -1
