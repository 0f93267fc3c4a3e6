"""Open the administrative file of a patient at the Desk: one entry, no clinical content (ACS-4)."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.cases import queries as cases
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.registry import desk, posts


@dataclass(frozen=True, kw_only=True)
class DeskFile:
    """Rows of registry.desk by the names of its queries; `tasks` of cases.queries.of_patient."""

    patient: Row
    numbers: list[Row]
    gps: list[Row]
    representations: list[Row]
    exclusions: list[Row]
    changes: list[Row]
    merges: list[Row]
    reversals: list[Row]
    tasks: list[Row]


@dataclass(frozen=True, kw_only=True)
class Employees:
    """The patient the search is for, and who fits: rows of registry.desk.employees."""

    patient: Row
    found: list[Row]


def open_desk_file(secret: bytes, *, patient: UUID) -> DeskFile:
    """Return everything the Desk keeps about a patient. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="desk-open", patient=patient),
        desk.file(),
        desk.numbers(),
        desk.gps(),
        desk.representations(),
        desk.exclusions(),
        desk.changes(),
        desk.merges(),
        desk.reversals(),
        cases.of_patient(),
    )
    people, *rest = granted.rows
    numbers, gps, representations, exclusions, changes, merges, reversals, tasks = rest
    return DeskFile(
        patient=people[0],
        numbers=numbers,
        gps=gps,
        representations=representations,
        exclusions=exclusions,
        changes=changes,
        merges=merges,
        reversals=reversals,
        tasks=tasks,
    )


def find_employee(
    secret: bytes, *, patient: UUID, text: str, function: str = "", here: bool = False
) -> Employees:
    """Return who works and has this name, for an act about a patient; `function` and `here` as registry.posts.posts."""
    granted = door.read(
        secret,
        Ask(verb="desk-open", patient=patient),
        desk.file(),
        posts.posts(text, functions=(function,) if function else (), here=here),
    )
    people, found = granted.rows
    return Employees(patient=people[0], found=found)


def show_employee(secret: bytes, *, patient: UUID, person: UUID) -> Employees:
    """Return the posts of one person at work, for the page that asks again."""
    granted = door.read(secret, Ask(verb="desk-open", patient=patient), desk.file(), posts.posts_of(person))
    people, found = granted.rows
    return Employees(patient=people[0], found=found)
