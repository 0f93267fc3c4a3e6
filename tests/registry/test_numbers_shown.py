"""Where else a patient is known is not told by what other houses call him (ACD-8): a number of theirs is for himself, who acts for him, and them."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days, row
from unidossier.exchange.fhir.patient import newest_version
from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.registry import queries

OURS, THEIRS, EVERYBODYS = "N-ours", "N-theirs", "N-everybodys"
ADDED = "INSERT INTO registry.patient_identifier (patient_id, system, value, institution_id, from_at) VALUES (%s, %s, %s, %s, %s)"


@pytest.fixture
def numbered(clinic: Clinic) -> Clinic:
    """His patient has a number of this house, one of another, and one that is nobody's own."""
    other = clinic.world.institution()
    clinic.store(row())  # a house that holds nothing of him opens nothing to his general practitioner (CON-4)
    for value, house in ((OURS, clinic.id), (THEIRS, other), (EVERYBODYS, None)):
        clinic.world.run(ADDED, clinic.patient, f"urn:test:{clinic.patient}:{value}", value, house, days(-1))
    return clinic


def representative(clinic: Clinic) -> bytes:
    person = clinic.world.person(professional=False)
    clinic.world.represent(clinic.patient, person, kind="legal")
    return clinic.world.representative_session(person)


READERS: dict[str, tuple[Callable[[Clinic], bytes], set[str]]] = {
    "physician of the house": (lambda clinic: clinic.secret, {OURS, EVERYBODYS}),
    "reception of the house": (lambda clinic: clinic.colleague("reception"), {OURS, EVERYBODYS}),
    "physician of a third house": (
        lambda clinic: clinic.colleague(house=clinic.world.institution()),
        {EVERYBODYS},
    ),
    "general practitioner": (lambda clinic: clinic.outsider(kind="gp"), {EVERYBODYS}),
    "the patient": (lambda clinic: clinic.world.own_session(clinic.patient), {OURS, THEIRS, EVERYBODYS}),
    "a representative": (representative, {OURS, THEIRS, EVERYBODYS}),
}


@pytest.mark.parametrize("who", READERS)
def test_a_number_of_another_house_is_not_for_carers(numbered: Clinic, who: str) -> None:
    enters, wanted = READERS[who]
    ask = Ask(verb="open-record", patient=numbered.patient)
    granted = door.read(enters(numbered), ask, queries.patient(), newest_version(numbered.patient))
    shown, version = (values(rows[0]) for rows in granted.rows)
    assert shown & {OURS, THEIRS, EVERYBODYS} == wanted
    assert version & {OURS, THEIRS, EVERYBODYS} == wanted


def values(row: door.Row) -> set[str]:
    told = row["numbers"] if "numbers" in row else row["facts"]["numbers"]
    return {one["value"] for one in told}


def test_a_version_that_only_another_house_sees_changed_is_none(clinic: Clinic) -> None:
    other: UUID = clinic.world.institution()
    before = versions(clinic)
    clinic.world.run(ADDED, clinic.patient, f"urn:test:{clinic.patient}", THEIRS, other, days(-1))
    assert versions(clinic) == before
    clinic.world.run(ADDED, clinic.patient, f"urn:test:{clinic.patient}", OURS, clinic.id, days(-1))
    assert versions(clinic) == before + 1


def versions(clinic: Clinic) -> int:
    ask = Ask(verb="open-record", patient=clinic.patient)
    return int(door.read(clinic.secret, ask, newest_version(clinic.patient)).rows[0][0]["version"])
