"""Take out the patient summary: what another carer needs first, as a document or a paper. One entry, one round trip."""

from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask
from unidossier.record.store import restore_text
from unidossier.record.summary import Gathered, queries
from unidossier.record.summary.gathered import fill, medicines
from unidossier.registry import queries as registry
from unidossier.terminology import short_language

VERB = "fhir-summary"


def take_summary(secret: bytes, *, patient: UUID, at: datetime, language: str | None = None) -> Gathered:
    """Gather the summary of one record; `language` is one of fr, nl, de, en, the patient's own when it is None.

    `patient` may be the id of a Patient resource of his. Raises the errors of gate.door.read, AttachmentMissing, AttachmentDamaged.
    """
    granted = door.read(
        secret,
        Ask(verb=VERB, patient=patient),
        registry.patient(),
        registry.institutions(),
        queries.patient_ids(),
        queries.reach(),
        queries.facts(),
        queries.observations(),
    )
    patients, institutions, ids, reach, *found = granted.rows
    if not patients:  # an app that may not know who he is
        raise AccessRefused(granted.rule)
    whose = patients[0]
    rows = [
        row | {"resource": restore_text(row["resource"], patient_id=whose["id"])}
        for part in found
        for row in part
    ]
    return Gathered(
        patient=whose,
        known_as=frozenset({whose["id"], patient, *(row["id"] for row in ids)}),
        institutions={row["id"]: row for row in institutions},
        sections=fill(rows, opens=granted.opens, reads=reach[0]["reads"], today=at.date()),
        language=language or short_language(whose["language"]),
        entry=granted.entry,
        at=at,
        beside=medicines(rows),
    )
