"""The judgement of a witness: a checkpoint is cosigned when it extends the newest one that was cosigned before, and never otherwise.

https://c2sp.org/tlog-witness. Checked and stored under one lock, and stored before the cosignature leaves.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from unidossier.log.tree.merkle import EMPTY, ProofRefused, check_consistency
from unidossier.log.tree.note import Checkpoint, Note, NotSigned, Verifier
from unidossier.log.witness.memory import Memory, MemoryUnreadable
from unidossier.log.witness.request import AddCheckpoint, RequestUnreadable
from unidossier.log.witness.trust import Trust, keys_of

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
UNREADABLE, UNKNOWN_SIGNER, UNKNOWN_LOG, OTHER_SIZE, CONTRADICTS, BROKEN = 400, 403, 404, 409, 422, 500


@dataclass(frozen=True)
class Answer:
    """What goes back: HTTP status, body, content type."""

    status: int
    body: str
    kind: str = TEXT


class _Refused(Exception):
    def __init__(self, status: int, body: str, kind: str = TEXT) -> None:
        super().__init__(body)
        self.answer = Answer(status, body if body.endswith("\n") else f"{body}\n", kind)


class Witness:
    """One witness with its memory; its methods may be called from several threads at once."""

    def __init__(
        self, memory: Memory, trusts: tuple[Trust, ...], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._memory = memory
        self._trusts = trusts
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def verifier(self) -> Verifier:
        """The key that others check our cosignatures with."""
        return self._memory.signer.verifier

    def add_checkpoint(self, body: bytes) -> Answer:
        """Judge one request and answer it as tlog-witness says (200, 400, 403, 404, 409, 422; 500 when our memory is bad)."""
        try:
            asked = AddCheckpoint.parse(body)
            signatures = self._signed_by_the_log(asked)
            if asked.old > asked.checkpoint.size:
                raise _Refused(UNREADABLE, "The old size is larger than the checkpoint's.")
            with self._lock:
                return Answer(200, self._cosign(asked, signatures, body=body))
        except RequestUnreadable as fault:
            return Answer(UNREADABLE, f"{fault}\n")
        except MemoryUnreadable:
            return Answer(BROKEN, "What this witness stored about the log is damaged: it cosigns nothing.\n")
        except _Refused as refused:
            return refused.answer

    def newest(self, hashed: str) -> Answer:
        """Answer with the newest checkpoint of the log with this hash of its origin; 404 when it has none."""
        try:
            note = self._memory.by_hash(hashed)
        except MemoryUnreadable:
            return Answer(BROKEN, "What this witness stored about the log is damaged.\n")
        return Answer(200, str(note)) if note else Answer(UNKNOWN_LOG, "No checkpoint of this log.\n")

    def _signed_by_the_log(self, asked: AddCheckpoint) -> tuple[tuple[str, bytes, bytes], ...]:
        keys = keys_of(self._trusts, asked.checkpoint.origin)
        if keys is None:
            raise _Refused(UNKNOWN_LOG, "This witness does not watch this log.")
        by_name = {(key.name, key.key_id): key for key in keys}
        ours = tuple(line for line in asked.note.signatures if (line[0], line[1]) in by_name)
        try:
            for line in ours:  # each one that claims a known key, not the first alone
                Note(asked.note.text, (line,)).signed_at(by_name[line[0], line[1]])
        except NotSigned as fault:
            raise _Refused(UNKNOWN_SIGNER, str(fault)) from fault
        if not ours:
            raise _Refused(UNKNOWN_SIGNER, "No key that this witness knows for the log has signed.")
        return ours

    def _cosign(
        self, asked: AddCheckpoint, signatures: tuple[tuple[str, bytes, bytes], ...], *, body: bytes
    ) -> str:
        new = asked.checkpoint
        kept = self._memory.newest(new.origin)
        known = Checkpoint.parse(kept.text) if kept else Checkpoint(new.origin, 0, EMPTY)
        if asked.old != known.size:
            raise _Refused(OTHER_SIZE, str(known.size), SIZE)
        try:
            check_consistency(
                asked.proof, old=known.size, old_root=known.root, new=new.size, new_root=new.root
            )
        except ProofRefused as fault:
            self._memory.keep_evidence(body)
            raise _Refused(CONTRADICTS, f"Not cosigned: {fault}.") from fault
        line = self._memory.signer.sign(asked.note.text, at=int(self._clock()))
        own = Note.parse(f"{asked.note.text}\n{line}").signatures
        self._memory.keep(new.origin, Note(asked.note.text, signatures + own))
        return line
