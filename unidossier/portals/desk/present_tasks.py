"""Tasks as lines of the work list, and as a page with their history."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.portals.desk.kinds import kind_words, task_href
from unidossier.portals.shared.present.words import BRUSSELS


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """One task in a list. `about` names the patient or the carer; `due_at` is an instant in Brussels."""

    href: str
    number: int
    kind: str
    about: str
    due_at: datetime
    done_at: datetime | None
    is_overdue: bool
    state: str
    state_words: str


@dataclass(frozen=True, kw_only=True)
class TaskEvent:
    """One line of the history of a task."""

    at: datetime
    what: str
    who: str
    text: str


def state_words(state: str) -> str:
    """Return the state of a task in the reader's language."""
    return {"open": _("open"), "waiting": _("waiting"), "done": _("done")}.get(state, state)


def task_line(task: Row, *, at: datetime) -> TaskLine:
    """Return one line of a work list; `at` is the instant of the page."""
    patient = f"{task['family']} {task['given']}" if task["family"] else ""
    done = task["done_at"].astimezone(BRUSSELS) if task["done_at"] else None
    return TaskLine(
        href=task_href(task),
        number=task["number"],
        kind=kind_words(task["kind"]),
        about=patient or task["person"] or str(task["facts"].get("name", "")),
        due_at=task["due_at"].astimezone(BRUSSELS),
        done_at=done,
        is_overdue=task["state"] != "done" and task["due_at"] <= at,
        state=task["state"],
        state_words=state_words(task["state"]),
    )


def task_event(event: Row) -> TaskEvent:
    """Return one line of a task's history."""
    told = {
        "opened": _("opened"),
        "noted": _("noted"),
        "waiting": _("waits for an answer"),
        "answered": _("answered"),
        "confirmed": _("confirmed"),
        "done": _("done"),
        "reopened": _("opened again"),
        "handed-over": _("handed over"),
    }
    return TaskEvent(
        at=event["at"].astimezone(BRUSSELS),
        what=told.get(event["what"], event["what"]),
        who=event["person_name"],
        text=event["text"],
    )
