"""Likely duplicates, compared, merged, parted again (REC-8). One entry names every patient concerned."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Row
from unidossier.registry import desk


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """`pairs`: one, other, why; `people` by id: rows of registry.desk.two."""

    pairs: list[Row]
    people: dict[UUID, Row]


def list_duplicates(secret: bytes) -> Duplicates:
    """Return pairs that may be one human being, known at this institution or nowhere yet; at most 40. Raises the errors of gate.door.read_list."""
    pairs, people = door.read_list(
        secret, "desk-find", {"duplicates": True}, desk.duplicates(), desk.two()
    ).rows
    known = {row["id"]: row for row in people}
    return Duplicates(
        pairs=[one for one in pairs if one["one"] in known and one["other"] in known], people=known
    )


def compare_patients(secret: bytes, *, one: UUID, other: UUID) -> tuple[Row, Row]:
    """Return two patients side by side. Raises AccessRefused when one of them is not there; errors of gate.door.read_list."""
    rows = door.read_list(secret, "desk-find", _both(one, other), desk.two()).rows[0]
    known = {row["id"]: row for row in rows}
    if one == other or not {one, other} <= set(known):
        raise AccessRefused("ACD-1.none")
    return known[one], known[other]


def merge_patients(secret: bytes, *, merge: UUID, kept: UUID, merged: UUID, reason: str) -> None:
    """Make two records one; `merge` is the id of the form. Raises ActRefused: no-such-patient, merged-already, reason-missing; errors of gate.door.read_list."""
    query = desk.act("merge_patients", made=merge, kept=kept, merged=merged, reason=reason)
    door.read_list(secret, "merge-patients", _both(kept, merged), query)


def unmerge_patients(secret: bytes, *, merge: UUID, kept: UUID, merged: UUID, reason: str) -> None:
    """Part two records again. Raises ActRefused: no-such-merge, done-already, merge-above, reason-missing; errors of gate.door.read_list."""
    query = desk.act("unmerge_patients", merge=merge, reason=reason)
    door.read_list(secret, "merge-patients", _both(kept, merged), query)


def tell_apart(secret: bytes, *, one: UUID, other: UUID, reason: str) -> None:
    """Say that two patients alike are not the same. Raises ActRefused: no-such-patient, merged-already, reason-missing; errors of gate.door.read_list."""
    query = desk.act("tell_apart", one=one, other=other, reason=reason)
    door.read_list(secret, "merge-patients", _both(one, other), query)


def _both(one: UUID, other: UUID) -> dict[str, list[str]]:
    return {"patients": [str(one), str(other)]}
