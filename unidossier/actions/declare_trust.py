"""The GP of record gives a colleague access to one of his patients, for three months at most (ACD-3)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.kernel.nihdi import InvalidNihdi, Nihdi
from unidossier.kernel.sortkey import sort_key
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class Colleagues:
    """The patient, who treats him, and `found`: employment, person_id, person, function, institution (names by language); at most 20."""

    patient: Row
    rule: str
    relations: list[Row]
    found: list[Row]


def find_colleague(secret: bytes, *, patient: UUID, text: str) -> Colleagues:
    """Return the carers whose name begins so, word by word, or who have this NIHDI number. Raises the errors of gate.door.read."""
    number = _nihdi(text)
    words = [] if number else [word for word in sort_key(text).replace("\x01", " ").split() if word]
    granted = door.read(
        secret,
        Ask(verb="list-patients", patient=patient, detail={"page": "trust"}),
        registry.patient(),
        relations.in_force(),
        Query(
            "SELECT * FROM relations.find_colleague(%(words)s::text[], %(nihdi)s)",
            {"words": words, "nihdi": number},
        ),
    )
    patients, relating, found = granted.rows
    return Colleagues(patient=patients[0], rule=granted.rule, relations=relating, found=found)


def declare_trust(
    secret: bytes, *, patient: UUID, made: UUID, employment: UUID, until: date, reason: str
) -> datetime:
    """Give the carer of `employment` access until the end of `until` and tell the patient; return the end (exclusive).

    `made` was made when the form was shown: the same twice is one access. Raises ActRefused: not-the-gp, no-such-carer,
    yourself, ended-before, too-long (three months); and the errors of gate.door.read.
    """
    granted = door.write(
        secret,
        Ask(
            verb="declare-trust", patient=patient, detail={"employment": str(employment), "until": str(until)}
        ),
        Query(
            "SELECT relations.declare_trust(%(made)s::uuid, %(employment)s::uuid, %(until)s::date, %(reason)s) AS ends",
            {"made": made, "employment": employment, "until": until, "reason": reason},
        ),
    )
    ends: datetime = granted.rows[0][0]["ends"]
    return ends


def _nihdi(text: str) -> str:
    try:
        return Nihdi.parse(text).digits
    except InvalidNihdi:
        return ""
