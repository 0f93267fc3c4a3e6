"""Take back a request or a link that waits, for instance after a mistyped number (CON-6)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query

DONE = "taken-back"


def take_back(secret: bytes, *, attempt: UUID) -> None:
    """End it, before a form is declared. The same answer whether anybody has the number (ACD-8); twice is once.

    Raises ActRefused: no-such-attempt, too-late (declared, or open already), refused (not a carer outside); SessionEnded, RecordUnreadable.
    """
    values = {"secret": secret, "attempt": attempt}
    rows = door.call(Query("SELECT relations.take_back(%(secret)s, %(attempt)s::uuid) AS outcome", values))
    if rows[0]["outcome"] != DONE:
        raise ActRefused(rows[0]["outcome"])
