"""The body of `add-checkpoint`, read and written. https://c2sp.org/tlog-witness, "add-checkpoint"."""

import base64
import binascii
from dataclasses import dataclass

from unidossier.log.tree.note import Checkpoint, Note, NoteUnreadable

MOST_BYTES = 1 << 16  # far beyond 63 hashes and a checkpoint with 64 signatures
MOST_PROOF_LINES = 63
HASH = 32


class RequestUnreadable(Exception):
    """The body is no add-checkpoint request; the message says what it lacks."""


@dataclass(frozen=True, kw_only=True)
class AddCheckpoint:
    """The size that the witness is believed to know, the proof from there (hashes of 32 bytes), the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, body: bytes) -> "AddCheckpoint":
        """Read a body. Raises RequestUnreadable."""
        if len(body) > MOST_BYTES:
            raise RequestUnreadable(f"at most {MOST_BYTES} bytes are read")
        try:
            head, gap, signed = body.decode("utf-8").partition("\n\n")
            note = Note.parse(signed)
            checkpoint = Checkpoint.parse(note.text)
        except (UnicodeDecodeError, NoteUnreadable) as fault:
            raise RequestUnreadable(f"no signed checkpoint follows the empty line: {fault}") from fault
        first, *proof = head.split("\n")
        if not gap or len(proof) > MOST_PROOF_LINES or "" in note.text.split("\n")[:-1]:
            raise RequestUnreadable("an old size, at most 63 hashes, an empty line, a checkpoint are needed")
        return cls(old=_old_size(first), proof=tuple(map(_hash, proof)), note=note, checkpoint=checkpoint)

    def __bytes__(self) -> bytes:
        proof = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{proof}\n{self.note}".encode()


def _old_size(line: str) -> int:
    word, _, told = line.partition(" ")
    if word != "old" or not (told.isascii() and told.isdigit() and len(told) <= 19):
        raise RequestUnreadable("the first line is `old`, a space, a size")
    if told != str(int(told)):
        raise RequestUnreadable("a size has no leading zeroes")
    return int(told)


def _hash(line: str) -> bytes:
    try:
        content = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise RequestUnreadable("a line of the proof is no base64") from fault
    if len(content) != HASH:
        raise RequestUnreadable("a line of the proof is no hash of 32 bytes")
    return content
