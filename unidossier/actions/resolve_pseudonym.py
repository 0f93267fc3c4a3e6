"""The ombuds service learns who stands behind a code of an overview (LOG-5, MY-15): for a request or an overview of its own, with the reason; an entry of its own."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.log import oversight as log


class OverviewNotFound(LookupError):
    """This institution made no overview of that number, or not of a patient it may deal with."""


def resolve_pseudonym(
    secret: bytes,
    *,
    patient: UUID,
    code: str,
    reason: str,
    task: UUID | None = None,
    overview: int | None = None,
) -> list[Row]:
    """Return who it is: person_name ('' for somebody of another institution), function_words, institution. Nobody: an empty list.

    Raises ActRefused: reason-missing (ten characters), request-missing; and the errors of gate.door.read.
    """
    detail = {"code": code, "reason": reason, "task": str(task or ""), "overview": overview or 0}
    ask = Ask(verb="resolve-pseudonym", patient=patient, detail=detail)
    query = log.resolved(code, reason=reason, task=task, overview_number=overview)
    return door.read(secret, ask, query).rows[0]


def find_overview(secret: bytes, *, number: int) -> UUID:
    """Return whose overview of one's own institution has this number. Raises OverviewNotFound, and the errors of gate.door.read_list."""
    query = Query(
        "SELECT patient_id FROM cases.overview WHERE number = %(number)s::bigint", {"number": number}
    )
    rows = door.read_list(secret, "desk-find", {"overview": number}, query).rows[0]
    if not rows:
        raise OverviewNotFound(str(number))
    return UUID(str(rows[0]["patient_id"]))
