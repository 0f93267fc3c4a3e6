"""Reading one record for an operation on `Patient/[id]`: one grant, and what was found."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from unidossier.exchange.fhir.outcome import not_found
from unidossier.gate import async_door
from unidossier.gate.door import AccessRefused, Ask, Granted, Query, RightsChanged


async def read_record(
    secret: bytes, *, verb: str, id: UUID, detail: Mapping[str, str], queries: Sequence[Query]
) -> Granted:
    """Read the record of the patient who has this id: of the registry, or of a Patient resource of his.

    Raises RequestRefused (404) for a refusal as for absence (ACD-8), SessionEnded, RecordUnreadable.
    """
    try:
        return await async_door.read(secret, Ask(verb=verb, patient=id, detail=detail), *queries)
    except (AccessRefused, RightsChanged):
        raise not_found() from None


def patient_id(text: str) -> UUID:
    """Read the id in an address: anything but a UUID in small letters names nobody here. Raises RequestRefused (404)."""
    try:
        id_ = UUID(text)
    except ValueError:
        raise not_found() from None
    if str(id_) != text:
        raise not_found()
    return id_
