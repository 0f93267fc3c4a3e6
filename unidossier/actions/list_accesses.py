"""Who looked into my record (MY-15): fed by the log itself, and an entry of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import queries as log
from unidossier.registry import queries as registry

PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Accesses:
    """Newest first; `before` is the number to ask the next page with, None at the end."""

    patient: Row
    rule: str
    entries: list[Row]
    refused: list[Row]
    before: int | None


def list_accesses(
    secret: bytes,
    *,
    patient: UUID,
    before: int | None = None,
    machines: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Accesses:
    """Return one page of the accesses to a record by people, or by machines. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient),
        registry.patient(),
        log.accesses(before=before, machines=machines, since=since, until=until, size=PAGE),
        log.refused(),
    )
    patients, entries, refused = granted.rows
    more = len(entries) > PAGE
    return Accesses(
        patient=patients[0],
        rule=granted.rule,
        entries=entries[:PAGE],
        refused=refused,
        before=entries[PAGE - 1]["id"] if more else None,
    )


@dataclass(frozen=True, kw_only=True)
class OneAccess:
    """One entry of the log as in the list; None when it is not there for this patient."""

    patient: Row
    rule: str
    entry: Row | None


def list_one_access(secret: bytes, *, patient: UUID, entry: int) -> OneAccess:
    """Return one access by a person, to ask about it. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"entry": str(entry)}),
        registry.patient(),
        log.accesses(before=entry + 1, size=1),
    )
    patients, entries = granted.rows
    return OneAccess(
        patient=patients[0],
        rule=granted.rule,
        entry=next((one for one in entries if one["id"] == entry), None),
    )
