"""What the log keeps outside the database, as everybody may read it: checkpoints, keys, the policy of its witnesses."""

from dataclasses import dataclass
from pathlib import Path

from unidossier.log.proof.strict import why_not
from unidossier.log.tree.note import COSIGNATURE, Checkpoint, Note, NoteUnreadable, Verifier

CHECKPOINT, WITNESSED = "checkpoint", "witnessed"
KEYS, POLICY = "keys", "policy"


class LogFilesUnreadable(Exception):
    """A file of the log is missing or spoilt; the message names it."""


@dataclass(frozen=True, kw_only=True)
class State:
    """A checkpoint as it was signed, and what it says."""

    note: str
    checkpoint: Checkpoint


def states(folder: Path) -> list[State]:
    """Return the newest witnessed checkpoint of a year, if there is one, then the newest signed one if it is larger.

    Raises LogFilesUnreadable when nothing was signed yet.
    """
    newest = read_state(folder / CHECKPOINT)
    try:
        witnessed = read_state(folder / WITNESSED)
    except LogFilesUnreadable:
        return [newest]
    return [witnessed, newest] if newest.checkpoint.size > witnessed.checkpoint.size else [witnessed]


def read_state(path: Path) -> State:
    """Read a signed checkpoint. Raises LogFilesUnreadable."""
    try:
        return state_of(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, NoteUnreadable) as fault:
        raise LogFilesUnreadable(f"{path} is no checkpoint: {why_not(fault)}") from fault


def state_of(note: str) -> State:
    """Read a signed checkpoint from its text. Raises NoteUnreadable."""
    return State(note=note, checkpoint=Checkpoint.parse(Note.parse(note).text))


def keys_of(folder: Path) -> list[str]:
    """Return the verifier keys of a log's folder as text, without comments."""
    try:
        lines = (folder / KEYS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise LogFilesUnreadable(f"{folder / KEYS} cannot be read: {why_not(fault)}") from fault
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def witnesses_of(folder: Path) -> list[str]:
    """Return the keys of the witnesses that the policy names; none when there is no policy yet."""
    try:
        words = (folder / POLICY).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        return []
    return [word for word in words if _is_witness(word)]


def _is_witness(word: str) -> bool:
    try:
        return Verifier.parse(word).kind == COSIGNATURE
    except NoteUnreadable:
        return False
