"""Have one document not consulted outside its institution, or again (CON-10)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def mark_internal(secret: bytes, *, patient: UUID, item: UUID, internal: bool) -> bool:
    """Mark an item and what belongs to it; return whether anything changed. The text stays; the entry tells who and when (REC-5).

    Raises ActRefused (no-such-item) and the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(verb="mark-internal", patient=patient, items=(item,), detail={"internal": internal}),
        Query(
            "SELECT record.mark_internal(%(item)s::uuid, %(internal)s::boolean) AS changed",
            {"item": item, "internal": internal},
        ),
    )
    return granted.rows[0][0]["changed"]
