"""Find somebody who works in care, to exclude him or to give him access (EXC-1, ACD-3): by name, institution, NIHDI number; or who looked lately."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.kernel.nihdi import InvalidNihdi, Nihdi
from unidossier.kernel.sortkey import sort_key
from unidossier.log import queries as log
from unidossier.log.queries import Chosen
from unidossier.registry import queries as registry

LOOKED = 60


@dataclass(frozen=True, kw_only=True)
class FoundCarers:
    """`found`: one line a post (person_id, person, employment_id, function, institution_id, network), at most 40; `looked`: entries, newest first."""

    patient: Row
    rule: str
    found: list[Row]
    looked: list[Row]


def find_carer(
    secret: bytes, *, patient: UUID, name: str = "", place: str = "", carers_only: bool = False
) -> FoundCarers:
    """Return who answers to a name (or a NIHDI number in its place) and an institution, and who looked lately.

    Without a name nobody is found. `carers_only` leaves out staff and the Desk. Raises the errors of gate.door.read.
    """
    number = nihdi_of(name)
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "find-carer"}),
        registry.patient(),
        Query(
            "SELECT * FROM relations.find_professional(%(words)s::text[], %(place)s::text[], %(nihdi)s, %(carers)s)",
            {
                "words": [] if number else sort_key(name).split(),
                "place": sort_key(place).split(),
                "nihdi": number,
                "carers": carers_only,
            },
        ),
        log.visits(Chosen(), size=LOOKED, lines=1),
    )
    patients, found, looked = granted.rows
    return FoundCarers(patient=patients[0], rule=granted.rule, found=found, looked=looked)


def nihdi_of(text: str) -> str:
    """Return the digits when `text` is a NIHDI number, else ''."""
    try:
        return Nihdi.parse(text).digits
    except InvalidNihdi:
        return ""
