"""The medical director reviews an opening by break-the-glass within 72 hours (BTG-5), a lifted exclusion the next day (EXC-7)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from unidossier.actions.list_tasks import Task, open_task
from unidossier.cases import oversight
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import oversight as log


@dataclass(frozen=True, kw_only=True)
class Review:
    """The task, the opening or lifting it is about (None when it is gone), and what was done in that time: verbs and categories, never content."""

    task: Task
    opening: Row | None
    entries: list[Row]


def show_review(secret: bytes, *, task: UUID) -> Review:
    """Return what there is to judge. Raises TaskNotFound, and the errors of gate.door.read."""
    opened = open_task(secret, task=task)
    about = opened.task
    if about["patient_id"] is None or about["kind"] not in ("glass-review", "lifting-review", "glass-seen"):
        return Review(task=opened, opening=None, entries=[])
    query = oversight.lifting if about["kind"] == "lifting-review" else oversight.opening
    verb = "protect" if about["function"] == "data-protection-officer" else "direct"
    ask = Ask(verb=verb, patient=about["patient_id"], detail={"task": str(task)})
    # what happened is read from a little before to a little after: the opening's own entry is a part of it
    since = about["made_at"] - timedelta(minutes=5)
    granted = door.read(
        secret,
        ask,
        query(about["subject_id"]),
        log.by_person(about["person_id"], since=since, until=since + timedelta(hours=13)),
    )
    openings, entries = granted.rows
    return Review(task=opened, opening=openings[0] if openings else None, entries=entries)


def review_access(
    secret: bytes, *, task: UUID, outcome: str, words: str = "", missing_work: str = ""
) -> None:
    """Judge: `justified`, `not-justified` (opens a case), `missing-relation` (of break-the-glass; `missing_work` of cases.oversight.WORK).

    Raises ActRefused: no-such-task, done-already, no-such-outcome, own-access, reason-missing, work-missing; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "outcome": outcome}
    query = oversight.review(task, outcome=outcome, words=words, missing_work=missing_work)
    door.read_list(secret, "direct", wanted, query)
