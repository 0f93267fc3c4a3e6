"""Open one item: its content, the values that belong to it, its versions and its files, under an entry naming it."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.record import queries as record
from unidossier.record.describe.category import NOT_CLINICAL
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


class ItemNotFound(Exception):
    """There is no such item, or none the reader may see: the two look the same (ACD-8)."""


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """`line` as in the list; `versions` newest first with their exact text; `parts` are lines too.

    No version: the reader may know that there is an appointment, a stay or a bill, and not what is written in it now (ACS-2).
    """

    patient: Row
    rule: str
    opens: int
    allergies: list[Row]
    line: Row
    versions: list[Row]
    parts: list[Row]
    attachments: list[Row]
    relations: list[Row]


def open_item(secret: bytes, *, item: UUID, patient: UUID | None = None) -> OpenItem:
    """Return one item whole. Raises ItemNotFound and the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="open-item", patient=patient, items=(item,)),
        registry.patient(),
        record.item(item),
        record.versions(item),
        record.parts(item),
        record.attachments([item]),
        record.allergies(),
        relations.in_force(),
    )
    patients, lines, versions, parts, attachments, allergies, relating = granted.rows
    if not lines or (not versions and lines[0]["category"] not in NOT_CLINICAL):
        raise ItemNotFound(str(item))
    if versions and versions[0]["version"] != lines[0]["version"]:
        versions = []  # what it said before it told why is not what it says
    return OpenItem(
        patient=patients[0],
        rule=granted.rule,
        opens=granted.opens,
        allergies=allergies,
        line=lines[0],
        versions=versions,
        parts=parts,
        attachments=attachments,
        relations=relating,
    )


def open_attachment(secret: bytes, *, item: UUID, sha256: bytes) -> tuple[UUID, Row]:
    """Return the patient and the line of one attached file; its bytes are in record/blobs.py. Raises ItemNotFound.

    `also` of the line: other ids of the patient under which the file may lie (REC-8).
    """
    granted = door.read(
        secret,
        Ask(verb="open-attachment", items=(item,), detail={"sha256": sha256.hex()}),
        record.attachments([item]),
        registry.known_as(),
    )
    rows, others = granted.rows
    for row in rows:
        if bytes(row["sha256"]) == sha256 and granted.patient is not None:
            return granted.patient, row | others[0]
    raise ItemNotFound(str(item))
