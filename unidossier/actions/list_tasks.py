"""The work list of a function of the Desk at its institution (ACS-4): one entry names every patient on the page."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from unidossier.actions.list_my_patients import NOBODY, Sought
from unidossier.cases import queries as cases
from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.kernel.sortkey import sort_key

STATES = ("open", "waiting", "done")
BY_HAND = (
    "duplicate",
    "death",
    "federal-feed",
    "log-alarm",
    "federal-identity",
)  # kinds that no deed of their own closes: cases/sql/tasks.sql
PAGE = 50  # lines of a page: cases/sql/tasks.sql


@dataclass(frozen=True, kw_only=True)
class After:
    """Where the page before ended: `place` and `id` of its last row."""

    place: str
    id: UUID


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """Rows of cases.queries.page, the most urgent first; of what is done the latest first. `following`: None at the end."""

    tasks: list[Row]
    following: After | None


class TaskNotFound(Exception):
    """There is no such task, or it is not of this function and institution; interfaces show both alike (ACD-8)."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task (cases.queries.TASK) and its history, oldest first."""

    task: Row
    history: list[Row]


def list_tasks(
    secret: bytes,
    *,
    state: str = "open",
    kind: str = "",
    sought: Sought | None = None,
    after: After | None = None,
) -> Tasks:
    """Return a page of the tasks in one state. `sought.number` is the number of a task in any state, or of the patient.

    Raises the errors of gate.door.read_list.
    """
    wanted: dict[str, Any] = {"tasks": "page", "state": state, **_sought(sought)}
    if kind:
        wanted["kind"] = kind
    if after:
        wanted["after"] = {"place": after.place, "id": str(after.id)}
    granted = door.read_list(secret, "desk-tasks", wanted, cases.page(wanted))
    rows = granted.rows[0]
    last = rows[-1] if len(rows) >= PAGE else None
    return Tasks(tasks=rows, following=After(place=str(last["place"]), id=last["id"]) if last else None)


def _sought(sought: Sought | None) -> dict[str, str]:
    if sought is None:
        return {}
    # signs without a letter are nobody's name: they must not find everybody
    name = (sort_key(sought.name).strip() or NOBODY) if sought.name else ""
    told = {"name": name, "birth": sought.birth.isoformat() if sought.birth else "", "number": sought.number}
    return {key: value for key, value in told.items() if value}


def open_task(secret: bytes, *, task: UUID) -> Task:
    """Return one task with its history; an entry of the log. Raises TaskNotFound, and the errors of gate.door.read_list."""
    wanted = {"task": str(task)}
    granted = door.read_list(secret, "desk-tasks", wanted, cases.page(wanted), cases.history(task))
    found, events = granted.rows
    if not found:
        raise TaskNotFound(str(task))
    return Task(task=found[0], history=events)


def note_task(secret: bytes, *, task: UUID, words: str, waiting: bool) -> None:
    """Write a note into the history of one's own task, and whether it waits for somebody else.

    Raises ActRefused: no-such-task, done-already, words-missing; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task)}
    state = "waiting" if waiting else "open"
    door.read_list(secret, "desk-act", wanted, cases.note(task, words=words, state=state))


def finish_task(secret: bytes, *, task: UUID, words: str) -> None:
    """Close a task that asks only to be seen to (BY_HAND), with a word on what was done.

    Raises ActRefused: no-such-task, done-already, text-missing, not-by-hand; and the errors of gate.door.read_list.
    """
    door.read_list(secret, "desk-act", {"task": str(task)}, cases.finish(task, words=words))
