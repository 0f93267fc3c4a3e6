"""A task gathers entries of the log (CON-11, LOG-6): a case, a signal, a request. In and out with a reason; a case out of a search."""

from collections.abc import Sequence
from uuid import UUID

from unidossier.cases import oversight
from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.log import oversight as log

VERB = "gather-entries"


def list_gathered(secret: bytes, *, task: UUID) -> list[Row]:
    """Return the entries gathered in one's own task, oldest first (log.oversight.found). Raises the errors of gate.door.read_list."""
    return door.read_list(secret, VERB, {"log": "task", "task": str(task)}, log.found()).rows[0]


def gather_entries(secret: bytes, *, task: UUID, entries: Sequence[int], reason: str) -> int:
    """Put entries of the log into one's own task; return how many were new.

    Raises ActRefused: no-such-task, done-already, not-a-case, no-such-entry, text-missing; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "entries": [str(one) for one in entries]}
    granted = door.read_list(secret, VERB, wanted, oversight.gather(task, entries=entries, reason=reason))
    return int(granted.rows[0][0]["times"])


def take_out_entries(secret: bytes, *, task: UUID, entries: Sequence[int], reason: str) -> int:
    """Take entries out of one's own task again; return how many. The history keeps it. Errors as gather_entries."""
    wanted = {"task": str(task), "out": [str(one) for one in entries]}
    granted = door.read_list(secret, VERB, wanted, oversight.take_out(task, entries=entries, reason=reason))
    return int(granted.rows[0][0]["times"])


def open_case_of_entries(
    secret: bytes, *, task: UUID, entries: Sequence[int], patient: UUID | None, words: str
) -> None:
    """Open a case of the medical director with entries that share `patient`, or the person who made them. `task` is made with the form.

    Raises ActRefused: reason-missing, no-such-entry, nothing-in-common; and the errors of gate.door.read_list.
    """
    wanted = {"patients": [str(patient)] if patient else [], "case": str(task)}
    door.read_list(secret, VERB, wanted, oversight.open_case_of(task, entries=entries, words=words))
