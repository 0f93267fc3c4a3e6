"""Hold back one validated item from the patient for a time, with a reason (MY-5)."""

from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def hold_back(secret: bytes, *, patient: UUID, item: UUID, until: datetime | None, reason: str) -> None:
    """Hold back an item of one's own institution until `until` (excluded), at most 30 days; None shows it again.

    Raises ActRefused (no-such-item, not-validated, reason-missing, ended-before, too-long) and the errors of gate.door.read.
    """
    detail = {"until": until.isoformat() if until else None, "reason": reason}
    door.write(
        secret,
        Ask(verb="hold-back", patient=patient, items=(item,), detail=detail),
        Query(
            "SELECT record.hold_back(%(item)s::uuid, %(until)s::timestamptz, %(reason)s)",
            {"item": item, "until": until, "reason": reason},
        ),
    )
