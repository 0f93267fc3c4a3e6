"""For whom an app is opened: those whom the gate lists for this session, and the short facts of the one that was chosen."""

from datetime import date
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask, Query, RightsChanged, Row
from unidossier.kernel.sortkey import sort_key
from unidossier.registry import queries as registry

VERB = "launch-app"
LAUNCH = "SELECT patient_id, encounter_id FROM gate.app_launch_of(%(secret)s::bytea, %(app)s::uuid, %(hash)s::bytea)"
SHORT = "SELECT id, family, given, birth_date FROM registry.patient"
NOBODY = "\uffff"  # no key of a name holds it


def choices(secret: bytes, *, name: str) -> list[Row]:
    """Return a page of one's own patients, or of those whom one represents; `name` is the beginning of a name. One entry names them."""
    wanted = {"name": sort_key(name).strip() or NOBODY} if name else {}
    return door.read_list(
        secret, "find-patient" if name else "list-patients", wanted, registry.listed()
    ).rows[0]


def chosen(secret: bytes, patient: UUID) -> Row | None:
    """Return id, family, given and birth_date of a patient whom this session may open; None of any other."""
    try:
        rows = door.read(secret, Ask(verb=VERB, patient=patient), Query(SHORT)).rows[0]
    except (AccessRefused, RightsChanged):
        return None
    return rows[0] if rows else None


def launched(secret: bytes, *, app: UUID, launch_hash: bytes) -> UUID | None:
    """Return the patient for whom Ward opened this app in this very session; None when the word is no good any more."""
    rows = door.call(Query(LAUNCH, {"secret": secret, "app": app, "hash": launch_hash}))
    return rows[0]["patient_id"] if rows else None


def named(row: Row) -> str:
    """Return a patient as one names him: family name, given name, birth date."""
    birth: date | None = row["birth_date"]
    return f"{row['family']} {row['given']}" + (f" ({birth:%d.%m.%Y})" if birth else "")
