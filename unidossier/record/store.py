"""Versions ready for the one writer, record.store (record/sql/store.sql): description beside the exact text (REC-5, REC-6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from unidossier.gate.door import Query
from unidossier.record.blobs import get as get_file
from unidossier.record.describe.description import Description
from unidossier.record.inline_files import InlineFile, put_back, take_out
from unidossier.record.searching.extract import SearchValues
from unidossier.record.stamp import place_of_stamp, stamped, without_stamp

ROWS_A_CALL = 400
CHARACTERS_A_CALL = 4_000_000

# One writer at a time in a record: two deliveries of one patient would otherwise number the same version twice.
LOCK = Query("SELECT pg_advisory_xact_lock(hashtextextended(gate.patient()::text, 11))")

_NOT_STORED = frozenset({"patient_reference", "author_reference", "source_status", "part_of", "type"})
_COLUMNS = tuple(field.name for field in fields(Description) if field.name not in _NOT_STORED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One version of one item. `row` is one element of the JSON that record.store takes; `text` is the whole text."""

    id: UUID
    resource_type: str
    text: str
    row: dict[str, Any]
    files: tuple[InlineFile, ...] = ()
    place: int = 0  # in `text`, of its number and instant

    @property
    def is_work(self) -> bool:
        """Tell whether storing it makes, moves or ends a relation."""
        return self.row["work"] is not None

    def as_stored(self, *, version: int, at: datetime) -> str:
        """Return the whole text as it is read later, once its number and instant are known."""
        return stamped(self.text, place=self.place, version=version, at=at)


def delivery(
    text: str,
    *,
    id: UUID,
    resource: dict[str, Any],
    description: Description,
    found_by: SearchValues,
    entered_at: datetime,
    part_of: UUID | None = None,
    work: Mapping[str, Any] | None = None,
    author_id: UUID | None = None,
    expected: int | None = None,
    withdrawn: bool = False,
) -> Delivery:
    """Make a version of `text`; large files in it go to `files` and leave a mark (see `restore_text`), number and instant are the writer's.

    `resource` is the parsed text; `found_by` what a search finds it by. `expected`: the version that the sender
    saw (0: none), None when he does not say.
    `withdrawn`: the sender takes the item back; it stays, as entered in error (REC-5).
    """
    text, place = without_stamp(text, has_meta="meta" in resource)
    kept, files = take_out(text, resource=resource)
    row = {name: getattr(description, name) for name in _COLUMNS} | {
        "clinical_at": description.clinical_at or entered_at,
        "id": id,
        "type": resource["resourceType"],
        "part_of": part_of,
        "resource": kept,
        "stamp": place if kept == text else place_of_stamp(kept),
        "work": work,
        "author_id": author_id,
        "expected": expected,
        "withdrawn": withdrawn,
        **found_by.columns(),
        "attachments": [
            {
                "sha256": file.sha256,
                "name": file.name,
                "media_type": file.media_type,
                "size": len(file.data),
            }
            for file in files
        ],
    }
    if withdrawn:
        row["status"] = "entered-in-error"
    return Delivery(
        id=id, resource_type=resource["resourceType"], text=text, row=row, files=files, place=place
    )


def store_queries(deliveries: Sequence[Delivery]) -> list[Query]:
    """Return the statements that store `deliveries` in one transaction; each answers item_id, version, outcome, entered_at.

    The first locks the record. Work comes last, in one call: it changes relations, after which the grant is used up.
    """
    plain = [one for one in deliveries if not one.is_work]
    work = [one for one in deliveries if one.is_work]
    calls = list(_calls(plain))
    if work:
        calls.append(work)
    return [LOCK, *(_store(call) for call in calls)]


def restore_text(text: str, *, patient_id: UUID) -> str:
    """Return the text of a version as it was stored first, its files put back.

    Raises AttachmentMissing, AttachmentDamaged: never a text without its files.
    """
    return put_back(text, get=lambda sha256: get_file(patient_id, sha256=sha256))


def _store(deliveries: Sequence[Delivery]) -> Query:
    rows = orjson.dumps([one.row for one in deliveries], default=str).decode()
    return Query(
        "SELECT item_id, version, outcome, entered_at FROM record.store(%(deliveries)s::jsonb)",
        {"deliveries": rows},
    )


def _calls(deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    call: list[Delivery] = []
    size = 0
    for one in deliveries:
        length = len(one.row["resource"])
        if call and (len(call) == ROWS_A_CALL or size + length > CHARACTERS_A_CALL):
            yield call
            call, size = [], 0
        call.append(one)
        size += length
    if call:
        yield call
