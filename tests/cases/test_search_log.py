"""LOG-6: the Desk searches the entries of its own institution, with a ground and under an entry; nothing of anybody's record."""

import dataclasses
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.gate.world import Worker
from tests.log.entries import add_entries, entries_of
from unidossier.actions.search_log import (
    LogSearch,
    find_logged_people,
    search_log,
    show_logged_person,
)
from unidossier.gate.door import AccessRefused, ActRefused, SessionEnded
from unidossier.kernel.uuid7 import new_id

ALL = LogSearch(since=days(-2), until=days(1))


def _look(house: House, worker: Worker, count: int = 1, **columns: Any) -> None:
    told = {"person_id": worker.person, "institution_id": house.clinic.id, "verb": "open-record"} | columns
    add_entries(house.clinic, count, **told)


def _nurse(house: House) -> Worker:
    return house.world.worker("nurse", house.clinic.id)


def _found(house: House, secret: bytes | None = None, **changes: Any) -> list[Any]:
    search = dataclasses.replace(ALL, **changes)
    return search_log(secret or house.director, search=search, why="complaint").entries


def _ids(rows: list[Any]) -> set[int]:
    return {row["id"] for row in rows}


@pytest.mark.parametrize("who", ["director", "officer"])
def test_those_who_oversee_find_who_did_what_about_whom(house: House, who: str) -> None:
    nurse = _nurse(house)
    whence = {"origin": "ward", "device": "Ward 4 Firefox", "address": "192.0.2.4"}
    _look(house, nurse, categories=4, glass_reason="other", **whence)
    (row,) = _found(house, getattr(house, who), person=nurse.person)
    assert {name: row[name] for name in whence} == whence  # LOG-1: from where
    assert (row["person_name"], row["verb"], row["rule"], row["permitted"]) == (
        "Jo Doe",
        "open-record",
        "ACD-2.work",
        True,
    )
    assert (row["patient_id"], row["elsewhere"], row["glass_reason"]) == (house.patient, False, "other")
    assert row["family"].startswith("Roe")
    assert {"detail", "items", "glass_text", "salt"}.isdisjoint(row)  # ACS-4: never what stood in a record


def test_each_search_is_an_entry_with_its_ground_and_names_whom_it_showed(house: House) -> None:
    nurse = _nurse(house)
    _look(house, nurse)
    _found(house, person=nurse.person)
    (entry,) = entries_of(house.clinic, house.director)
    assert (entry.verb, entry.permitted, entry.detail["why"]) == ("search-log", True, "complaint")
    assert entry.detail["person"] == str(nurse.person)
    seen = house.world.run("SELECT verb FROM log.listed WHERE patient_id = %s", house.patient)
    assert seen == [("search-log",)]  # the patient reads it in "who looked"


NARROWED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "verb": ({"verb": "open-item"}, {"verb": "open-item"}),
    "rule": ({"rule": "ACD-3.consent"}, {"rule": "ACD-3.consent"}),
    "refused": ({"permitted": False, "rule": "ACD-1.none"}, {"outcome": "refused"}),
    "permitted": ({}, {"outcome": "permitted"}),
    "people": ({}, {"people": True, "verb": "open-record"}),
    "glass": ({"glass_reason": "unconscious"}, {"glass": True}),
}


@pytest.mark.parametrize("name", NARROWED)
def test_a_search_is_narrowed(house: House, name: str) -> None:
    columns, asked = NARROWED[name]
    nurse, other = _nurse(house), _nurse(house)
    _look(house, nurse, **columns)
    unlike = {"permitted": {"permitted": False, "rule": "ACD-1.none"}, "people": {"function": "machine"}}
    _look(house, other, **unlike.get(name, {}))
    found = [row for row in _found(house, **asked) if row["verb"] in ("open-record", "open-item")]
    assert {row["person_id"] for row in found} == {nurse.person}


def test_a_period_is_half_open(house: House) -> None:
    nurse = _nurse(house)
    noon = days(-1)
    for at in (noon - timedelta(microseconds=1), noon, noon + timedelta(hours=1)):
        _look(house, nurse, at=at)
    found = _found(house, since=noon, until=noon + timedelta(hours=1))
    assert [row["at"] for row in found] == [noon]


def test_pages_follow_each_other_without_gap_or_double(house: House) -> None:
    nurse = _nurse(house)
    _look(house, nurse, 70, at=days(-1))  # one instant: the number decides
    _look(house, nurse, 50)
    search = dataclasses.replace(ALL, person=nurse.person)
    seen: list[int] = []
    while search:
        page = search_log(house.director, search=search, why="spot-check")
        seen += [row["id"] for row in page.entries]
        search = dataclasses.replace(search, before=page.following) if page.following else None  # type: ignore[assignment]
    assert len(seen) == len(set(seen)) == 120


def test_only_the_own_institution(house: House) -> None:
    """ALL-4: each institution answers for its own people."""
    nurse = _nurse(house)
    _look(house, nurse, institution_id=house.world.institution())
    assert _found(house, person=nurse.person) == []
    _look(house, nurse)
    assert len(_found(house, person=nurse.person)) == 1


def test_a_patient_is_found_in_records_and_in_lists(house: House) -> None:
    nurse = _nurse(house)
    _look(house, nurse)
    _look(house, nurse, patient_id=house.world.patient())
    _look(house, nurse, patient_id=None, verb="list-patients", patients=[house.patient, new_id()])
    ((listed,),) = house.world.run(
        "SELECT id FROM log.entry WHERE person_id = %s AND patients IS NOT NULL", nurse.person
    )
    house.world.run(
        """INSERT INTO log.listed (patient_id, entry_id, at, person_id, person_name, function, institution_id, verb, rule, purpose)
        VALUES (%s, %s, now(), %s, 'Jo Doe', 'nurse', %s, 'list-patients', 'ACD-1.list', 'care')""",
        house.patient,
        listed,
        nurse.person,
        house.clinic.id,
    )
    found = [row for row in _found(house, patient=house.patient) if row["person_id"] == nurse.person]
    assert {row["verb"] for row in found} == {"open-record", "list-patients"}
    assert {row["patient_id"] for row in found} == {house.patient}


def test_a_merged_record_is_searched_with_what_it_kept(house: House) -> None:
    """REC-8: entries stayed where they were."""
    nurse, old = _nurse(house), house.world.patient()
    _look(house, nurse, patient_id=old)
    house.world.run("UPDATE registry.patient SET merged_into = %s WHERE id = %s", house.patient, old)
    house.world.run(
        """INSERT INTO registry.merge (id, kept, merged, reason, person_id, person_name, institution_id, entry_id)
        VALUES (%s, %s, %s, 'same', %s, 'Jo', %s, 0)""",
        new_id(),
        house.patient,
        old,
        house.director_worker.person,
        house.clinic.id,
    )
    (row,) = _found(house, patient=house.patient, person=nurse.person)
    assert row["patient_id"] == house.patient


def test_a_patient_unknown_here_is_not_named_and_not_found(house: House) -> None:
    """ACD-8: the entry is the institution's, the patient is not."""
    nurse, foreign = _nurse(house), house.world.patient()
    _look(house, nurse, patient_id=foreign, permitted=False, rule="ACD-1.none")
    (row,) = _found(house, person=nurse.person)
    assert (row["patient_id"], row["family"], row["elsewhere"]) == (None, None, True)
    assert _found(house, patient=foreign) == []
    assert _found(house, patient=new_id()) == []


def test_who_was_excluded_by_the_patient_is_told_nothing_of_him(house: House) -> None:
    """EXC-2: no search hit; the twin sees him."""
    nurse = _nurse(house)
    _look(house, nurse)
    house.world.exclude(house.patient, house.director_worker.person)
    assert _found(house, patient=house.patient) == []
    assert [row["patient_id"] for row in _found(house, person=nurse.person)] == [None]
    assert [row["patient_id"] for row in _found(house, house.officer, person=nurse.person)] == [house.patient]


def test_the_ombuds_service_searches_for_an_open_request_alone(house: House) -> None:
    nurse = _nurse(house)
    _look(house, nurse)
    request = house.task("unknown-person", function="ombuds")
    elsewhere = house.task("unknown-person", function="ombuds", patient_id=house.world.patient())
    for asked in (
        {},
        {"task": request},
        {"patient": house.patient},
        {"patient": house.patient, "task": elsewhere},
    ):
        with pytest.raises(ActRefused) as refused:
            _found(house, house.ombuds, **asked)
        assert refused.value.code == "request-missing"
    asked = {"patient": house.patient, "task": request}
    assert nurse.person in {row["person_id"] for row in _found(house, house.ombuds, **asked)}
    house.world.run("UPDATE cases.task SET state = 'done' WHERE id = %s", request)
    with pytest.raises(ActRefused):
        _found(house, house.ombuds, **asked)


@pytest.mark.parametrize(
    ("shown", "who"), [("named", "Jo Doe"), ("pseudonymised", "[A-Z2-7]{5}"), ("anonymised", "")]
)
def test_the_ombuds_service_sees_people_as_the_setting_says(house: House, shown: str, who: str) -> None:
    """MY-15: a name behind a code is an act of its own."""
    nurse = _nurse(house)
    _look(house, nurse)
    house.world.setting(house.clinic.id, name="log.presentation", value=shown)
    request = house.task("unknown-person", function="ombuds")
    rows = _found(house, house.ombuds, patient=house.patient, task=request, verb="open-record")
    (row,) = rows
    assert row["presentation"] == shown
    assert row["person_id"] == (nurse.person if shown == "named" else None)
    assert re.fullmatch(who, row["person_name"])
    assert (row["origin"], row["device"], row["address"]) == (None, None, None)  # they would name him too
    (named,) = _found(house, patient=house.patient, verb="open-record")
    assert named["person_name"] == "Jo Doe"


def test_nobody_else_searches(house: House) -> None:
    world = house.world
    others = [house.clinic.secret, house.clinic.machine_secret]
    others += [
        world.session(world.worker(function, house.clinic.id), face="desk", purpose="governance")
        for function in ("registration-desk", "security-officer")
    ]
    for secret in others:
        with pytest.raises(AccessRefused):
            _found(house, secret)


def test_two_factors_are_needed(house: House) -> None:
    """ALL-3; NEN 7513."""
    weak = house.world.session(house.director_worker, face="desk", purpose="governance", strong=False)
    with pytest.raises(SessionEnded):
        _found(house, weak)


def test_a_grant_of_another_verb_does_not_open_the_log(house: House, reader: Any) -> None:
    """The page is that of the entry itself: what the application sends afterwards asks nothing."""
    grant = "SELECT entry FROM gate.grant_list(%s, 'desk-tasks', %s, sha256(%s))"
    asked = f'{{"log": "search", "since": "{days(-1).isoformat()}", "until": "{days(1).isoformat()}"}}'
    for verb, permitted in (("desk-tasks", False), ("search-log", True)):
        token = verb.encode().ljust(32, b"x") + house.director[:4]
        with psycopg.connect(house.world.dsns.app) as connection:
            connection.execute(grant.replace("desk-tasks", verb), (house.director, asked, token))
            connection.commit()
            connection.execute("SELECT gate.use_grant(%s)", (token,))
            if permitted:
                connection.execute("SELECT * FROM gate.found_entries()")
            else:
                with pytest.raises(psycopg.Error) as refused:
                    connection.execute("SELECT * FROM gate.found_entries()")
                assert refused.value.sqlstate == "UD002"


def test_people_are_found_who_work_or_worked_here(house: House) -> None:
    left, foreign = _nurse(house), house.world.worker("nurse", house.world.institution())
    house.world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", left.employment)
    names: dict[UUID, str] = {}
    for worker in (left, foreign):
        ((names[worker.person],),) = house.world.run(
            "SELECT family FROM registry.person WHERE id = %s", worker.person
        )
    (found,) = find_logged_people(names[left.person], institution=house.clinic.id)
    assert found["person"] == left.person
    assert find_logged_people(names[foreign.person], institution=house.clinic.id) == []
    assert find_logged_people("", institution=house.clinic.id) == []
    assert show_logged_person(left.person, institution=house.clinic.id)
    assert show_logged_person(foreign.person, institution=house.clinic.id) is None
