"""What I was told about who can see my record (MY-13, BTG-4): newest first; what is shown counts as seen."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.notices import queries as notices
from unidossier.registry import queries as registry

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Messages:
    """A page of rows of notices.queries.listed; `after` asks for the next page, None at the end."""

    patient: Row
    rule: str
    notices: list[Row]
    after: tuple[datetime, UUID] | None


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How the patient is told now: {kind: mail, letter, portal}; kinds that are not named are as by default."""

    patient: Row
    rule: str
    ways: dict[str, str]


def read_messages(secret: bytes, *, patient: UUID, after: tuple[datetime, UUID] | None = None) -> Messages:
    """Return one page and mark it as seen, in one round trip. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="read-messages", patient=patient),
        registry.patient(),
        notices.listed(after=after, size=PAGE),
        notices.see(after=after, size=PAGE),
    )
    patients, rows, _seen = granted.rows
    shown = rows[:PAGE]
    last = (shown[-1]["at"], shown[-1]["id"]) if len(rows) > PAGE else None
    return Messages(patient=patients[0], rule=granted.rule, notices=shown, after=last)


def read_choices(secret: bytes, *, patient: UUID) -> Choices:
    """Return how the patient wants to be told. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="read-messages", patient=patient, detail={"page": "choices"}),
        registry.patient(),
        notices.preferences(),
    )
    patients, rows = granted.rows
    return Choices(patient=patients[0], rule=granted.rule, ways={row["kind"]: row["way"] for row in rows})
