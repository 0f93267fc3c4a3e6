"""The overview of accesses that the ombuds service hands to a patient (LOG-5): numbered, and an entry itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.cases import mediation
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import missing
from unidossier.log import queries as log
from unidossier.registry import queries as registry


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the paper shows: `lines` as log.queries.every_access, the same that the patient reads himself (MY-15), newest first.

    `refused`: tries by month, without names; `erased`, `lost`: what is lawfully missing (log.missing); `presentation`: of the institution that made it.
    """

    number: int
    presentation: str
    since: datetime
    made_at: datetime
    patient: Row
    lines: list[Row]
    refused: list[Row]
    erased: list[Row]
    lost: list[Row]


def make_overview(
    secret: bytes, *, patient: UUID, overview: UUID, task: UUID | None, since: datetime
) -> Overview:
    """Make an overview from `since` (five years are kept at least, LOG-4) on. Each making has a number of its own.

    Raises ActRefused: no-such-task, done-already; and the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(verb="make-overview", patient=patient, detail={"overview": str(overview)}),
        registry.patient(),
        mediation.number_overview(overview, task=task, since=since),
        log.every_access(since=since),
        log.refused(),
        missing.erased(),
        missing.lost(),
    )
    patients, made, lines, refused, erased, lost = granted.rows
    return Overview(
        number=made[0]["number"],
        presentation=made[0]["presentation"],
        since=since,
        made_at=made[0]["made_at"],
        patient=patients[0],
        lines=lines,
        refused=refused,
        erased=erased,
        lost=lost,
    )
