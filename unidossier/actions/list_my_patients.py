"""List the patients a carer has a relation with now, page by page; find one among them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.kernel.sortkey import sort_key
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations
from unidossier.relations.openings import my_openings

NOBODY = "\uffff"  # no key of a name holds it


@dataclass(frozen=True, kw_only=True)
class MyPatients:
    """Short facts only: rows of registry.queries.listed and relations.queries, to be joined by `patient_id`."""

    patients: list[Row]
    stays: list[Row]
    relations: list[Row]
    openings: list[Row]  # my own in force by break-the-glass (BTG-3)
    following: UUID | None  # the next page begins after this patient; None: there is none


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Whom one looks for: the beginning of a name, a birth date, a number (digits). All empty: everybody."""

    name: str = ""
    birth: date | None = None
    number: str = ""


def list_my_patients(secret: bytes, *, after: UUID | None = None, ending_first: bool = False) -> MyPatients:
    """Return a page of my patients with their stays and relations. One entry names them all.

    `after`: the last patient of the page before. `ending_first`: whose relation ends within 30 days on top (CON-12).
    """
    return _list(secret, "list-patients", {"after": after, "order": "ending" if ending_first else None})


def find_patient(secret: bytes, *, sought: Sought, after: UUID | None = None) -> MyPatients:
    """Return those of my patients that fit; nobody else's existence is told (ACD-8)."""
    # signs without a letter are nobody's name: they must not find everybody
    name = (sort_key(sought.name).strip() or NOBODY) if sought.name else ""
    wanted = {"name": name, "birth": sought.birth, "number": sought.number, "after": after}
    return _list(secret, "find-patient", wanted)


def _list(secret: bytes, verb: str, wanted: dict) -> MyPatients:
    told = {key: str(value) for key, value in wanted.items() if value}
    granted = door.read_list(
        secret, verb, told, registry.listed(), relations.stays(), relations.in_force(), my_openings()
    )
    patients, stays, relating, opened = granted.rows
    return MyPatients(
        patients=patients,
        stays=stays,
        relations=relating,
        openings=opened,
        following=granted.following,
    )
