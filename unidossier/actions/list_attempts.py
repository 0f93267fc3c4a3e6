"""A carer's own requests and links, and the forms he is asked for (CON-5, CON-6, CON-9, CON-12). What he typed, never whom it found."""

from dataclasses import dataclass

from unidossier.actions.list_my_patients import NOBODY
from unidossier.gate import door
from unidossier.gate.door import Query, Row
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Rows of relations.queries.attempts and .claims: of the reader alone, newest first; `told`: how many messages he has not read (BTG-4)."""

    attempts: list[Row]
    claims: list[Row]
    told: int


def list_attempts(secret: bytes) -> Attempts:
    """Return the tries of the last year that have not opened a record, and the claims that are not judged. Names no patient.

    Raises the errors of gate.door.read_list.
    """
    granted = door.read_list(
        secret,
        "list-patients",
        {"name": NOBODY},
        relations.attempts(),
        relations.claims(),
        Query("SELECT notices.told_count() AS told"),
    )
    attempts, claims, told = granted.rows
    return Attempts(attempts=attempts, claims=claims, told=told[0]["told"])
