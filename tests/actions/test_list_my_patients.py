"""My patients: those with a relation in force, found by name, birth date or number, and nobody else's (CON-12, ACD-8)."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days
from tests.gate.world import hours
from unidossier.actions.list_my_patients import MyPatients, Sought, find_patient, list_my_patients
from unidossier.actions.show_agenda import show_agenda
from unidossier.gate.door import AccessRefused
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.sortkey import name_key

Named = Callable[..., UUID]


@pytest.fixture
def named(clinic: Clinic) -> Named:
    """Make a patient of this name; with a relation to the physician unless `mine` is false."""

    def made(
        family: str, given: str, *, birth: date = date(1951, 4, 12), mine: bool = True, **relation: Any
    ) -> UUID:
        patient = clinic.world.patient(birth=birth)
        clinic.world.run(
            "UPDATE registry.patient SET family = %s, given = %s, sort_key = %s WHERE id = %s",
            family,
            given,
            name_key(family, given=given),
            patient,
        )
        if mine:
            clinic.world.relation(patient, clinic.physician, **relation)
        return patient

    return made


def ids(mine: MyPatients) -> list[UUID]:
    return [row["id"] for row in mine.patients]


def find(clinic: Clinic, **sought: Any) -> set[UUID]:
    return set(ids(find_patient(clinic.secret, sought=Sought(**sought))))


def test_relations_in_force_are_listed_and_no_others(clinic: Clinic, named: Named) -> None:
    listed = {clinic.patient, named("Claes", "Els"), named("Maes", "Jan", kind="care-team")}
    team = clinic.world.team(clinic.id)
    clinic.world.duty(clinic.physician.person, team=team)
    listed.add(named("Smet", "Bo", person_id=None, team_id=team))
    hidden = {
        "ended": named("Claes", "A", ends_at=hours(-1)),
        "not yet": named("Claes", "B", starts_at=hours(1)),
        "pending": named("Claes", "C", state="pending"),
        "suspended": named("Claes", "D", state="suspended"),
        "withdrawn": named("Claes", "E", state="withdrawn"),
        "of nobody": named("Claes", "F", mine=False),
        "excluding": named("Claes", "G"),
    }
    clinic.world.exclude(hidden["excluding"], clinic.physician.person)
    mine = list_my_patients(clinic.secret)
    assert set(ids(mine)) == listed
    assert {row["patient_id"] for row in mine.relations} == listed


def test_short_facts_alone(clinic: Clinic) -> None:
    clinic.world.item(clinic.patient, clinic.id, title="Psychosis")
    mine = list_my_patients(clinic.secret)
    assert set(mine.patients[0]) == {"id", "family", "given", "birth_date", "sex", "deceased_at", "ssin"}
    assert "Psychosis" not in repr(mine)


def test_they_stand_in_the_order_of_names(clinic: Clinic, named: Named) -> None:
    clinic.world.run("DELETE FROM relations.relation WHERE patient_id = %s", clinic.patient)
    expected = [
        named("De Smet", "Zoë"),
        named("Élise", "An"),
        named("Van", "Zoë"),
        named("Van Damme", "Ann"),
        named("Van Damme", "Bo"),
    ]
    assert ids(list_my_patients(clinic.secret)) == expected


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("Van Damme", True),
        ("van dam", True),
        ("damme", True),
        ("VÀN", True),
        ("Vandamme", False),
        ("amme", False),  # no part begins so
        ("%", False),  # signs alone are nobody's name
        ("_amme", False),
        ("van%e", False),
    ],
)
def test_found_by_the_beginning_of_any_part_of_the_family_name(
    clinic: Clinic, named: Named, typed: str, is_found: bool
) -> None:
    patient = named("Van Damme", "Ann-Sofie")
    assert (patient in find(clinic, name=typed)) is is_found


@pytest.mark.parametrize(
    "typed",
    [
        "sofie",
        "Ann",
        "Van Damme Ann",
        "ann-so",
    ],
)
def test_found_by_a_given_name(clinic: Clinic, named: Named, typed: str) -> None:
    patient, other = named("Van Damme", "Ann-Sofie"), named("Claes", "Jan")
    found = find(clinic, name=typed)
    assert patient in found
    assert other not in found


def test_found_by_birth_date_and_number(clinic: Clinic, named: Named) -> None:
    patient, twin = (named("Claes", name, birth=date(1962, 3, 1)) for name in ("Els", "An"))
    named("Maes", "Jan", birth=date(1962, 3, 2))
    number = f"n{patient.hex[-10:]}"
    clinic.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)",
        patient,
        SSIN,
        number,
    )
    assert find(clinic, birth=date(1962, 3, 1)) == {patient, twin}
    assert find(clinic, number=number) == {patient}
    assert find(clinic, number=number[:-1]) == set()  # a number is whole or none
    assert find(clinic, number=number, birth=date(1962, 3, 2)) == set()
    clinic.world.run("UPDATE registry.patient_identifier SET until_at = now() WHERE value = %s", number)
    assert find(clinic, number=number) == set()


def test_nobody_elses_patient_is_found_by_anything(clinic: Clinic, named: Named) -> None:  # ACD-8
    strange = named("Zzyzx", "Qq", birth=date(1911, 1, 1), mine=False)
    ((number,),) = clinic.world.run(
        "SELECT value FROM registry.patient_identifier WHERE patient_id = %s", strange
    )
    for sought in ({"name": "zzyzx"}, {"birth": date(1911, 1, 1)}, {"number": number}):
        assert find(clinic, **sought) == set()
    clinic.world.relation(strange, clinic.physician)
    for sought in ({"name": "zzyzx"}, {"birth": date(1911, 1, 1)}, {"number": number}):
        assert find(clinic, **sought) == {strange}


def test_pages_are_the_whole_list_once(clinic: Clinic) -> None:
    made = clinic.world.run(
        """WITH p AS (INSERT INTO registry.patient (id, family, given, sort_key, entry_id)
            SELECT gen_random_uuid(), 'Claes', 'N' || n %% 7, 'claes' || chr(1) || 'n' || n %% 7, 0 FROM generate_series(1, 230) n RETURNING id)
        INSERT INTO relations.relation (patient_id, id, person_id, institution_id, kind, source_type, entry_id, starts_at, ends_at)
        SELECT id, gen_random_uuid(), %s, %s, 'contact', 'Encounter', 0, now(), now() + interval '90 days' FROM p RETURNING patient_id""",
        clinic.physician.person,
        clinic.id,
    )
    for ending_first in (False, True):
        pages = [list_my_patients(clinic.secret, ending_first=ending_first)]
        while pages[-1].following:
            pages.append(
                list_my_patients(clinic.secret, after=pages[-1].following, ending_first=ending_first)
            )
        read = [one for page in pages for one in ids(page)]
        assert len(read) == len(set(read))
        assert set(read) == {patient for (patient,) in made} | {clinic.patient}
        assert [len(ids(page)) for page in pages] == [100, 100, 31]


def test_who_ends_soon_comes_on_the_first_page(clinic: Clinic, named: Named) -> None:  # CON-12
    soon = named("Zwart", "Jan", ends_at=days(10))
    both = named("Zwart", "An", ends_at=days(10))
    clinic.world.relation(both, clinic.physician, ends_at=days(200))
    for n in range(100):
        named("Claes", f"N{n}")
    first = set(ids(list_my_patients(clinic.secret, ending_first=True)))
    assert (soon in first, both in first) == (True, False)
    assert soon not in ids(list_my_patients(clinic.secret))


def test_the_agenda_is_of_me_and_my_teams_within_the_period(clinic: Clinic, named: Named) -> None:
    team, other_team = clinic.world.team(clinic.id), clinic.world.team(clinic.id)
    clinic.world.duty(clinic.physician.person, team=team)
    since, until = days(1), days(2)

    def at(patient: UUID, when: Any, **who: UUID) -> UUID:
        item = clinic.world.appointment(patient, clinic.id)
        clinic.world.run(
            "UPDATE relations.appointment SET starts_at = %s, person_id = %s, team_id = %s WHERE id = %s",
            when,
            who.get("person"),
            who.get("team"),
            item,
        )
        return item

    me = clinic.physician.person
    shown = {
        at(clinic.patient, since, person=me),
        at(named("Claes", "Els"), days(1.5), team=team),
    }
    for patient, when, who in (
        (named("Claes", "A"), until, {"person": me}),  # the end is not of the period
        (named("Claes", "B"), days(0.9), {"person": me}),
        (named("Claes", "C"), days(1.5), {"team": other_team}),
        (named("Claes", "D", mine=False), days(1.5), {"person": me}),
    ):
        at(patient, when, **who)
    agenda = show_agenda(clinic.secret, since=since, until=until)
    assert {row["id"] for row in agenda.appointments} == shown
    assert {row["id"] for row in agenda.patients} == {row["patient_id"] for row in agenda.appointments}


def test_governance_has_no_patients(clinic: Clinic) -> None:  # ACS-4
    officer = clinic.world.session(clinic.world.worker("medical-director", clinic.id))
    with pytest.raises(AccessRefused, match=r"ACS-1\.function"):
        list_my_patients(officer)


def test_the_desk_sees_names_and_the_agenda_of_its_patients(clinic: Clinic) -> None:  # ACS-2
    reception = clinic.colleague("reception")
    assert ids(list_my_patients(reception)) == [clinic.patient]
    clinic.world.item(clinic.patient, clinic.id)
    assert clinic.listed(reception) == set()
