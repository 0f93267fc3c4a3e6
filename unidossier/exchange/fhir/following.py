"""What names no patient and came without what leads to it: where it stands already, or what it says of its own access.

hl7.org/fhir/R4/binary.html#security-context
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from unidossier.exchange.fhir.newest import newest
from unidossier.exchange.fhir.outcome import RequestRefused, refused
from unidossier.record.describe.category import NOT_CLINICAL
from unidossier.record.describe.people import patient_of
from unidossier.record.following import FOLLOWERS, access_of
from unidossier.record.patient_types import FOLLOWING_TYPES, HELD_TYPES
from unidossier.record.sent import Arrival, Sent
from unidossier.record.validation import Entry

MOST_LOST = 200  # each is a look-up with an entry
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def without_holder(arrival: Arrival) -> frozenset[UUID]:
    """Return the ids of those that were found to be in no record."""
    held = {one.id for versions in arrival.versions.values() for one in versions}
    return frozenset(
        id_
        for id_, one in arrival.sent_as.items()
        if one.checked.resource_type in FOLLOWERS and id_ not in held and one.patient is None
    )


def placed(secret: bytes, sent: Sequence[Sent], *, lost: frozenset[UUID]) -> list[Sent]:
    """Return what was sent, with the record and category of those `lost` that stand in one already. Blocks.

    One read with an entry of its own for each: what the sender may not read stays lost. Raises RequestRefused (413) for too many.
    """
    if len(lost) > MOST_LOST:
        told = f"At most {MOST_LOST} Medication, Substance and Binary that nothing of the transaction leads to are sent at once; send them in parts."
        raise refused(413, "too-costly", told)
    return [_placed(secret, one) if one.id in lost else one for one in sent]


def _placed(secret: bytes, one: Sent) -> Sent:
    assert one.id is not None
    places = [] if one.expected == 0 else [(one.checked.resource_type, one.id)]
    kind, _, id_ = access_of(one.checked.resource).partition("/")
    if kind in HELD_TYPES - FOLLOWERS - {"Patient"} and _UUID.fullmatch(id_):
        places.insert(0, (kind, UUID(id_)))
    for resource_type, place in places:
        try:
            found = newest(secret, resource_type=resource_type, id_=place)
        except RequestRefused:  # nothing stands there, or nothing that may be known of
            continue
        # reception sees that there is a stay: not what is in a file of it
        is_plain = resource_type in FOLLOWERS or found.category not in NOT_CLINICAL
        return replace(one, patient=found.patient, like=found.category if is_plain else None)
    return one


def require_standing(resource_type: str, *, stands: bool) -> None:
    """Raise RequestRefused (404) for a Medication that would be new and has nothing that leads to it."""
    if resource_type in FOLLOWING_TYPES and not stands:
        text = (
            f"A {resource_type} names no patient: send it in a transaction, together with what refers to it."
        )
        raise refused(404, "not-supported", text)


def whose(entries: Iterable[Entry]) -> str:
    """Return how a transaction names its patients: what follows them has an id of its own in each record."""
    named = {patient_of(one.checked.resource) for one in entries if one.checked}
    return " ".join(sorted(one for one in named if one))
