"""What is asked of the log over the API: whose, which page, and the criteria. hl7.org/fhir/R4/search.html"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from unidossier.exchange.fhir.audit_search import Criterion, criterion, unescaped
from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS

MOST, USUAL = 100, 50  # events of one page
LONGEST = 300  # characters of a number and its system
NUMBERS = 2**63  # below it: what the log counts with
# one of them, and not several: a comma or a bar of its own is written with a backslash
_NUMBER = re.compile(r"((?:[^|,\\]|\\.)+)\|((?:[^|,\\]|\\.)+)")
_PLACE = re.compile(r"([0-9]{1,19})-([0-9]{1,19})")

# where a page ended: in the patient's list (number, nth event of it), at the Desk (microseconds, number)
Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search, understood. `ground` and `task` are for the Desk; `number`: system and value of whoever is meant, instead of his id."""

    pairs: tuple[tuple[str, str], ...]
    criteria: tuple[Criterion, ...]
    patient: UUID | None = None
    number: tuple[str, str] | None = None
    count: int = USUAL
    after: Place | None = None
    ground: str = ""
    task: UUID | None = None


def asked_of(pairs: Sequence[tuple[str, str]]) -> Asked:
    """Read the parameters. Raises RequestRefused (400)."""
    told: dict[str, Any] = {}
    criteria = []
    for name, value in pairs:
        reads = _READ.get(name)
        if reads is None:
            criteria.append(criterion(name, value))
        elif name not in COMMON_PARAMETERS:
            if reads[0] in told:
                raise refused(400, "value", f"'{name}' is given twice.")
            told[reads[0]] = reads[1](name, value)
    if "patient" in told and "number" in told:
        raise refused(400, "value", "Name the patient once: by his id, or by a number.", expression="patient")
    told.pop("_order", None)
    kept = tuple(pair for pair in pairs if pair[0] != "_page")
    return Asked(pairs=kept, criteria=tuple(criteria), **told)


def _patient(name: str, value: str) -> UUID:
    found = as_uuid(value.rpartition("/")[2])
    if found is None:
        raise refused(400, "value", f"'{name}' is one patient by his id here: patient=Patient/[id].")
    return found


def _number(name: str, value: str) -> tuple[str, str]:
    found = _NUMBER.fullmatch(value)
    if found is None or len(value) > LONGEST:
        told = f"'{name}' is one number with its system: {name}=[system]|[number]."
        raise refused(400, "value", told, expression=name)
    return unescaped(found[1]), unescaped(found[2])


def _count(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value[:9]) > 0):
        raise refused(400, "value", f"'{name}' is a number from 1 to {MOST}; how many there are is not told.")
    return min(MOST, int(value[:9]))


def _place(name: str, value: str) -> Place:
    found = _PLACE.fullmatch(value)
    if found is None or int(found[1]) >= NUMBERS or int(found[2]) >= NUMBERS:
        raise refused(400, "value", "Take the address of the next page as the page before gives it.")
    return int(found[1]), int(found[2])


def _id(name: str, value: str) -> UUID:
    found = as_uuid(value)
    if found is None:
        raise refused(400, "value", f"'{name}' is an id of ours.")
    return found


def _newest_first(name: str, value: str) -> str:
    if value != "-date":
        raise refused(400, "not-supported", "The log is told newest first alone: _sort=-date.")
    return value


def _said(_name: str, value: str) -> str:
    return value


_READ: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "patient": ("patient", _patient),
    "patient:Patient": ("patient", _patient),
    "patient.identifier": ("number", _number),
    "patient:Patient.identifier": ("number", _number),
    "_count": ("count", _count),
    "_page": ("after", _place),
    "_sort": ("_order", _newest_first),
    "ground": ("ground", _said),
    "task": ("task", _id),
    **{name: (name, _said) for name in COMMON_PARAMETERS},
}


def as_uuid(text: str) -> UUID | None:
    """Return an id, None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
