"""Withdraw a mandate or a trusted person (REP-4)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def withdraw_mandate(secret: bytes, *, patient: UUID, mandate: UUID) -> bool:
    """Return False when it was withdrawn already. Raises ActRefused (no-such-mandate, by-the-desk, not-yours) and the errors of gate.door.read."""
    granted = door.write(
        secret,
        Ask(verb="withdraw-mandate", patient=patient, detail={"mandate": str(mandate)}),
        Query("SELECT relations.withdraw_mandate(%(id)s::uuid) AS ended", {"id": mandate}),
    )
    return granted.rows[0][0]["ended"]
