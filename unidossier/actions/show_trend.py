"""Show how one laboratory value or vital sign went over the years, over all institutions."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.record import queries as record
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class Course:
    """The values of one code, oldest first, and what the banner needs; `rule` decided, `opens` as in OpenRecord."""

    patient: Row
    rule: str
    opens: int
    points: list[Row]
    allergies: list[Row]
    relations: list[Row]


def show_trend(secret: bytes, *, patient: UUID, code: str, system: str | None = None) -> Course:
    """Return the course of one code. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="show-trend", patient=patient, detail={"code": code}),
        registry.patient(),
        record.trend(code, system=system),
        record.allergies(),
        relations.in_force(),
    )
    patients, points, allergies, relating = granted.rows
    return Course(
        patient=patients[0],
        rule=granted.rule,
        opens=granted.opens,
        points=points,
        allergies=allergies,
        relations=relating,
    )
