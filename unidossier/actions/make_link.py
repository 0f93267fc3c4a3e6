"""Make a link with a patient from his national number, during a contact (CON-6). It opens nothing until the signed form is declared."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query
from unidossier.kernel.ssin import Ssin

DONE = "made"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What the carer declares: whom he saw (as he knows him), when, and that the patient is informed. `language` is of the form."""

    number: Ssin
    name: str
    language: str
    on: date
    informed: bool


def make_link(secret: bytes, *, attempt: UUID, contact: Contact) -> None:
    """Write the link down as pending. The same answer, in words, size and time, whether anybody has the number.

    `attempt` was made when the form was shown: the same twice is one link.
    Raises ActRefused: not-informed, contact-in-future, contact-too-old (more than 30 days), waits (made before),
    too-many (20 numbers a day), refused (not a carer outside); SessionEnded, RecordUnreadable.
    """
    rows = door.call(
        Query(
            """SELECT relations.make_link(%(secret)s, %(attempt)s::uuid, %(number)s, %(name)s, %(language)s, %(informed)s, %(contact)s::date)
            AS outcome""",
            {
                "secret": secret,
                "attempt": attempt,
                "number": contact.number.digits,
                "name": contact.name,
                "language": contact.language,
                "informed": contact.informed,
                "contact": contact.on,
            },
        )
    )
    if rows[0]["outcome"] != DONE:
        raise ActRefused(rows[0]["outcome"])
