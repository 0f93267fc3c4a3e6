"""The medical director's cases: open, close, hand out for the Order (LOG-6, CON-11). What is in them: gather_entries.py."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from unidossier.actions.list_tasks import Task, open_task
from unidossier.cases import oversight
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import oversight as log

LOOK_BACK = timedelta(days=365)
MOST = 50  # entries that stand on the page; the search in the log has all


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: its task, the newest entries that may belong to it (of its patient, by its carer), and the numbers of those that do."""

    task: Task
    entries: list[Row]
    has_more: bool
    gathered: frozenset[int]


def show_case(secret: bytes, *, task: UUID) -> Case:
    """Return a case with the newest MOST entries of the year before it and since. Raises TaskNotFound, and the errors of gate.door.read."""
    opened = open_task(secret, task=task)
    about = opened.task
    if about["patient_id"] is None:
        return Case(task=opened, entries=[], has_more=False, gathered=frozenset())
    granted = door.read(
        secret,
        Ask(verb="direct", patient=about["patient_id"], detail={"task": str(task)}),
        log.by_person(
            about["person_id"], since=about["made_at"] - LOOK_BACK, size=MOST + 1, newest_first=True
        ),
        oversight.gathered(task),
    )
    entries, chosen = granted.rows
    return Case(
        task=opened,
        entries=entries[:MOST],
        has_more=len(entries) > MOST,
        gathered=frozenset(one["entry_id"] for one in chosen),
    )


def open_case(secret: bytes, *, patient: UUID, task: UUID, person: UUID | None, words: str) -> None:
    """Open a case about a patient's record, and a carer when he is known. Raises ActRefused: reason-missing, no-such-person; and the errors of gate.door.read."""
    ask = Ask(verb="direct", patient=patient, detail={"case": str(task)})
    door.write(secret, ask, oversight.open_case(task, person=person, words=words))


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
        wanted = {"log": "task", "task": str(task), "export": True}
        found = door.read_list(secret, "direct", wanted, oversight.note_export(task), log.found())
        return open_task(secret, task=task), found.rows[1]
    ask = Ask(verb="direct", patient=patient, detail={"task": str(task), "export": True})
    granted = door.write(secret, ask, oversight.note_export(task), log.of_case(task))
    return open_task(secret, task=task), granted.rows[1]
