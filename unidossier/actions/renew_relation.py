"""Renew a link, or the relation of the GP of record, after a new contact (CON-7): by one action, never silently."""

from datetime import date, datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def renew_relation(secret: bytes, *, patient: UUID, relation: UUID, contact: date) -> datetime:
    """Prolong to 12 months after the day of the contact and tell the patient; return the new end (exclusive).

    Raises ActRefused: contact-in-future, contact-too-old (more than 30 days), not-ending-soon (more than 30 days left),
    no-such-relation; and the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(
            verb="renew-relation",
            patient=patient,
            detail={"relation": str(relation), "contact": str(contact)},
        ),
        Query(
            "SELECT relations.renew_relation(%(relation)s::uuid, %(contact)s::date) AS ends",
            {"relation": relation, "contact": contact},
        ),
    )
    ends: datetime = granted.rows[0][0]["ends"]
    return ends
