"""Take away the access that a person or a team has now (MY-14, CON-3, CON-10)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def withdraw_access(secret: bytes, *, patient: UUID, holder: UUID) -> int:
    """Withdraw every relation of a human being or a team (`holder`); return how many: 0 when none was left.

    Work that comes later makes a new relation (ACD-2); an exclusion does not end so. Raises the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(verb="withdraw-access", patient=patient, detail={"holder": str(holder)}),
        Query("SELECT relations.withdraw(%(holder)s::uuid) AS ended", {"holder": holder}),
    )
    return granted.rows[0][0]["ended"]
