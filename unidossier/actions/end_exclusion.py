"""End a local exclusion; a federal one is ended at the federal portal alone (EXC-5)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def end_exclusion(secret: bytes, *, patient: UUID, exclusion: UUID) -> bool:
    """Return False when it had ended already. Raises ActRefused (no-such-exclusion, federal) and the errors of gate.door.read."""
    granted = door.write(
        secret,
        Ask(verb="end-exclusion", patient=patient, detail={"exclusion": str(exclusion)}),
        Query("SELECT relations.end_exclusion(%(id)s::uuid) AS ended", {"id": exclusion}),
    )
    return granted.rows[0][0]["ended"]
