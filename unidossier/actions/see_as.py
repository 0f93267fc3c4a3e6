"""See the record as a named carer would see it: titles and categories, decided by the same engine, logged (ACD-9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Row, SeeAs
from unidossier.record import queries as record
from unidossier.registry import queries as registry

SHOWN = 25  # titles of each category


@dataclass(frozen=True, kw_only=True)
class Seen:
    """`rule` decided about the carer; `titles` are the newest of each category, `counts` all of them by category (code, n)."""

    patient: Row
    rule: str
    permits: bool
    titles: list[Row]
    counts: list[Row]


def see_as(
    secret: bytes,
    *,
    patient: UUID,
    employment: UUID,
    as_of: datetime | None = None,
    emergency: bool = False,
) -> Seen:
    """Return what the carer of `employment` would see: now, at `as_of`, or by break-the-glass. He is not told.

    Open to the patient, those who act for him, the ombuds service, the medical director and the data protection officer.
    Raises ActRefused('no-such-employment') and the errors of gate.door.read.
    """
    granted = door.read_as(
        secret,
        SeeAs(patient=patient, employment=employment, as_of=as_of, glass=emergency),
        registry.patient(),
        record.titles(before=as_of, size=SHOWN),
        record.counts(before=as_of),
    )
    patients, titles, counts = granted.rows
    return Seen(
        patient=patients[0], rule=granted.seen_rule, permits=granted.seen, titles=titles, counts=counts
    )
