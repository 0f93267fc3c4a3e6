"""Growing the tree: take committed entries, write tiles, sign, and then tell the database."""

import fcntl
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from psycopg import Connection

from unidossier.database.home import Home, own_folder
from unidossier.log.sequencer.files import YearFiles, parse_checkpoint
from unidossier.log.sequencer.keys import changed_at, open_keys, publish
from unidossier.log.sequencer.ledger import Ledger, Tree, Waiting
from unidossier.log.sequencer.reconcile import reconcile
from unidossier.log.tree.merkle import entry_leaf
from unidossier.log.tree.note import Checkpoint

BATCH = 5000


class AnotherSequencer(Exception):
    """Another process grows this tree."""


class Sequencer:
    """The tree of one installation, held by one process from `open` to `close`. After any error: close it, and open another."""

    def __init__(
        self,
        home: Home,
        connection: Connection[Any],
        *,
        batch: int = BATCH,
        year: Callable[[Ledger], int] = Ledger.year,
    ) -> None:
        self.home = home
        self.ledger = Ledger(connection)
        self._batch, self._year = batch, year
        self._lock: int | None = None

    def open(self) -> None:
        """Become the one sequencer, and bring files and database to one state. Raises AnotherSequencer, LogContradicts,
        SigningKeyMissing, SigningKeyExposed, OSError, psycopg errors."""
        folder = own_folder(self.home.log_folder)
        self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise AnotherSequencer(f"Another process grows the log in {folder}.") from fault
        if not self.ledger.claim():
            raise AnotherSequencer("Another process grows the log of this database.")
        self.keys = open_keys(self.home)
        self._keys_changed_at = changed_at(self.home)
        self._reach(self._year(self.ledger))
        self._tell_keys()

    def close(self) -> None:
        """Let another one take over; the caller closes the connection."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def step(self) -> int:
        """Integrate what waits, a batch at most; return how many entries it was."""
        if changed_at(self.home) != self._keys_changed_at:
            self._take_new_keys()
        now = self._year(self.ledger)
        if now > self.tree.year:
            while self._integrate(self.ledger.pending(most=self._batch)):
                pass
            self._reach(now)
        waiting = self.ledger.pending(most=self._batch)
        self._integrate(waiting)
        return len(waiting)

    def _integrate(self, waiting: list[Waiting]) -> int:
        if waiting:
            start, leaves = self.frontier.size, [entry_leaf(one.digest) for one in waiting]
            made = self.frontier.append(leaves)
            self.write_tiles(made)
            note = self.sign()
            self.put_checkpoint(note)
            upto = waiting[-1] if waiting[-1].xid is not None else None
            self.tell(start, waiting, leaves, note, upto)
        return len(waiting)

    def write_tiles(self, made: list[tuple[int, int, bytes]]) -> None:
        """First: the hashes."""
        self.files.tiles.write(made, size=self.frontier.size)

    def sign(self) -> str:
        """Second: the checkpoint over them, by every key whose period it is."""
        head = Checkpoint(self.tree.origin, self.frontier.size, self.frontier.root())
        return head.signed(*self.keys.signers(datetime.now(UTC)))

    def put_checkpoint(self, note: str) -> None:
        """Third: the checkpoint takes the place of the one before. From here on the entries are in the log."""
        self.files.put_checkpoint(note)

    def tell(
        self, start: int, waiting: list[Waiting], leaves: list[bytes], note: str, upto: Waiting | None
    ) -> None:
        """Last: the database learns it."""
        self.ledger.integrate(
            self.tree.year, start=start, entries=[one.entry for one in waiting], leaves=leaves,
            root=self.frontier.root(), checkpoint=note, upto=upto,
        )  # fmt: skip

    def _reach(self, now: int) -> None:
        # every year from the newest that the database knows to the present one; the files may know later ones
        tree = self._newest()
        if tree is None:
            self._begin(min([*self._years_in_files(), now]))
            tree = self._newest()
        assert tree is not None
        while True:
            self._hold(tree)
            following = [year for year in self._years_in_files() if year > tree.year] or [now]
            if following[0] <= tree.year:
                break
            self._begin(following[0])
            newest = self._newest()
            assert newest is not None
            tree = newest
        if not tree.is_here:
            self._settle()

    def _hold(self, tree: Tree) -> None:
        self.tree, self.files = tree, YearFiles(self.home.log_folder / str(tree.year))
        self.frontier = reconcile(self.ledger, tree, self.files, self.keys)
        self.ledger.note_trouble(tree.year, None)

    def _settle(self) -> None:
        # restored into another cluster: numbers of transactions begin anew, so every entry without a leaf is looked for once
        horizon, after = self.ledger.horizon(), 0
        if self.frontier.size == 0:
            self._integrate(self.ledger.pending(most=1))  # an opening entry comes first
        while batch := self.ledger.unplaced(most=self._batch, after=after)[0]:
            self._integrate(batch)
            after = batch[-1].entry
        self.ledger.settle(horizon)

    def _begin(self, year: int) -> None:
        files = YearFiles(self.home.log_folder / str(year))
        note = files.note()
        origin = parse_checkpoint(note).origin if note else f"{self.keys.name}/{year}"
        self.ledger.begin_year(year, origin, is_new=note is None)

    def _newest(self) -> Tree | None:
        trees = self.ledger.trees()
        return trees[-1] if trees else None

    def _years_in_files(self) -> list[int]:
        found = (path.parent.name for path in self.home.log_folder.glob("*/checkpoint"))
        return sorted(int(name) for name in found if re.fullmatch(r"\d{4}", name))

    def _take_new_keys(self) -> None:
        self.keys = open_keys(self.home)
        self._keys_changed_at = changed_at(self.home)
        self._tell_keys()

    def _tell_keys(self) -> None:
        fresh = publish(self.home, self.keys)
        if fresh:
            told = [{"key": str(key.signer.verifier), "from": key.begins.isoformat(), "until": key.until and key.until.isoformat()}
                    for key in self.keys.keys]  # fmt: skip
            self.ledger.note("log-key", {"new": [str(one) for one in fresh], "keys": told})


def log_years(home: Home) -> list[Path]:
    """Return the folders of the years, oldest first."""
    return sorted(path.parent for path in home.log_folder.glob("[0-9][0-9][0-9][0-9]/checkpoint"))
