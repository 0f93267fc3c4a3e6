"""Refuse all access from outside, or allow it again (CON-10)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def refuse_outside(secret: bytes, *, patient: UUID, refused: bool) -> bool:
    """Return whether anything changed. Raises the errors of gate.door.read."""
    granted = door.write(
        secret,
        Ask(verb="refuse-outside", patient=patient, detail={"refused": refused}),
        Query("SELECT relations.refuse_outside(%(refused)s::boolean) AS changed", {"refused": refused}),
    )
    return granted.rows[0][0]["changed"]
