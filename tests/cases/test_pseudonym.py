"""LOG-5, MY-15: a code is one person in everything about one patient and nobody's in anything else; the ombuds service alone learns whose, under an entry."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.log.entries import add_entries, entries_of
from unidossier.actions.make_overview import make_overview
from unidossier.actions.resolve_pseudonym import OverviewNotFound, find_overview, resolve_pseudonym
from unidossier.actions.search_log import LogSearch, search_log
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id

WHY = "The patient asks who it is"


def _known_patient(house: House) -> UUID:
    """A patient whom the house knows."""
    patient = house.world.patient()
    house.world.relation(patient, house.clinic.physician)
    return patient


def _look(house: House, person: UUID, patient: UUID, **columns: Any) -> None:
    told = {"person_id": person, "patient_id": patient, "institution_id": house.clinic.id}
    add_entries(house.clinic, 1, **(told | columns))


def _codes(house: House, patient: UUID) -> list[str]:
    request = house.task("unknown-person", function="ombuds", patient_id=patient)
    search = LogSearch(since=days(-1), until=days(1), patient=patient, task=request, verb="open-record")
    found = search_log(house.ombuds, search=search, why="patient-question").entries
    return [row["person_name"] for row in found]


@pytest.fixture
def coded(house: House) -> House:
    """A house that shows its people by codes."""
    house.world.setting(house.clinic.id, name="log.presentation", value="pseudonymised")
    return house


def _resolve(house: House, code: str, *, secret: bytes | None = None, **told: Any) -> Sequence[Any]:
    asked = {"patient": house.patient, "reason": WHY, "code": code} | told
    return resolve_pseudonym(secret or house.ombuds, **asked)


def test_the_same_person_is_one_code_about_a_patient_and_another_about_another(coded: House) -> None:
    people = [coded.world.worker("nurse", coded.clinic.id).person for _ in range(6)]
    patients = [_known_patient(coded) for _ in range(5)]
    for patient in patients:
        for person in people:
            _look(coded, person, patient)
            _look(coded, person, patient)
    codes = [_codes(coded, patient) for patient in patients]
    assert [len(one) for one in codes] == [12] * 5
    assert [len(set(one)) for one in codes] == [6] * 5  # always the same code of one person ...
    for one, other in combinations(codes, 2):
        assert set(one).isdisjoint(other)  # ... and no code leads from one patient to another


def test_the_ombuds_service_learns_who_it_is_for_a_request(coded: House) -> None:
    nurse = coded.world.worker("nurse", coded.clinic.id)
    _look(coded, nurse.person, coded.patient)
    (code,) = _codes(coded, coded.patient)
    request = coded.task("unknown-person", function="ombuds")
    (found,) = _resolve(coded, code.lower(), task=request)
    assert (found["person_id"], found["person_name"], found["function"]) == (nurse.person, "Jo Doe", "nurse")
    entry = entries_of(coded.clinic, coded.ombuds)[-1]
    assert (entry.verb, entry.permitted, entry.patient) == ("resolve-pseudonym", True, coded.patient)
    assert (entry.detail["code"], entry.detail["reason"]) == (code.lower(), WHY)
    assert _resolve(coded, "AAAAA", task=request) == []


def test_a_code_of_another_patient_leads_nowhere(coded: House) -> None:
    nurse, other = coded.world.worker("nurse", coded.clinic.id), _known_patient(coded)
    _look(coded, nurse.person, coded.patient)
    _look(coded, nurse.person, other)
    (code,) = _codes(coded, other)
    assert _resolve(coded, code, task=coded.task("other", function="ombuds")) == []
    mine = coded.task("other", function="ombuds", patient_id=other)
    assert len(_resolve(coded, code, patient=other, task=mine)) == 1


def test_from_the_number_of_an_overview(coded: House) -> None:
    nurse = coded.world.worker("nurse", coded.clinic.id)
    _look(coded, nurse.person, coded.patient)
    (code,) = _codes(coded, coded.patient)
    made = make_overview(coded.ombuds, patient=coded.patient, overview=new_id(), task=None, since=days(-9))
    assert find_overview(coded.ombuds, number=made.number) == coded.patient
    assert len(_resolve(coded, code, overview=made.number)) == 1
    foreign = coded.world.session(
        coded.world.worker("ombuds", coded.world.institution()), face="desk", purpose="governance"
    )
    with pytest.raises(OverviewNotFound):
        find_overview(foreign, number=made.number)


def test_an_overview_of_another_patient_or_house_is_no_ground(coded: House) -> None:
    other, elsewhere = _known_patient(coded), coded.world.institution()
    coded.world.relation(coded.patient, coded.world.worker("nurse", elsewhere))
    foreign = coded.world.session(coded.world.worker("ombuds", elsewhere), face="desk", purpose="governance")
    for secret, patient in ((coded.ombuds, other), (foreign, coded.patient)):
        made = make_overview(secret, patient=patient, overview=new_id(), task=None, since=days(-9))
        with pytest.raises(ActRefused) as refused:
            _resolve(coded, "AAAAA", overview=made.number)
        assert refused.value.code == "request-missing"


def test_somebody_of_another_institution_is_not_named(coded: House) -> None:
    """ALL-4: its own ombuds service tells."""
    elsewhere = coded.world.institution()
    nurse = coded.world.worker("nurse", elsewhere)
    _look(coded, nurse.person, coded.patient)
    (code,) = _codes(coded, coded.patient)
    coded.world.run("UPDATE log.entry SET institution_id = %s WHERE person_id = %s", elsewhere, nurse.person)
    (found,) = _resolve(coded, code, task=coded.task("other", function="ombuds"))
    assert (found["person_id"], found["person_name"]) == (None, "")
    assert found["institution"]["en"].startswith("House")


def test_without_request_or_reason_nothing_is_told(coded: House) -> None:
    request = coded.task("unknown-person", function="ombuds")
    done = coded.task("overview", function="ombuds", state="done")
    for told, code in (
        ({"task": request, "reason": "why"}, "reason-missing"),
        ({}, "request-missing"),
        ({"task": done}, "request-missing"),
        ({"task": new_id()}, "request-missing"),
        ({"overview": 2**40}, "request-missing"),
    ):
        with pytest.raises(ActRefused) as refused:
            _resolve(coded, "AAAAA", **told)
        assert refused.value.code == code
    assert _resolve(coded, "AAAAA", task=request) == []


def test_nobody_else_asks(coded: House) -> None:
    request = coded.task("unknown-person", function="ombuds")
    for secret in (coded.director, coded.officer, coded.clinic.secret):
        with pytest.raises(AccessRefused):
            _resolve(coded, "AAAAA", secret=secret, task=request)
