"""Tasks as lines of the work list, and as a page with their history."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.portals.desk.kinds import kind_words, task_href
from unidossier.portals.desk.present_completeness import alarm_words
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.words.figures import OUTCOMES


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
        about=patient or _proposal(task) or task["person"] or applicant(task) or _alarm(task),
        due_at=task["due_at"].astimezone(BRUSSELS),
        done_at=done,
        is_overdue=task["state"] != "done" and task["due_at"] <= at,
        state=task["state"],
        state_words=state_words(task["state"]),
    )


def applicant(task: Row) -> str:
    """Return who asks for an account, with his practice (CON-2); '' in any other task."""
    if task["kind"] != "account":
        return ""
    return ", ".join(told for told in (task["facts"].get("who"), task["facts"].get("practice")) if told)


def _proposal(task: Row) -> str:
    """Return why the function table would change (ACS-1): who proposes it is not what the task is about."""
    return task["facts"].get("reason", "") if task["kind"] == "rights-change" else ""


def _alarm(task: Row) -> str:
    return alarm_words(task["facts"].get("alarm", "")) if task["kind"] == "log-alarm" else ""


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
        "gathered": _("entries added"),
        "taken-out": _("entries taken out"),
        "overview": _("overview made"),
        "exported": _("file made for the Order"),
    }
    return TaskEvent(
        at=event["at"].astimezone(BRUSSELS),
        what=told.get(event["what"], event["what"]),
        who=event["person_name"],
        text=_outcome_in_words(event["text"]) if event["what"] == "done" else event["text"],
    )


def _outcome_in_words(text: str) -> str:
    """Return what was written at the end of a task, its outcome in words instead of its code."""
    code, colon, words = text.partition(":")
    return f"{OUTCOMES[code]}{colon}{words}" if code in OUTCOMES else text
