"""Deliver: a machine stores what its institution made (XCH-1). One patient, one grant, one transaction.

The same delivery twice ends in the same state: every outcome is then `unchanged`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
import psycopg

from unidossier.database.connections import pool
from unidossier.gate import door
from unidossier.gate.door import (
    AccessRefused,
    Ask,
    Granted,
    ItemChanged,
    RecordUnreadable,
    RightsChanged,
    SessionEnded,
)
from unidossier.record import blobs
from unidossier.record.patient_types import FOLLOWING_TYPES
from unidossier.record.registration import Registration
from unidossier.record.sent import Arrival, Foreign
from unidossier.record.store import Delivery, store_queries
from unidossier.record.work import Party

VERB = "deliver"
TRIES = 6
_MET_ANOTHER = {"23505", "40001", "40P01"}  # unique_violation, serialization_failure, deadlock_detected

_STANDS_ELSEWHERE, _CATEGORY_REFUSED = "UD006", "UD007"

_REGISTER = (
    "SELECT patient, made FROM registry.register_patient(%(secret)s, %(id)s, %(identity)s, %(numbers)s)"
)
_KEEP = "SELECT registry.keep_foreign(%(secret)s, %(resources)s) AS kept"
_TEAMS = """SELECT t.id, t.key FROM registry.team t WHERE t.institution_id = %(institution)s"""
_PEOPLE = """SELECT DISTINCT p.id FROM registry.employment e JOIN registry.person p ON p.id = e.person_id
    WHERE e.institution_id = %(institution)s AND (e.until_at IS NULL OR now() < e.until_at)"""


class PatientUnknown(Exception):
    """No patient is known under this id, or none that the sender may deliver for: the two look the same (ACD-8)."""


class NumbersOfSeveralPatients(Exception):
    """The numbers sent with one patient belong to different patients of the registry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """What became of one version: `outcome` is created, updated or unchanged; `at`: when it was stored first."""

    id: UUID
    version: int
    outcome: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownParties:
    """People and teams of one institution, by the references that name them."""

    parties: dict[str, Party]
    addresses: dict[str, str]  # reference -> ours


def deliver(
    secret: bytes,
    *,
    versions: Sequence[Delivery],
    patient: UUID | None = None,
    holder: UUID | None = None,
    through_item: bool = False,
    registration: Registration | None = None,
    verb: str = VERB,
    detail: Mapping[str, str] | None = None,
) -> list[Stored]:
    """Store `versions` in the record of one patient, all or none.

    Who he is: `patient`, his id in the registry; or `holder`, an id that a sender uses for him (of the registry, or
    of a Patient resource about him); with `through_item` the id of any item of his, which a Provenance is about. With `registration` he is looked up by his numbers, and registered
    under `holder` when nobody has them. `detail` is kept in the entry.
    Raises PatientUnknown, AccessRefused (a category that the function may not write), NumbersOfSeveralPatients,
    ItemChanged, RightsChanged, SessionEnded, RecordUnreadable, StorageFull, AttachmentTooLarge.
    """
    if registration is not None:
        assert holder is not None
        patient = register_patient(secret, id=holder, registration=registration)
    items = (holder,) if holder and through_item else ()
    ask = Ask(verb=verb, patient=patient or (None if items else holder), items=items, detail=detail or {})
    _put_files(secret, ask=ask, versions=versions)
    granted = ask_again(ask, *store_queries(versions), secret=secret)
    return [
        Stored(id=row["item_id"], version=row["version"], outcome=row["outcome"], at=row["entered_at"])
        for rows in granted.rows[1:]
        for row in rows
    ]


def taken_elsewhere(changed: ItemChanged, arrival: Arrival) -> frozenset[UUID]:
    """Return the Medication whose id is in another record already: one of a house's own list serves all its patients.

    It is then kept as about nobody: a prescription is not refused for it, and whose record has it stays unsaid (ACD-8).
    """
    if getattr(changed.__cause__, "sqlstate", None) != _STANDS_ELSEWHERE:
        return frozenset()
    return frozenset(
        one.id
        for versions in arrival.versions.values()
        for one in versions
        if one.resource_type in FOLLOWING_TYPES
        and str(one.id) in str(changed)
        and arrival.sent_as[one.id].patient is None
    )


def register_patient(secret: bytes, *, id: UUID, registration: Registration) -> UUID:
    """Return the patient who has these numbers, made under `id` when nobody has.

    Raises NumbersOfSeveralPatients, ItemChanged (the id is taken), PatientUnknown (the sender may register nobody),
    SessionEnded, RecordUnreadable.
    """
    values = {
        "secret": secret,
        "id": id,
        "identity": orjson.dumps(registration.identity).decode(),
        "numbers": orjson.dumps(registration.numbers).decode(),
    }
    try:
        with pool().connection() as connection:
            row = connection.execute(_REGISTER, values).fetchone()
    except psycopg.Error as fault:
        if fault.sqlstate == "UD008":
            raise NumbersOfSeveralPatients(
                "the numbers of this patient belong to different patients here; ask the registration desk"
            ) from fault
        if fault.sqlstate == "UD006":
            raise ItemChanged("the id is taken") from fault
        raise _named(fault) from fault
    if row is None or row[0] is None:
        raise PatientUnknown("the sender may not register patients")
    patient: UUID = row[0]
    return patient


def keep_foreign(secret: bytes, *, resources: Sequence[Foreign]) -> int:
    """Keep what no record holds; return how many were new or changed. Raises SessionEnded, RecordUnreadable."""
    # in one order for everybody: two deliveries with the same organisations would otherwise wait for each other
    ordered = sorted(resources, key=lambda one: one.id)
    rows = [{"id": one.id, "type": one.resource_type, "resource": one.text} for one in ordered]
    values = {"secret": secret, "resources": orjson.dumps(rows).decode()}
    try:
        with pool().connection() as connection:
            row = connection.execute(_KEEP, values).fetchone()
    except psycopg.Error as fault:
        raise _named(fault) from fault
    assert row is not None
    kept: int = row[0]
    return kept


def known_parties(institution_id: UUID) -> KnownParties:
    """Return the people employed by an institution now and its teams. Raises RecordUnreadable."""
    values = {"institution": institution_id}
    try:
        with pool().connection() as connection:
            teams = connection.execute(_TEAMS, values).fetchall()
            people = connection.execute(_PEOPLE, values).fetchall()
    except psycopg.Error as fault:
        raise _named(fault) from fault
    parties: dict[str, Party] = {}
    addresses: dict[str, str] = {}
    for id_, key in teams:
        for kind in ("HealthcareService", "Location", "Organization"):
            for name in (key, id_):
                parties[f"{kind}/{name}"] = ("team", str(id_))
                addresses[f"{kind}/{name}"] = f"{kind}/{id_}"
    for (id_,) in people:
        parties[f"Practitioner/{id_}"] = ("person", str(id_))
        addresses[f"Practitioner/{id_}"] = f"Practitioner/{id_}"
    return KnownParties(parties=parties, addresses=addresses)


def _put_files(secret: bytes, *, ask: Ask, versions: Sequence[Delivery]) -> None:
    """Lay the large files beside the database, bound to the patient."""
    files = [file for version in versions for file in version.files]
    if not files:
        return
    patient = ask_again(ask, secret=secret).patient  # his id in the registry, whatever the sender calls him
    assert patient is not None
    for file in files:
        blobs.put(patient, data=file.data)


def ask_again(ask: Ask, *queries: door.Query, secret: bytes) -> Granted:
    """Ask the gate under a verb that writes; again when a neighbour's delivery for the same patient came in between.

    `ask.patient` may be the id of an item of his. Raises PatientUnknown when the record is not open to the sender, and
    the errors of gate.door.read.
    """
    for tried in range(1, TRIES + 1):
        try:
            return door.write(secret, ask, *queries)
        except AccessRefused as refused:
            if getattr(refused.__cause__, "sqlstate", None) == _CATEGORY_REFUSED:
                raise  # the record is open to the sender, this kind of content is not
            raise PatientUnknown("no patient is known under this id") from refused
        except RightsChanged:
            if tried == TRIES:
                raise
        except RecordUnreadable as fault:
            if tried == TRIES or getattr(fault.__cause__, "sqlstate", None) not in _MET_ANOTHER:
                raise
    raise PatientUnknown("no patient is known under this id")


def _named(fault: psycopg.Error) -> Exception:
    if fault.sqlstate == "UD001":
        return SessionEnded("unknown session")
    if fault.sqlstate == "UD007":
        return AccessRefused("ACS-1.function")
    return RecordUnreadable(f"{fault.sqlstate}: {fault.diag.message_primary}")
