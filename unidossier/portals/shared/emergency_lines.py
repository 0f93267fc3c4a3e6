"""What a GP reads of emergency access to the records of his own patients: seven days, on his first page (BTG-4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest

from unidossier.actions.list_emergencies import list_emergencies
from unidossier.gate.door import Row
from unidossier.portals.shared.present.words import in_words
from unidossier.portals.shared.words.emergency import REASONS
from unidossier.portals.shared.words.functions import FUNCTIONS

SHOWN = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One opening, in words; `patient` has family and given."""

    href: str
    patient: Row
    at: datetime
    who: str
    function: str
    institution: str
    reason: str


def emergencies(request: HttpRequest, *, href: Callable[[UUID], str], at: datetime) -> list[Line]:
    """Return the openings of the last seven days, newest first; nothing for anybody but a general practitioner."""
    if request.requester.function != "gp":
        return []
    patients, openings = list_emergencies(request.requester.secret, since=at - SHOWN)
    people = {row["id"]: row for row in patients}
    return [
        Line(
            href=href(one["patient_id"]),
            patient=people[one["patient_id"]],
            at=one["starts_at"],
            who=one["person"],
            function=str(FUNCTIONS.get(one["function"], one["function"])),
            institution=in_words(one["institution"]),
            reason=str(REASONS[one["reason"]]),
        )
        for one in openings
        if one["patient_id"] in people
    ]
