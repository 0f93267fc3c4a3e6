"""The registration desk registers who may act for a patient, whom he excludes, and his general practitioner (REP, EXC-4, EXC-5, CON-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.kernel.scan import Scan
from unidossier.kernel.sortkey import name_key
from unidossier.record import blobs
from unidossier.registry import desk


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """A file of somebody who acts for a patient. `number`: 11 digits; names are used when the number is nobody's yet.

    `kind`: parent, legal, foster, mandate, trusted. `categories`: mask of the scope. `ends`: None for no end of its own.
    """

    kind: str
    number: str
    family: str
    given: str
    authority: str
    categories: int = 0
    decides: bool = False
    starts: datetime | None = None
    ends: datetime | None = None


class ProofNotFound(Exception):
    """There is no such document, or it cannot be shown; interfaces show both alike."""


def register_representation(
    secret: bytes, *, patient: UUID, representation: UUID, mandate: Mandate, proof: Scan
) -> None:
    """Keep the document, then the file; `representation` is the id of the form: twice is done once.

    Raises ActRefused (kind-unknown, proof-missing, authority-missing, scope-missing, end-before-start, deceased, yourself, of-age, two-parents,
    known-already), StorageFull, and the errors of gate.door.read.
    """
    # the decision first: nothing is stored for somebody who may not register
    door.read(secret, Ask(verb="desk-open", patient=patient), desk.file())
    blobs.put(patient, data=proof.data)
    told = {
        "kind": mandate.kind,
        "number": mandate.number,
        "family": mandate.family.strip(),
        "given": mandate.given.strip(),
        "sort_key": name_key(mandate.family, given=mandate.given),
        "categories": mandate.categories,
        "decides": mandate.decides,
        "starts": mandate.starts.isoformat() if mandate.starts else None,
        "ends": mandate.ends.isoformat() if mandate.ends else None,
        "authority": mandate.authority,
        "proof": proof.facts,
    }
    _act(
        secret,
        patient,
        desk.act("register_representation", made=representation, file=told),
        kind=mandate.kind,
    )


def find_representative(secret: bytes, *, patient: UUID, number: str) -> Row:
    """Return who has this national number: person (None: must be made), family, given. Raises the errors of gate.door.read."""
    return _act(secret, patient, desk.act("find_person", number=number))[0]


def move_representation(
    secret: bytes,
    *,
    patient: UUID,
    representation: UUID,
    state: Literal["suspended", "in-force", "withdrawn"],
    reason: str,
) -> None:
    """Suspend a file on dispute, resume it, or end it. Raises ActRefused: no-such-mandate, done-already, reason-missing; errors of gate.door.read."""
    query = desk.act("move_representation", representation=representation, wanted=state, reason=reason)
    _act(secret, patient, query, state=state)


def open_proof(secret: bytes, *, patient: UUID, representation: UUID) -> tuple[Row, bytes]:
    """Return name and media type of a kept document, and its bytes. Raises ProofNotFound, AttachmentDamaged, and the errors of gate.door.read."""
    detail = {"proof": str(representation)}
    granted = door.read(
        secret, Ask(verb="desk-open", patient=patient, detail=detail), desk.proof(representation)
    )
    if not granted.rows[0] or granted.patient is None:
        raise ProofNotFound(str(representation))
    row = granted.rows[0][0]
    return row["proof"], blobs.get_of((granted.patient, *row["also"]), sha256=row["proof"]["sha256"])


def register_exclusion(
    secret: bytes, *, patient: UUID, exclusion: UUID, person: UUID, absolute: bool
) -> None:
    """Register a form: exclude somebody who works here. Raises ActRefused: no-such-person, not-here, yourself, excluded-already; errors of gate.door.read."""
    query = desk.act("register_exclusion", made=exclusion, person=person, absolute=absolute)
    _act(secret, patient, query, person=str(person))


def confirm_exclusion(secret: bytes, *, patient: UUID, exclusion: UUID, words: str = "") -> None:
    """Confirm who is meant by an exclusion of the portal. Raises ActRefused: no-such-exclusion, done-already; errors of gate.door.read."""
    _act(secret, patient, desk.act("confirm_exclusion", exclusion=exclusion, words=words))


def end_exclusion_at_desk(secret: bytes, *, patient: UUID, exclusion: UUID, reason: str) -> None:
    """End a local exclusion. Raises ActRefused: no-such-exclusion, federal, done-already, reason-missing; errors of gate.door.read."""
    _act(secret, patient, desk.act("end_exclusion", exclusion=exclusion, reason=reason))


def set_gp(secret: bytes, *, patient: UUID, relation: UUID, gp: UUID) -> Literal["changed", "confirmed"]:
    """Make `gp` the general practitioner of record, or confirm him. Raises ActRefused: no-such-gp, deceased, excluded; errors of gate.door.read."""
    return _act(secret, patient, desk.act("set_gp", made=relation, gp=gp), gp=str(gp))[0]["set_gp"]


def _act(secret: bytes, patient: UUID, query: Query, **detail: Any) -> list[Row]:
    told: Mapping[str, Any] = detail
    return door.write(secret, Ask(verb="register-rights", patient=patient, detail=told), query).rows[0]
