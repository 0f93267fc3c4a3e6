"""The Desk's work as statements for the door: tasks of one's own function and institution, and their history."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from unidossier.gate.door import Query

TASK = """t.id, t.number, t.kind, t.function, t.institution_id, t.patient_id, t.person_id, t.subject_id, t.facts, t.state, t.outcome, t.made_at, t.due_at, t.done_at,
    p.family, p.given, p.birth_date, p.sex, p.deceased_at, (SELECT h.given || ' ' || h.family FROM registry.person h WHERE h.id = t.person_id) AS person"""


def page(wanted: Mapping[str, Any]) -> Query:
    """The page of the work list that the grant of `wanted` named (cases/sql/tasks.sql): TASK, and `place` to ask the next page with."""
    return Query(
        f"""SELECT {TASK}, w.place FROM cases.page((SELECT gate.institution()), (SELECT gate.desk_function()), %(wanted)s::jsonb) w
        JOIN cases.task t ON t.id = w.id LEFT JOIN registry.patient p ON p.id = t.patient_id ORDER BY w.place, w.id""",
        {"wanted": json.dumps(dict(wanted))},
    )


def of_patient(*, size: int = 20) -> Query:
    """The tasks about the patient of the grant at one's own institution and function, the newest first."""
    return Query(
        f"""SELECT {TASK} FROM cases.task t JOIN registry.patient p ON p.id = t.patient_id ORDER BY t.made_at DESC, t.id LIMIT %(size)s""",
        {"size": size},
    )


def history(task: UUID) -> Query:
    """What was done with a task, in order: nth, at, person_name, what, text."""
    return Query(
        "SELECT nth, at, person_id, person_name, what, text FROM cases.event WHERE task_id = %(task)s::uuid ORDER BY nth",
        {"task": task},
    )


def note(task: UUID, *, words: str, state: str) -> Query:
    """Write into the history of a task under the verb `desk-act`; `state`: open or waiting."""
    return Query(
        "SELECT cases.note_task(%(task)s::uuid, %(words)s::text, %(state)s::text)",
        {"task": task, "words": words, "state": state},
    )


def finish(task: UUID, *, words: str) -> Query:
    """Close a task that asks only to be seen to, under the verb `desk-act`."""
    return Query("SELECT cases.finish_task(%(task)s::uuid, %(words)s::text)", {"task": task, "words": words})
