"""The patient's start page: what is new, the next appointment, who looked lately, what one was told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.log import queries as log
from unidossier.log.queries import Chosen
from unidossier.notices import queries as notices
from unidossier.record import queries as record
from unidossier.record.queries import Filter
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations

LOOKED = 3


@dataclass(frozen=True, kw_only=True)
class MyHome:
    """Rows as the queries name them; `looked` are the last visits of people to the record, newest first, each by its last line."""

    patient: Row
    rule: str
    newest: list[Row]
    appointments: list[Row]
    looked: list[Row]
    told: list[Row]  # the newest messages not seen yet; `total` of each counts all of them


def open_my_home(secret: bytes, *, patient: UUID, since: datetime, until: datetime) -> MyHome:
    """Return the start page of a record in one round trip. The verb also opens the log to the patient (MY-15)."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "home"}),
        registry.patient(),
        record.page(Filter(), size=80),
        relations.agenda(since=since, until=until),
        log.visits(Chosen(), size=LOOKED, lines=1),
        notices.unseen(size=3),
    )
    patients, newest, appointments, looked, told = granted.rows
    return MyHome(
        patient=patients[0],
        rule=granted.rule,
        newest=newest,
        appointments=appointments,
        looked=looked[:LOOKED],
        told=told,
    )
