"""Show how one laboratory value or vital sign went over the years, over all institutions."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.record import queries as record
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


def show_trend(
    secret: bytes, *, patient: UUID, code: str, system: str | None = None
) -> tuple[Row, str, list[Row], list[Row]]:
    """Return the patient, the deciding rule, the values of one code oldest first, and the relations in force."""
    granted = door.read(
        secret,
        Ask(verb="show-trend", patient=patient, detail={"code": code}),
        registry.patient(),
        record.trend(code, system=system),
        relations.in_force(),
    )
    patients, points, relating = granted.rows
    return patients[0], granted.rule, points, relating
