"""LOG-5: the overview of accesses: numbered, an entry itself, its people named as each institution's setting says."""

import re

import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.log.entries import add_entries, entries_of
from unidossier.actions.make_overview import Overview, make_overview
from unidossier.gate.door import AccessRefused
from unidossier.kernel.uuid7 import new_id

FIVE_YEARS = days(-5 * 365)


def _present(house: House, value: str) -> None:
    house.world.setting(house.clinic.id, name="log.presentation", value=value)


def _looked(house: House, *, people: int = 1, function: str = "nurse", times: int = 2) -> list[str]:
    """Let nurses look; return their names."""
    names = []
    for _ in range(people):
        nurse = house.world.worker(function, house.clinic.id)
        name = f"Nora {new_id().hex[-8:]}"
        add_entries(
            house.clinic,
            times,
            person_id=nurse.person,
            person_name=name,
            institution_id=house.clinic.id,
            function=function,
        )
        names.append(name)
    return names


def _made(house: House) -> Overview:
    return make_overview(house.ombuds, patient=house.patient, overview=new_id(), task=None, since=FIVE_YEARS)


def _codes(made: Overview) -> list[str]:
    """Give the codes of the carers, line by line."""
    return [line["who"] for line in made.lines if line["kind"] == "carer"]


def test_named_by_default(house: House) -> None:
    (name,) = _looked(house)
    made = _made(house)
    assert made.presentation == "named"
    assert [line["who"] for line in made.lines].count(name) == 2


def test_a_pseudonym_is_one_person_and_never_his_name(house: House) -> None:
    names = _looked(house, people=3)
    _present(house, "pseudonymised")
    made = _made(house)
    shown = _codes(made)
    assert len(shown) == 6 and len(set(shown)) == 3
    assert all(re.fullmatch("[A-Z2-7]{5}", one) for one in shown)
    assert not any(name in str(made.lines) for name in names)
    assert set(_codes(_made(house))) == set(shown)


def test_a_pseudonym_of_one_patient_says_nothing_about_another(house: House) -> None:
    nurse = house.world.worker("nurse", house.clinic.id)
    _present(house, "pseudonymised")
    other = house.world.patient()
    house.world.item(other, house.clinic.id)  # the Desk acts for its own institution's patients
    shown = set()
    for patient in (house.patient, other):
        add_entries(
            house.clinic, 1, person_id=nurse.person, patient_id=patient, institution_id=house.clinic.id
        )
        made = make_overview(house.ombuds, patient=patient, overview=new_id(), task=None, since=FIVE_YEARS)
        shown |= set(_codes(made))
    assert len(shown) == 2


def test_anonymised_leaves_function_and_institution_and_small_groups_not_even_that(house: House) -> None:
    _looked(house, people=5)
    _looked(house, function="midwife")
    _present(house, "anonymised")
    made = _made(house)
    nurses = [
        line for line in made.lines if line["function_words"] and line["function_words"]["en"] == "Nurse"
    ]
    assert len(nurses) == 10
    carers = [line for line in made.lines if line["kind"] == "carer" and not line["function_words"]]
    assert len(carers) == 2  # the only midwife of the house
    assert {line["who"] for line in made.lines if line["kind"] == "carer"} == {""}
    assert {(line["at"].minute, line["at"].second) for line in nurses} == {(0, 0)}


def test_each_making_has_a_number_and_is_an_entry(house: House) -> None:
    first, second = _made(house), _made(house)
    assert second.number > first.number
    entries = [one for one in entries_of(house.clinic, house.ombuds) if one.verb == "make-overview"]
    assert [(one.permitted, one.patient) for one in entries] == [(True, house.patient)] * 2
    assert "make" in second.lines[0]["verb_words"]["en"] or "made" in second.lines[0]["verb_words"]["en"]


def test_the_history_of_its_request_tells_of_it(house: House) -> None:
    task = house.task("overview", function="ombuds")
    made = make_overview(house.ombuds, patient=house.patient, overview=new_id(), task=task, since=FIVE_YEARS)
    assert house.happened(task) == ["overview"]
    assert house.world.run("SELECT text FROM cases.event WHERE task_id = %s", task) == [(str(made.number),)]


def test_only_the_ombuds_service_makes_it(house: House) -> None:
    for other in (house.director, house.officer, house.clinic.secret):
        with pytest.raises(AccessRefused):
            make_overview(other, patient=house.patient, overview=new_id(), task=None, since=FIVE_YEARS)
