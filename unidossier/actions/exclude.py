"""Exclude a carer or staff member from one's record, at once and in every institution (EXC-1 to EXC-6)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query


def exclude(secret: bytes, *, patient: UUID, person: UUID, absolute: bool, exclusion: UUID) -> None:
    """Exclude the human being behind `person`; `absolute`: also in emergencies (EXC-7). `exclusion` is the new id: twice is done once.

    Raises ActRefused (no-such-person, yourself, by-form, excluded-already) and the errors of gate.door.read.
    """
    door.write(
        secret,
        Ask(verb="exclude", patient=patient, detail={"person": str(person), "absolute": absolute}),
        Query(
            "SELECT relations.exclude(%(id)s::uuid, %(person)s::uuid, %(absolute)s::boolean)",
            {"id": exclusion, "person": person, "absolute": absolute},
        ),
    )
