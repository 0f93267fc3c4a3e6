"""The links by signed form of one patient, for the medical director who may claim the form (CON-9)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.registry import queries as registry

LINKS = """SELECT r.id, r.state, r.starts_at, r.ends_at, r.proof, h.given || ' ' || h.family AS person, i.names AS institution
    FROM relations.relation r LEFT JOIN registry.person h ON h.id = r.person_id JOIN registry.institution i ON i.id = r.institution_id
    WHERE r.kind = 'link' AND r.state IN ('in-force', 'suspended') AND now() < r.ends_at ORDER BY r.starts_at DESC, r.id"""


def list_links(secret: bytes, *, patient: UUID) -> tuple[Row, list[Row]]:
    """Return the patient and his links in force or suspended: id, state, starts_at, ends_at, proof, person, institution. Raises the errors of gate.door.read."""
    granted = door.read(secret, Ask(verb="direct", patient=patient), registry.listed(), Query(LINKS))
    patients, links = granted.rows
    return patients[0], links
