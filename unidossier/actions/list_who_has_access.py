"""Who can see my record now, why, proven how, and until when (MY-14)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


def list_who_has_access(secret: bytes, *, patient: UUID) -> tuple[Row, str, list[Row], list[Row]]:
    """Return the patient, the deciding rule, the relations in force and the representations in force."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "access"}),
        registry.patient(),
        relations.in_force(),
        relations.representations(),
    )
    patients, relating, representing = granted.rows
    return patients[0], granted.rule, relating, representing
