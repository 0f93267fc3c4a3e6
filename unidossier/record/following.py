"""What names no patient follows what leads to it: a Medication its prescription, a Binary its document.

Pure: ids and resources of one delivery. hl7.org/fhir/R4/medication.html, binary.html#security-context
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from unidossier.kernel.category import Category
from unidossier.record.describe.category import NOT_CLINICAL
from unidossier.record.patient_types import FOLLOWING_TYPES

Json = dict[str, Any]
IdOf = Callable[[str, str], UUID | None]  # reference, type -> our id
FOLLOWERS = FOLLOWING_TYPES | {"Binary"}


def leading_to(resources: Mapping[UUID, Json], *, id_of: IdOf) -> dict[UUID, list[UUID]]:
    """Return for each follower of a delivery the ids of what leads to it: itself, or through other followers.

    A Provenance leads to nothing: it tells who made something, not of whom it is. `resources` by our ids.
    """
    straight: dict[UUID, list[UUID]] = {
        id_: [] for id_, one in resources.items() if one["resourceType"] in FOLLOWERS
    }
    kinds = {resources[id_]["resourceType"] for id_ in straight}
    for id_, resource in resources.items() if straight else ():
        if resource["resourceType"] == "Provenance":
            continue
        named = {id_of(link, kind) for link in set(_links(resource)) for kind in kinds}
        for child in named & straight.keys():
            if child != id_:
                straight[child].append(id_)
    return {id_: _firm(id_, straight) for id_ in straight}


def _firm(follower: UUID, straight: Mapping[UUID, list[UUID]]) -> list[UUID]:
    """Go up to what is no follower; of a circle of followers each is looked at once."""
    found: dict[UUID, None] = {}
    seen, waiting = {follower}, list(straight[follower])
    while waiting:
        one = waiting.pop(0)
        if one not in straight:
            found[one] = None
        elif one not in seen:
            seen.add(one)
            waiting += straight[one]
    return list(found)


_SENSITIVE = (Category.PSYCHIATRY, Category.GYNAECOLOGY)


def access_of(binary: Json) -> str:
    """Return the reference of the resource whose readers are those of the file, as its sender says; empty when he does not."""
    reference: str = binary.get("securityContext", {}).get("reference", "")
    return reference


def by_readers(category: Category) -> int:
    """Order categories by how few see them: what is sensitive, what is clinical, and then the rest."""
    return _SENSITIVE.index(category) if category in _SENSITIVE else 3 if category in NOT_CLINICAL else 2


def _links(value: Any) -> Iterator[str]:
    """Give what attachments and references lead to, wherever they lie."""
    if isinstance(value, dict):
        for name in ("url", "reference"):
            if isinstance(value.get(name), str):
                yield value[name]
        for child in value.values():
            yield from _links(child)
    elif isinstance(value, list):
        for child in value:
            yield from _links(child)
