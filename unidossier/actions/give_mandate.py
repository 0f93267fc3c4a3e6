"""Let somebody act for oneself: a mandate, or a trusted person (REP-3, REP-4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """What the patient writes: whom (name as he calls him, national number as 11 digits, birth date), scope, decisions, from, until (excluded)."""

    kind: Literal["mandate", "trusted"]
    name: str
    number: str
    birth_date: date
    categories: int
    decides: bool
    starts: datetime
    until: datetime


def give_mandate(secret: bytes, *, patient: UUID, mandate: Mandate, id: UUID) -> None:
    """Give it, at most for 5 years. It is the same whether the person is known here or not: nobody learns who has a record.

    Raises ActRefused (not-yours, yourself, starts-before, too-many, nothing-chosen, ended-before, too-long) and the errors of gate.door.read.
    """
    door.write(
        secret,
        Ask(
            verb="give-mandate",
            patient=patient,
            detail={"mandate": str(id), "kind": mandate.kind, "decides": mandate.decides},
        ),
        Query(
            """SELECT relations.give_mandate(%(id)s::uuid, %(kind)s, %(name)s, %(number)s, %(birth)s::date, %(categories)s::bigint,
                %(decides)s::boolean, %(starts)s::timestamptz, %(until)s::timestamptz)""",
            {
                "id": id,
                "kind": mandate.kind,
                "name": mandate.name,
                "number": mandate.number,
                "birth": mandate.birth_date,
                "categories": mandate.categories,
                "decides": mandate.decides,
                "starts": mandate.starts,
                "until": mandate.until,
            },
        ),
    )
