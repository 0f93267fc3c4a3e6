"""Ask a patient for access, by his national number (CON-5). The answer never tells whether he is known (ACD-8)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query
from unidossier.kernel.ssin import Ssin

REASON_CHARACTERS = 10  # CON-5: with a reason; counted without runs of spaces
DONE = "made"


def ask_access(secret: bytes, *, attempt: UUID, number: Ssin, name: str, reason: str) -> None:
    """Write the request down and, when somebody has the number, tell him. Silence refuses after 30 days.

    `attempt` was made when the form was shown: the same twice is one request. `name` is the patient's, as the carer knows it.
    Raises ActRefused: reason-too-short, waits (asked before), too-many (20 numbers a day), refused (not a carer outside);
    SessionEnded, RecordUnreadable.
    """
    rows = door.call(
        Query(
            "SELECT relations.ask_access(%(secret)s, %(attempt)s::uuid, %(number)s, %(name)s, %(reason)s) AS outcome",
            {"secret": secret, "attempt": attempt, "number": number.digits, "name": name, "reason": reason},
        )
    )
    if rows[0]["outcome"] != DONE:
        raise ActRefused(rows[0]["outcome"])
