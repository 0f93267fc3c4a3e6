"""Renew a link, or the relation of the GP of record, after a new contact (CON-7): by one action, never silently."""

from datetime import date, datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations

RENEWABLE = ("link", "gp")  # what a contact prolongs; all else ends with its work


def show_renewable(secret: bytes, *, patient: UUID) -> tuple[Row, Row | None]:
    """Return the patient's short facts and the reader's own link or relation as GP that ends first; None: there is none.

    Raises the errors of gate.door.read.
    """
    granted = door.read(
        secret,
        Ask(verb="list-patients", patient=patient, detail={"page": "renew"}),
        registry.patient(),
        relations.in_force(),
    )
    patients, relating = granted.rows
    mine = [one for one in relating if one["mine"] and one["person_id"] and one["kind"] in RENEWABLE]
    return patients[0], next(iter(mine), None)


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
