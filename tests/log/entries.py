"""What the log holds of one patient or one person, read past every policy."""

from typing import Any, NamedTuple
from uuid import UUID

from tests.actions.clinic import Clinic


class Entry(NamedTuple):
    """One entry of the log."""

    verb: str
    permitted: bool
    rule: str
    patient: UUID | None
    items: list[UUID] | None
    detail: dict[str, Any]
    categories: int
    person: UUID
    function: str
    purpose: str


_COLUMNS = "verb, permitted, rule, patient_id, items, detail, categories, person_id, function, purpose"


def entries_of(clinic: Clinic, secret: bytes) -> list[Entry]:
    """Give the entries of one session in order, without its sign-in."""
    rows = clinic.world.run(
        f"""SELECT {_COLUMNS} FROM log.entry WHERE verb <> 'sign-in' AND session_id =
        (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        secret,
    )
    return [Entry(*row) for row in rows]


def add_entries(clinic: Clinic, count: int, **columns: Any) -> None:
    """Add entries about the patient as if made by people or machines; `columns` change columns of log.entry."""
    row: dict[str, Any] = {
        "person_name": "Jo Doe",
        "function": "nurse",
        "patient_id": clinic.patient,
        "verb": "open-record",
        "purpose": "care",
        "rule": "ACD-2.work",
        "permitted": True,
    } | columns
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    clinic.world.run(
        f"""INSERT INTO log.entry (id, {names})
        SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'), {marks}
        FROM generate_series(1, {int(count)})""",
        *row.values(),
    )
