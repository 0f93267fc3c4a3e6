"""Lift an exclusion for urgent care, as the only one on duty for a discipline (EXC-7)."""

import json
from dataclasses import dataclass
from uuid import UUID

from unidossier.actions.open_in_emergency import Person, plain
from unidossier.actions.wait_until_signed import wait_until_signed
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Query, SessionEnded

LIFT = """SELECT relations.lift(%(secret)s::bytea, %(lifting)s::uuid, %(patient)s::uuid, %(sought)s::jsonb,
    %(discipline)s::text, %(reason)s::text) AS refused"""


@dataclass(frozen=True, kw_only=True)
class Lifting:
    """What the carer declares. `lifting` is the id made with the form: sent twice, it is written down once."""

    lifting: UUID
    person: Person
    discipline: str
    reason: str  # why nobody else can, at least 20 characters


def lift_exclusion(secret: bytes, *, lifting: Lifting) -> None:
    """Write the declaration down; what it opens is seen by opening the record. An exclusion "also in emergencies" stays.

    Returns alike whether the patient is known, has excluded the carer, or has died. Raises ActRefused('others-on-duty'),
    AccessRefused (the function may not, or the second factor is not fresh), SessionEnded, RecordUnreadable.
    """
    person = lifting.person
    params = {
        "secret": secret,
        "lifting": lifting.lifting,
        "patient": person.patient,
        "sought": json.dumps({} if person.patient else person.sought),
        "discipline": plain(lifting.discipline),
        "reason": plain(lifting.reason),
    }
    (row,) = door.call(Query(LIFT, params))
    wait_until_signed(secret=secret)
    raise_refusal(row["refused"] or "")


def raise_refusal(told: str) -> None:
    """Raise what a function on no grant answered: '' is done; a rule, or the short code of why not."""
    match told:
        case "":
            return
        case "ACD-7.ended" | "ALL-3.second-factor":
            raise SessionEnded(told)
        case "EXC-7.others-on-duty":
            raise ActRefused("others-on-duty")
    if "." in told:
        raise AccessRefused(told)
    raise ActRefused(told)
