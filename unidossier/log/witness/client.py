"""One submission to one witness over HTTP, as a log does it. https://c2sp.org/tlog-witness, "add-checkpoint".

The answer is not believed: only a cosignature by the witness's key, over the very checkpoint, counts.
"""

import http.client
import ssl
from urllib.parse import SplitResult, urlsplit

from unidossier.log.tree.note import Note, NoteUnreadable, NotSigned
from unidossier.log.witness.judge import CONTRADICTS, OTHER_SIZE
from unidossier.log.witness.policy import Named
from unidossier.log.witness.request import AddCheckpoint

WAIT_S = 10.0
MOST_ANSWER = 1 << 16
AGENT = "unidossier-log-feed"


class WitnessAway(Exception):
    """Nobody answers there, or what answers is no witness; the message says which."""


class WitnessRefuses(Exception):
    """The witness answers and does not cosign; `status` says why (403, 404: it does not know the log or its key)."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class WitnessContradicts(WitnessRefuses):
    """The witness knows another history of this log: 422."""


class WitnessKnowsOther(Exception):
    """The witness cosigned another size last: `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(str(size))
        self.size = size


def submit(witness: Named, asked: AddCheckpoint, *, wait_s: float = WAIT_S) -> tuple[str, bytes, bytes]:
    """Send a checkpoint and return the cosignature, checked. Raises WitnessAway, WitnessKnowsOther, WitnessRefuses."""
    status, kind, body = _post(witness, bytes(asked), wait_s=wait_s)
    if status == OTHER_SIZE and kind == "text/x.tlog.size" and _is_size(body):
        raise WitnessKnowsOther(int(body))
    if status == CONTRADICTS:
        raise WitnessContradicts(status, _words(body))
    if status != 200:
        raise WitnessRefuses(status, _words(body))
    try:
        given = Note.parse(asked.note.text.encode() + b"\n" + body)
        own = next(
            line for line in given.signatures if line[:2] == (witness.verifier.name, witness.verifier.key_id)
        )
        Note(asked.note.text, (own,)).signed_at(witness.verifier)
    except (NoteUnreadable, NotSigned, StopIteration) as fault:
        raise WitnessAway("what it answered is no cosignature by its key") from fault
    return own


def _post(witness: Named, body: bytes, *, wait_s: float) -> tuple[int, str, bytes]:
    where = urlsplit(witness.url)
    connection = _connection(where, wait_s=wait_s)
    try:
        path = where.path.rstrip("/") + "/add-checkpoint"
        connection.request(
            "POST", path, body, {"content-type": "text/plain; charset=utf-8", "user-agent": AGENT}
        )
        answer = connection.getresponse()
        told = answer.read(MOST_ANSWER)  # more is none of ours: cut, it is no cosignature
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise WitnessAway(str(fault) or type(fault).__name__) from fault
    finally:
        connection.close()
    return answer.status, answer.headers.get_content_type(), told


def _connection(where: SplitResult, *, wait_s: float) -> http.client.HTTPConnection:
    try:
        if where.scheme == "https":
            return http.client.HTTPSConnection(
                where.hostname or "", where.port, timeout=wait_s, context=ssl.create_default_context()
            )
        if where.scheme == "http":
            return http.client.HTTPConnection(where.hostname or "", where.port, timeout=wait_s)
    except ValueError as fault:
        raise WitnessAway(f"its address is not understood: {fault}") from fault
    raise WitnessAway("its address in the policy begins neither with https:// nor with http://")


def _is_size(body: bytes) -> bool:
    told = body.removesuffix(b"\n")
    return told.isdigit() and len(told) <= 19


def _words(body: bytes) -> str:
    # what another machine says is shown to an officer: short, and printable signs alone
    told = body.decode("utf-8", errors="replace")[:200]
    return "".join(one if one.isprintable() else " " for one in told).strip()
