"""The newest version of one resource, before it is changed: for patch, delete and their conditional forms."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from unidossier.exchange.fhir.outcome import RequestRefused, gone, not_found, refused
from unidossier.exchange.fhir.shape import read_exactly
from unidossier.exchange.fhir.validators import Versions
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask, Query, RightsChanged
from unidossier.kernel.category import Category
from unidossier.record.store import restore_text
from unidossier.record.validation.schema import definition

VERB = "fhir-read"
ERROR = "entered-in-error"
# No resource of these types says of itself that it was an error in an element of its own, but by a concept
_VERIFICATION = {
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
}
_NEWEST = """SELECT v.version, v.entered_at, v.withdrawn, v.resource, i.category FROM record.item i
    JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id AND v.version = i.version
    WHERE i.id = %(id)s AND i.type = %(type)s"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Newest:
    """`text` is the whole text; `patient` the id of the registry."""

    version: int
    entered_at: datetime
    withdrawn: bool
    text: str
    patient: UUID
    category: Category


def newest(secret: bytes, *, resource_type: str, id_: UUID) -> Newest:
    """Read it, under an entry. Blocks.

    Raises RequestRefused (404: unknown, refused and of another type alike), SessionEnded, RecordUnreadable.
    """
    query = Query(_NEWEST, {"id": id_, "type": resource_type})
    try:
        granted = door.read(secret, Ask(verb=VERB, items=(id_,)), query)
    except (AccessRefused, RightsChanged):
        raise not_found() from None
    if not granted.rows[0] or granted.patient is None:
        raise not_found()
    (row,) = granted.rows[0]
    return Newest(
        version=row["version"],
        entered_at=row["entered_at"],
        withdrawn=row["withdrawn"],
        text=restore_text(row["resource"], patient_id=granted.patient),
        patient=granted.patient,
        category=Category(row["category"]),
    )


def newest_kept(secret: bytes, *, resource_type: str, id_: UUID) -> Newest:
    """Read it when it was not taken back. Raises RequestRefused (404, 410) and what `newest` raises."""
    found = newest(secret, resource_type=resource_type, id_=id_)
    if found.withdrawn:
        raise gone(found.version)
    return found


def expected_version(secret: bytes, seen: Versions | None, *, resource_type: str, id_: UUID) -> int | None:
    """Return the one version that a change may follow, None when any may: of several that the client has seen the one that stands.

    Blocks. Raises RequestRefused (412) when none of them is the newest.
    """
    if seen is None or len(seen) == 1:
        return seen[0] if seen else None
    try:
        found = newest_kept(secret, resource_type=resource_type, id_=id_)
    except RequestRefused as refusal:
        if refusal.status not in (404, 410):
            raise
        raise refused(412, "conflict", "There is no version to change. Send it without If-Match.") from None
    if seen and found.version not in seen:
        raise refused(
            412, "conflict", "The resource has a newer version. Read it again, then send your change."
        )
    return found.version


def in_error(text: str) -> bytes:
    """Return the resource saying of itself that it was entered in error, where its type has a word for it (REC-5)."""
    resource: dict[str, Any] = read_exactly(text)
    kind = resource["resourceType"]
    if kind in _VERIFICATION:
        resource.pop("clinicalStatus", None)  # con-5, ait-2
        resource["verificationStatus"] = {"coding": [{"system": _VERIFICATION[kind], "code": ERROR}]}
    elif name := _says_so(kind):
        resource[name] = ERROR
        resource.pop(f"_{name}", None)
    return orjson.dumps(resource)


@cache
def _says_so(kind: str) -> str | None:
    """Return the element of this type that may say `entered-in-error`."""
    properties = definition(kind)["properties"]
    names = (
        name for name in ("status", "lifecycleStatus") if ERROR in properties.get(name, {}).get("enum", ())
    )
    return next(names, None)
