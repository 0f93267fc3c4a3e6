"""The ombuds service registers a request of a patient or a relative: first who it is about, then what is asked."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from unidossier.actions.list_my_patients import NOBODY
from unidossier.cases import mediation
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.kernel.sortkey import sort_key
from unidossier.registry import queries as registry


def find_asked_about(
    secret: bytes, *, number: str = "", name: str = "", birth: date | None = None
) -> list[Row]:
    """Return who fits a national or local number (digits), or a name of three letters or more, with or without a birth date.

    One entry names all of them (LOG-1). Rows of registry.queries.listed. Raises the errors of gate.door.read_list.
    """
    wanted = {"number": number} if number else {"name": sort_key(name).strip() or NOBODY}
    if birth and not number:
        wanted["birth"] = birth.isoformat()
    return door.read_list(secret, "desk-find", wanted, registry.listed()).rows[0]


def show_asked_about(secret: bytes, *, patient: UUID) -> tuple[Row, Row]:
    """Return the patient (registry.queries.listed) and what counts after his death: deceased_at, objects_after_death."""
    granted = door.read(
        secret, Ask(verb="desk-open", patient=patient), registry.listed(), mediation.after_death()
    )
    patients, after = granted.rows
    return patients[0], after[0]


def open_request(secret: bytes, *, patient: UUID, task: UUID, kind: str, facts: Mapping[str, Any]) -> None:
    """Register a request with its deadline (GDPR art. 12: one month). `task` is made with the form: sent twice, it is one.

    `facts`: {"asker", "name", "contact", "channel", "text"}; of a relative also "tie" and "motivation" (DTH-3).
    Raises ActRefused: unknown-kind, text-missing, not-deceased, no-such-tie, motivation-missing; and the errors of gate.door.read.
    """
    detail = {"task": str(task), "kind": kind}
    door.write(
        secret,
        Ask(verb="mediate", patient=patient, detail=detail),
        mediation.open_request(task, kind=kind, facts=facts),
    )


def record_objection(secret: bytes, *, patient: UUID, objects: bool) -> None:
    """Keep what the patient said in life about his relatives (DTH-3). Raises ActRefused: deceased; and the errors of gate.door.read."""
    ask = Ask(verb="mediate", patient=patient, detail={"objects": objects})
    door.write(secret, ask, mediation.record_objection(objects))
