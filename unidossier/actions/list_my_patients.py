"""List the patients a carer has a relation with now, by ward and by today's agenda; find one among them."""

from dataclasses import dataclass
from datetime import date, datetime

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.kernel.sortkey import sort_key
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class MyPatients:
    """Short facts only: rows of registry.queries.listed and relations.queries, to be joined by `patient_id`."""

    patients: list[Row]
    stays: list[Row]
    agenda: list[Row]
    relations: list[Row]


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Whom one looks for: the beginning of a name, a birth date, a number (digits). All empty: everybody."""

    name: str = ""
    birth: date | None = None
    number: str = ""


def list_my_patients(secret: bytes, *, since: datetime, until: datetime) -> MyPatients:
    """Return my patients with their stays, and the agenda of the half-open period. One entry names them all."""
    return _list(secret, "list-patients", {}, since, until)


def find_patient(secret: bytes, *, sought: Sought, since: datetime, until: datetime) -> MyPatients:
    """Return those of my patients that fit; nobody else's existence is told (ACD-8)."""
    wanted = {
        "name": sort_key(sought.name) or None,
        "birth": sought.birth.isoformat() if sought.birth else None,
        "number": sought.number or None,
    }
    return _list(secret, "find-patient", {key: value for key, value in wanted.items() if value}, since, until)


def _list(secret: bytes, verb: str, wanted: dict, since: datetime, until: datetime) -> MyPatients:
    granted = door.read_list(
        secret,
        verb,
        wanted,
        registry.listed(),
        relations.stays(),
        relations.agenda(since=since, until=until),
        relations.in_force(),
    )
    patients, stays, agenda, relating = granted.rows
    return MyPatients(patients=patients, stays=stays, agenda=agenda, relations=relating)
