"""End what an emergency opened, before its time (BTG-3)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def end_emergency(secret: bytes, *, patient: UUID) -> int:
    """End my openings and liftings of this record; return how many there were. Open pages of it close (ACD-7).

    Raises the errors of gate.door.read: AccessRefused when nothing opens the record to me any more.
    """
    granted = door.write(
        secret,
        Ask(verb="end-emergency", patient=patient),
        Query("SELECT relations.end_emergency() AS ended"),
    )
    ended: int = granted.rows[0][0]["ended"]
    return ended
