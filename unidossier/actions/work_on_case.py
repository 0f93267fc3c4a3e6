"""The medical director's cases: open, gather entries of the log, close, hand out for the Order (LOG-6, CON-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from unidossier.actions.list_tasks import Task, open_task
from unidossier.cases import oversight
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import oversight as log

LOOK_BACK = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: its task, the entries that may belong to it (of its patient, by its carer), and the numbers of those that do."""

    task: Task
    entries: list[Row]
    gathered: frozenset[int]


def show_case(secret: bytes, *, task: UUID) -> Case:
    """Return a case with the entries of the year before it. Raises TaskNotFound, and the errors of gate.door.read."""
    opened = open_task(secret, task=task)
    about = opened.task
    if about["patient_id"] is None:
        return Case(task=opened, entries=[], gathered=frozenset())
    granted = door.read(
        secret,
        Ask(verb="direct", patient=about["patient_id"], detail={"task": str(task)}),
        log.by_person(about["person_id"], since=about["made_at"] - LOOK_BACK),
        oversight.gathered(task),
    )
    entries, chosen = granted.rows
    return Case(task=opened, entries=entries, gathered=frozenset(one["entry_id"] for one in chosen))


def open_case(secret: bytes, *, patient: UUID, task: UUID, person: UUID | None, words: str) -> None:
    """Open a case about a patient's record, and a carer when he is known. Raises ActRefused: reason-missing, no-such-person; and the errors of gate.door.read."""
    ask = Ask(verb="direct", patient=patient, detail={"case": str(task)})
    door.write(secret, ask, oversight.open_case(task, person=person, words=words))


def gather_entries(secret: bytes, *, task: UUID, entries: Sequence[int]) -> int:
    """Put entries of the log into a case; return how many were new.

    Raises ActRefused: no-such-task, done-already, not-a-case, no-such-entry; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "entries": [str(one) for one in entries]}
    granted = door.read_list(secret, "direct", wanted, oversight.gather(task, entries=entries))
    return int(granted.rows[0][0]["added"])


def close_case(secret: bytes, *, task: UUID, outcome: str, words: str) -> None:
    """Close a case; a request that waited for it is open again.

    Raises ActRefused: no-such-task, done-already, not-a-case, no-such-outcome, reason-missing; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "outcome": outcome}
    door.read_list(secret, "direct", wanted, oversight.close_case(task, outcome=outcome, words=words))


def export_case(secret: bytes, *, task: UUID) -> tuple[Task, list[Row]]:
    """Return the file of a case for the Order: the task with its history, and its entries. The handing out is an entry and stands in the history.

    Raises TaskNotFound, ActRefused (not-a-case), and the errors of gate.door.read.
    """
    opened = open_task(secret, task=task)
    patient = opened.task["patient_id"]
    if patient is None:
        door.read_list(secret, "direct", {"task": str(task), "export": True}, oversight.note_export(task))
        return open_task(secret, task=task), []
    ask = Ask(verb="direct", patient=patient, detail={"task": str(task), "export": True})
    granted = door.write(secret, ask, oversight.note_export(task), log.of_case(task))
    return open_task(secret, task=task), granted.rows[1]
