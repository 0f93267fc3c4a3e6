"""Accept or refuse a carer's request for access (CON-5)."""

from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def accept_request(secret: bytes, *, patient: UUID, request: UUID, categories: int, until: datetime) -> None:
    """Open `categories` (a mask) until `until` (excluded), at most 12 months.

    Raises ActRefused (no-such-request, expired, answered-already, nothing-chosen, ended-before, too-long) and the errors of gate.door.read.
    """
    _answer(secret, patient, request, accepted=True, categories=categories, until=until)


def refuse_request(secret: bytes, *, patient: UUID, request: UUID) -> None:
    """Refuse. Raises ActRefused (no-such-request, expired, answered-already) and the errors of gate.door.read."""
    _answer(secret, patient, request, accepted=False, categories=None, until=None)


def _answer(
    secret: bytes,
    patient: UUID,
    request: UUID,
    *,
    accepted: bool,
    categories: int | None,
    until: datetime | None,
) -> None:
    door.write(
        secret,
        Ask(
            verb="answer-request",
            patient=patient,
            detail={"request": str(request), "accepted": accepted},
        ),
        Query(
            "SELECT relations.answer_request(%(id)s::uuid, %(accepted)s::boolean, %(categories)s::bigint, %(until)s::timestamptz)",
            {"id": request, "accepted": accepted, "categories": categories, "until": until},
        ),
    )
