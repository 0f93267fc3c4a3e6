"""Give a carer access, inside or outside (ACD-3)."""

from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def grant_access(
    secret: bytes, *, patient: UUID, employment: UUID, categories: int, until: datetime, relation: UUID
) -> None:
    """Give the carer of this post access to `categories` (a mask) until `until` (excluded), at most 12 months. `relation` is the new id.

    Raises ActRefused (no-such-carer, excluded, refuses-outside, nothing-chosen, ended-before, too-long) and the errors of gate.door.read.
    """
    door.write(
        secret,
        Ask(verb="grant-access", patient=patient, detail={"employment": str(employment)}),
        Query(
            "SELECT relations.grant_carer(%(id)s::uuid, %(employment)s::uuid, %(categories)s::bigint, %(until)s::timestamptz)",
            {"id": relation, "employment": employment, "categories": categories, "until": until},
        ),
    )
