"""The patient asks an institution: an overview, a correction, something that is not visible (LOG-5, MY-10, MY-18)."""

from uuid import UUID

from unidossier.cases import mediation
from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.registry import queries as registry

KINDS = ("overview", "correction", "not-visible", "other")

# The institutions of the network that hold something of the patient of the grant.
HOLDING = """SELECT i.id, i.names, i.contact FROM registry.institution i JOIN record.presence h ON h.institution_id = i.id WHERE i.network ORDER BY i.key"""


def list_holding(secret: bytes, *, patient: UUID) -> tuple[Row, str, list[Row]]:
    """Return the patient, the deciding rule, and the institutions that hold something of him: id, names, contact."""
    ask = Ask(verb="who-looked", patient=patient, detail={"page": "ask"})
    granted = door.read(secret, ask, registry.patient(), Query(HOLDING))
    patients, holding = granted.rows
    return patients[0], granted.rule, holding


def ask_institution(
    secret: bytes, *, patient: UUID, task: UUID, institution: UUID, kind: str, words: str
) -> None:
    """Send a request to the ombuds service of an institution. `task` is made with the form: sent twice, it is one.

    Raises ActRefused: unknown-kind, text-missing, not-here; and the errors of gate.door.read.
    """
    ask = Ask(verb="ask-institution", patient=patient, detail={"task": str(task), "kind": kind})
    query = mediation.ask_institution(task, institution=institution, kind=kind, words=words)
    door.write(secret, ask, query)
