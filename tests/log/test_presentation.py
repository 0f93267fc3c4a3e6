"""How people appear in "who looked": by the setting of their institution, decided in the database (MY-15, LOG-5).

Of `pseudonymised` and `anonymised` nothing that names somebody leaves the database: not in a column, not by a filter, not by a search.
"""

import json
import re
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days
from tests.gate.world import Worker
from tests.log.entries import add_entries
from unidossier.actions.list_accesses import list_accesses, list_one_access, take_accesses
from unidossier.actions.make_overview import make_overview
from unidossier.actions.report_unknown import report_unknown
from unidossier.gate import door
from unidossier.gate.door import Ask, Query, RecordUnreadable, Row
from unidossier.kernel.sortkey import sort_key
from unidossier.kernel.uuid7 import new_id
from unidossier.log.queries import Chosen

HIDING = ("pseudonymised", "anonymised")


@pytest.fixture
def own(clinic: Clinic) -> bytes:
    return clinic.world.own_session(clinic.patient)


def _present(clinic: Clinic, value: str) -> None:
    clinic.world.setting(clinic.id, name="log.presentation", value=value)


def _staff(clinic: Clinic, count: int, function: str = "nurse", **columns: Any) -> list[tuple[Worker, str]]:
    """Let people of one function look on different days; return them with their names."""
    made = []
    for nth in range(count):
        worker = clinic.world.worker(function, clinic.id)
        name = f"Nora {new_id().hex[-8:]}"
        add_entries(
            clinic,
            1,
            **{
                "at": days(-20 - nth),
                "person_id": worker.person,
                "person_name": name,
                "institution_id": clinic.id,
                "function": function,
            }
            | columns,
        )
        made.append((worker, name))
    return made


def _lines(secret: bytes, patient: UUID, **chosen: Any) -> list[Row]:
    page = list_accesses(secret, patient=patient, chosen=Chosen(**chosen))
    return [line for visit in page.visits for line in visit]


@pytest.mark.parametrize("presentation", HIDING)
def test_nothing_that_names_leaves_the_database(clinic: Clinic, own: bytes, presentation: str) -> None:
    staff = _staff(clinic, 4)
    _present(clinic, presentation)
    page = list_accesses(own, patient=clinic.patient)
    taken = take_accesses(own, patient=clinic.patient, chosen=Chosen())
    told = json.dumps([page.visits, page.places, taken.visits], default=str)
    for worker, name in staff:
        assert name not in told
        assert str(worker.person) not in told
    assert len(page.visits) == 4


def test_by_default_the_patient_reads_names(clinic: Clinic, own: bytes) -> None:
    ((worker, name),) = _staff(clinic, 1)
    (line,) = _lines(own, clinic.patient)
    assert (line["who"], line["person_id"], line["presentation"]) == (name, worker.person, "named")


def test_one_person_is_one_code_of_one_patient(clinic: Clinic, own: bytes) -> None:
    staff = _staff(clinic, 3)
    other = clinic.world.patient()
    for worker, name in staff:
        for patient, at in ((clinic.patient, days(-60)), (other, days(-61))):
            add_entries(
                clinic,
                1,
                at=at,
                patient_id=patient,
                person_id=worker.person,
                person_name=name,
                institution_id=clinic.id,
            )
    _present(clinic, "pseudonymised")
    codes = [line["who"] for line in _lines(own, clinic.patient)]
    theirs = {line["who"] for line in _lines(clinic.world.own_session(other), other)}
    assert all(re.fullmatch("[A-Z2-7]{5}", code) for code in codes)
    assert len(codes) == 6 and len(set(codes)) == 3
    assert len(theirs) == 3 and not theirs & set(codes)  # nothing links two patients


def test_anonymised_is_function_and_hour_and_parts_no_persons(clinic: Clinic, own: bytes) -> None:
    at = days(-10).replace(hour=9, minute=12, second=31)
    _staff(clinic, 3, at=at)
    _present(clinic, "anonymised")
    (visit,) = list_accesses(own, patient=clinic.patient).visits  # three people, told as one
    assert len(visit) == 3
    assert {(line["who"], line["function"], line["at"].minute, line["at"].second) for line in visit} == {
        ("", "nurse", 0, 0)
    }


@pytest.mark.parametrize("presentation", HIDING)
@pytest.mark.parametrize(("people", "shown"), [(2, None), (3, "midwife")])
def test_a_function_that_hardly_anybody_has_is_not_told(
    clinic: Clinic, own: bytes, presentation: str, people: int, shown: str | None
) -> None:
    _staff(clinic, people, function="midwife")
    _present(clinic, presentation)
    lines = _lines(own, clinic.patient)
    assert {line["function"] for line in lines} == {shown}
    assert len(_lines(own, clinic.patient, function="midwife")) == (people if shown else 0)
    page = list_accesses(own, patient=clinic.patient)
    assert {one["function"] for one in page.places} == {shown}


@pytest.mark.parametrize(("together", "is_told"), [(2, False), (3, True)])
def test_a_department_of_few_is_not_told(clinic: Clinic, own: bytes, together: int, is_told: bool) -> None:
    team = clinic.world.team(clinic.id)
    clinic.world.run("UPDATE registry.team SET names = %s WHERE id = %s", json.dumps({"en": "Burns"}), team)
    staff = _staff(clinic, 3)
    for worker, _ in staff[:together]:
        clinic.world.duty(worker.person, team=team)
    assert [line["department"] for line in _lines(own, clinic.patient)].count({"en": "Burns"}) == together
    _present(clinic, "pseudonymised")
    told = [line["department"] for line in _lines(own, clinic.patient)].count({"en": "Burns"})
    assert told == (together if is_told else 0)


@pytest.mark.parametrize("presentation", HIDING)
def test_a_search_by_name_finds_nobody_whose_name_is_not_shown(
    clinic: Clinic, own: bytes, presentation: str
) -> None:
    ((worker, _),) = _staff(clinic, 1)
    ((given, family),) = clinic.world.run(
        "SELECT given, family FROM registry.person WHERE id = %s", worker.person
    )
    for sought in (family, given, f"{given} {family}", family[:4]):
        assert len(_lines(own, clinic.patient, name=sort_key(sought))) == 1, sought
    _present(clinic, presentation)
    for sought in (family, given, f"{given} {family}", family[:4]):
        assert _lines(own, clinic.patient, name=sort_key(sought)) == [], sought


def test_a_code_is_found_by_itself(clinic: Clinic, own: bytes) -> None:
    _staff(clinic, 3)
    _present(clinic, "pseudonymised")
    code = _lines(own, clinic.patient)[0]["who"]
    assert {line["who"] for line in _lines(own, clinic.patient, name=sort_key(code))} == {code}


def test_who_wrote_a_document_stands_in_it_so_that_line_has_no_code(clinic: Clinic, own: bytes) -> None:
    """The label beside a known author would name him on all his other lines."""
    ((worker, name),) = _staff(clinic, 1)
    item = clinic.world.item(clinic.patient, clinic.id, author_name=name)
    add_entries(
        clinic,
        1,
        at=days(-20),
        person_id=worker.person,
        person_name=name,
        institution_id=clinic.id,
        verb="write-report",
        items=[item],
    )
    _present(clinic, "pseudonymised")
    by_verb = {line["verb"]: line for line in _lines(own, clinic.patient)}
    assert by_verb["open-record"]["who"] != ""
    assert (by_verb["write-report"]["who"], by_verb["write-report"]["items"]) == ("", None)
    assert by_verb["write-report"]["visit"] != by_verb["open-record"]["visit"]


@pytest.mark.parametrize("rule", ["BTG-1.emergency", "EXC-7.lifted"])
def test_of_an_emergency_one_is_told_by_name_so_its_lines_have_no_code(
    clinic: Clinic, own: bytes, rule: str
) -> None:  # BTG-4
    ((worker, name),) = _staff(clinic, 1)
    item = clinic.world.item(clinic.patient, clinic.id)
    columns = {"person_id": worker.person, "person_name": name, "institution_id": clinic.id}
    add_entries(clinic, 1, at=days(-20), rule=rule, verb="open-item", items=[item], **columns)
    _present(clinic, "pseudonymised")
    by_rule = {line["rule"]: line for line in _lines(own, clinic.patient)}
    assert by_rule["ACD-2.work"]["who"] != ""
    assert (by_rule[rule]["who"], by_rule[rule]["items"]) == ("", [item])
    assert by_rule[rule]["visit"] != by_rule["ACD-2.work"]["visit"]


@pytest.mark.parametrize("presentation", HIDING)
def test_the_patient_and_machines_keep_their_names(clinic: Clinic, own: bytes, presentation: str) -> None:
    clinic.send({"resourceType": "Condition", "id": str(new_id()), "code": {"text": "Asthma"}})
    _present(clinic, presentation)
    for side in ("own", "machines"):
        lines = _lines(own, clinic.patient, side=side)
        assert lines and {line["presentation"] for line in lines} == {"named"}


@pytest.mark.parametrize("presentation", HIDING)
def test_raw_entries_are_closed_to_the_patients_side(clinic: Clinic, own: bytes, presentation: str) -> None:
    _staff(clinic, 1)
    _present(clinic, presentation)
    line = (new_id(), clinic.patient)  # an empty table would ask no policy
    clinic.world.run(
        """INSERT INTO log.listed (patient_id, entry_id, at, person_name, function, verb, rule, purpose)
        SELECT id, 1, now(), 'Jo Doe', 'nurse', 'my-patients', 'ACD-2.work', 'care' FROM unnest(%s::uuid[]) id""",
        list(line),
    )
    for statement in (
        "SELECT person_name FROM log.entry",
        "SELECT person_id FROM log.listed",
        "SELECT * FROM gate.accesses_shown(NULL)",
        "SELECT * FROM gate.entries_seen('{}', now(), now(), '{}', 0)",
    ):
        with pytest.raises(RecordUnreadable, match=r"UD002|42501"):
            door.read(own, Ask(verb="who-looked", patient=clinic.patient), Query(statement))


def test_a_line_without_a_name_can_be_asked_about(clinic: Clinic, own: bytes) -> None:
    """MY-15: the case says what the patient was shown; who stands behind a code is an act of its own at the Desk."""
    staff = _staff(clinic, 3)
    _present(clinic, "pseudonymised")
    line = _lines(own, clinic.patient)[0]
    told = list_one_access(own, patient=clinic.patient, entry=line["id"])
    assert told.entry is not None and told.entry["who"] == line["who"]
    number = report_unknown(own, patient=clinic.patient, entry=line["id"], words="Who is this?")
    ((facts, person),) = clinic.world.run("SELECT facts, person_id FROM cases.task WHERE number = %s", number)
    assert (facts["who"], person) == (line["who"], None)
    assert not any(name in json.dumps(facts) for _, name in staff)


def test_two_anonymised_lines_of_one_person_are_two_cases(clinic: Clinic, own: bytes) -> None:
    """One number for both would tell that they are of one person."""
    ((worker, name),) = _staff(clinic, 1)
    add_entries(clinic, 1, at=days(-40), person_id=worker.person, person_name=name, institution_id=clinic.id)
    named = [
        report_unknown(own, patient=clinic.patient, entry=line["id"], words="")
        for line in _lines(own, clinic.patient)
    ]
    assert len(set(named)) == 1
    _present(clinic, "anonymised")
    numbers = [
        report_unknown(own, patient=clinic.patient, entry=line["id"], words="")
        for line in _lines(own, clinic.patient)
    ]
    assert len(set(numbers)) == 2


def test_the_overview_of_the_ombuds_service_shows_the_same(clinic: Clinic, own: bytes) -> None:  # LOG-5
    _staff(clinic, 3)
    _present(clinic, "pseudonymised")
    ombuds = clinic.world.session(clinic.world.worker("ombuds", clinic.id), face="desk", purpose="governance")
    made = make_overview(
        ombuds, patient=clinic.patient, overview=new_id(), task=None, since=days(-5 * 365 + 5)
    )
    paper = {(one["id"], one["at"], one["who"]) for one in made.lines if one["kind"] == "carer"}
    lines = [one for one in _lines(own, clinic.patient) if one["kind"] == "carer"]
    screen = {(one["id"], one["at"], one["who"]) for one in lines}
    assert paper == screen and len(screen) == 3
