"""What a witness must never forget: of each log, the newest checkpoint that it cosigned. One file a log, written durably.

<folder>/key                   see key.py
<folder>/logs/<origin hash>    the checkpoint with the log's signatures and our own (origin hash: SHA-256 of the origin, hex)
<folder>/evidence/<n>          requests that a log signed and that contradict what we know
"""

import fcntl
import hashlib
import os
import re
import time
from pathlib import Path

from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable, NotSigned, Signer
from unidossier.log.tree.tiles import write_durably
from unidossier.log.witness.key import FILE, make_key, read_key

HASHED = re.compile(r"[0-9a-f]{64}")
MOST_EVIDENCE = 100  # the first ones say most; a flood must not fill the disk


class WitnessRuns(Exception):
    """Another process has this folder: two would cosign what contradicts."""


class MemoryLost(Exception):
    """The key is there and what it cosigned is not: going on would forget. A new witness, with a new key, must begin."""


class MemoryUnreadable(Exception):
    """A stored checkpoint does not carry our own cosignature any more: nothing is cosigned for this log."""


class Memory:
    """The folder of one witness, held by one process. `signer` is its key, made with the folder."""

    def __init__(self, folder: Path, *, name: str | None = None, wait_s: float = 0.0) -> None:
        """Open or begin; one that is just ending is waited for. Raises WitnessRuns, MemoryLost, and what key.py raises."""
        self._folder = folder
        self._logs = folder / "logs"
        self._evidence = folder / "evidence"
        self._lock = _hold(folder, wait_s=wait_s)
        self.signer = self._begin(name) if not (folder / FILE).exists() else self._go_on(name)

    def newest(self, origin: str) -> Note | None:
        """Return the newest checkpoint cosigned for the log, None before the first. Raises MemoryUnreadable."""
        return self.by_hash(origin_hash(origin))

    def by_hash(self, hashed: str) -> Note | None:
        """Return it by the origin's hash (64 hex digits; anything else is nobody's). Raises MemoryUnreadable."""
        if not HASHED.fullmatch(hashed):
            return None
        try:
            note = Note.parse((self._logs / hashed).read_bytes())
            note.signed_at(self.signer.verifier)
            stored = Checkpoint.parse(note.text)
        except FileNotFoundError:
            return None
        except (OSError, NoteUnreadable, NotSigned) as fault:
            raise MemoryUnreadable(f"{self._logs / hashed}: {fault}") from fault
        if origin_hash(stored.origin) != hashed:
            raise MemoryUnreadable(f"{self._logs / hashed} is of another log")
        return note

    def keep(self, origin: str, note: Note) -> None:
        """Store the newest checkpoint; it is on the disk when this returns."""
        write_durably(self._logs / origin_hash(origin), str(note).encode())

    def keep_evidence(self, body: bytes) -> None:
        """Store a request that contradicts what we know, as far as there is room for it."""
        self._evidence.mkdir(mode=0o700, exist_ok=True)
        number = sum(1 for _ in self._evidence.iterdir())
        if number < MOST_EVIDENCE:
            write_durably(self._evidence / f"{number + 1}", body)

    def close(self) -> None:
        """Give the folder back."""
        os.close(self._lock)

    def _begin(self, name: str | None) -> Signer:
        # the memory before the key: a key without memory is one that lost it
        self._logs.mkdir(mode=0o700, exist_ok=True)
        if any(self._logs.iterdir()):
            raise MemoryLost(f"{self._logs} is of a witness whose key is gone. Begin in a new folder.")
        return make_key(self._folder, name=name or "")

    def _go_on(self, name: str | None) -> Signer:
        if not self._logs.is_dir():
            raise MemoryLost(
                f"{self._logs} is gone: this witness forgot. Begin in a new folder, with a new key."
            )
        return read_key(self._folder, name=name)


def origin_hash(origin: str) -> str:
    """Return the name of a log in addresses and files: SHA-256 of its origin, hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _hold(folder: Path, *, wait_s: float) -> int:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    give_up_at = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            if time.monotonic() >= give_up_at:
                os.close(lock)
                raise WitnessRuns(f"A witness runs in {folder} already.") from fault
            time.sleep(0.1)
        else:
            return lock
