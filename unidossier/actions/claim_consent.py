"""The medical director wants to see the signed form of a link (CON-9): the access is suspended from that moment on."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Ask, Query


def claim_consent(secret: bytes, *, patient: UUID, relation: UUID, reason: str) -> UUID:
    """Suspend the link, ask its carer for the form, and return the task (kind `claim`, waiting, due in 30 days).

    Claimed twice is one claim. Raises ActRefused: no-such-link (none in force), reason-missing; and the errors of gate.door.read.
    """
    if not reason.strip():
        raise ActRefused("reason-missing")
    granted = door.write(
        secret,
        Ask(verb="direct", patient=patient, detail={"claim": str(relation)}),
        Query(
            "SELECT relations.claim_consent(%(relation)s::uuid, %(reason)s) AS task",
            {"relation": relation, "reason": reason},
        ),
    )
    task: UUID = granted.rows[0][0]["task"]
    return task
