"""Open one record by break-the-glass: reason, justification, fresh second factor (BTG-1 to BTG-4)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from unidossier.actions.wait_until_signed import wait_until_signed
from unidossier.gate import door
from unidossier.gate.door import Ask, Query
from unidossier.kernel.sortkey import sort_key

REASONS = ("unconscious", "asked-by-gp", "sample-or-image", "clinical-study", "unknown-relation", "other")
LEAST_CHARACTERS = 20  # of a justification, runs of blanks counted once (BTG-1)
NOBODY = "\uffff"  # no key of a name holds it


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom the carer has before him: a record he came from, a national number (11 digits), or family name and birth date."""

    patient: UUID | None = None
    number: str = ""
    family: str = ""
    birth: date | None = None

    @property
    def sought(self) -> dict[str, str]:
        """What the gate looks him up by; nobody is guessed at when more than one fits."""
        if self.number:
            return {"number": self.number}
        # signs without a letter are nobody's name: they must not find everybody
        return {"name": sort_key(self.family).strip() or NOBODY, "birth": str(self.birth or "")}


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """What the carer states. `opening` is the id made with the form: sent twice, it opens once."""

    opening: UUID
    person: Person
    reason: str  # one of REASONS
    justification: str


def open_in_emergency(secret: bytes, *, emergency: Emergency) -> UUID:
    """Open the record and return whose it is; the patient and the reviewers are told in the same transaction.

    When a relation opens the record anyway, nothing is made. Raises the errors of gate.door.read: AccessRefused alike for
    unknown, excluded, deceased, refused from outside, and a function without this right (ACD-8).
    """
    glass = {"reason": emergency.reason, "text": plain(emergency.justification)}
    detail: dict[str, Any] = {} if emergency.person.patient else {"sought": emergency.person.sought}
    granted = door.write(
        secret,
        Ask(verb="break-the-glass", patient=emergency.person.patient, detail=detail, glass=glass),
        Query(
            "SELECT patient, until FROM relations.open_in_emergency(%(opening)s::uuid, %(reason)s::text, %(text)s::text)",
            {"opening": emergency.opening, **glass},
        ),
    )
    wait_until_signed(secret=secret)
    patient: UUID = granted.rows[0][0]["patient"]
    return patient


def plain(text: str) -> str:
    """Return a text with its runs of blanks as one: what is counted is what is kept."""
    return " ".join(text.split())
