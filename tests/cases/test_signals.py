"""LOG-6: the daily review finds what no relation explains, each with its reason; what work explains is left alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.gate.world import Worker
from tests.log.entries import add_entries
from unidossier.actions.list_tasks import list_tasks
from unidossier.actions.look_for_signals import (
    judge_signal,
    list_signal_runs,
    look_for_signals,
    look_for_signals_daily,
)
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id


def _looks(house: House, worker: Worker, *, patient: UUID | None = None, **columns: Any) -> None:
    told = {
        "person_id": worker.person,
        "institution_id": house.clinic.id,
        "patient_id": patient or house.patient,
    }
    add_entries(house.clinic, 1, **(told | columns))


def _found(house: House) -> list[tuple[str, UUID | None, UUID]]:
    look_for_signals(house.officer, since=days(-1), until=days(1))
    rows = house.world.run(
        "SELECT facts ->> 'signal', patient_id, person_id FROM cases.task WHERE kind = 'signal' AND institution_id = %s",
        house.clinic.id,
    )
    return [(kind, patient, person) for kind, patient, person in rows]


def _nurse(house: House) -> Worker:
    return house.world.worker("nurse", house.clinic.id)


def _family(house: House, person: UUID, family: str) -> None:
    house.world.run("UPDATE registry.person SET family = %s WHERE id = %s", family, person)


def test_the_same_name_without_work_is_a_signal_and_with_work_is_none(house: House) -> None:
    nurse, treating = _nurse(house), _nurse(house)
    ((family,),) = house.world.run("SELECT family FROM registry.patient WHERE id = %s", house.patient)
    for one in (nurse, treating):
        _family(house, one.person, family.upper())
        _looks(house, one)
    house.world.relation(house.patient, treating)
    assert _found(house) == [("same-name", house.patient, nurse.person)]


def test_the_same_address(house: House) -> None:
    nurse = _nurse(house)
    own = house.world.patient()
    house.world.run("UPDATE registry.person SET patient_id = %s WHERE id = %s", own, nurse.person)
    for one in (own, house.patient):
        house.world.run(
            "UPDATE registry.patient SET contact = %s WHERE id = %s", Jsonb({"address": "Kerkstraat 1"}), one
        )
    _looks(house, nurse)
    assert _found(house) == [("same-address", house.patient, nurse.person)]


def test_a_colleague_and_oneself(house: House) -> None:
    nurse, other = _nurse(house), _nurse(house)
    for worker in (nurse, other):
        record = house.world.patient()
        house.world.run("UPDATE registry.person SET patient_id = %s WHERE id = %s", record, worker.person)
        _looks(house, nurse, patient=record)
        own = record if worker is nurse else None
        if own:
            house.world.relation(own, nurse)  # even with work: one's own record is read on My
    assert {kind for kind, _, _ in _found(house)} == {"self", "colleague"}


def test_who_planned_with_himself_is_seen(house: House) -> None:
    nurse, planned = _nurse(house), _nurse(house)
    house.world.relation(house.patient, nurse, made_by=nurse.person)
    house.world.relation(house.patient, planned, made_by=house.clinic.physician.person)
    for one in (nurse, planned):
        _looks(house, one)
    assert _found(house) == [("planned-with-oneself", house.patient, nurse.person)]


def test_an_emergency_and_an_excluded_person_trying(house: House) -> None:
    nurse, shut = _nurse(house), _nurse(house)
    _looks(house, nurse, verb="break-the-glass", rule="BTG-1.emergency")
    _looks(house, shut, rule="EXC-2.excluded", permitted=False)
    _looks(house, _nurse(house), rule="ACD-1.none", permitted=False)  # a typing error is no signal
    assert set(_found(house)) == {
        ("emergency", house.patient, nurse.person),
        ("excluded", house.patient, shut.person),
    }


def test_more_than_fifty_records_in_an_hour(house: House) -> None:
    nurse, calm = _nurse(house), _nurse(house)
    patients = [house.world.patient() for _ in range(51)]
    for number, patient in enumerate(patients):
        house.world.relation(patient, nurse)
        _looks(house, nurse, patient=patient)
        if number < 50:
            house.world.relation(patient, calm)
            _looks(house, calm, patient=patient)
            _looks(house, calm, patient=patient)
    assert _found(house) == [("bulk", None, nurse.person)]


def test_a_signal_is_found_once_and_only_at_its_institution(house: House) -> None:
    nurse = _nurse(house)
    _looks(house, nurse, verb="break-the-glass", rule="BTG-1.emergency")
    _looks(
        house, nurse, verb="break-the-glass", rule="BTG-1.emergency", institution_id=house.world.institution()
    )
    assert len(_found(house)) == 1
    assert look_for_signals(house.officer, since=days(-1), until=days(1)) == 0
    (task,) = list_tasks(house.officer).tasks
    assert task["facts"]["times"] == 1
    judge_signal(house.officer, task=task["id"], outcome="explained", words="Called back by the ward")
    assert look_for_signals(house.officer, since=days(-1), until=days(1)) == 0  # judged is judged
    assert len(list_signal_runs(house.officer)) == 3


def test_a_signal_becomes_a_case_of_the_director(house: House) -> None:
    _looks(house, _nurse(house), verb="break-the-glass", rule="BTG-1.emergency")
    _found(house)
    (task,) = list_tasks(house.officer).tasks
    for told, code in (
        ({"outcome": "explained", "words": "no"}, "reason-missing"),
        ({"outcome": "fine", "words": "Nothing to see here"}, "no-such-outcome"),
    ):
        with pytest.raises(ActRefused) as refused:
            judge_signal(house.officer, task=task["id"], **told)
        assert refused.value.code == code
    judge_signal(house.officer, task=task["id"], outcome="case", words="No reason could be given")
    (case,) = list_tasks(house.director).tasks
    assert (case["kind"], case["facts"]["from_kind"]) == ("case", "signal")


@pytest.mark.parametrize(("since", "until"), [(-40, 0), (0, -1), (0, 3)])
def test_a_period_is_a_month_at_most_and_not_to_come(house: House, since: int, until: int) -> None:
    with pytest.raises(ActRefused) as refused:
        look_for_signals(house.officer, since=days(since), until=days(until))
    assert refused.value.code == "period-not-allowed"


def test_only_the_officer_looks(house: House) -> None:
    for other in (house.ombuds, house.director, house.clinic.secret):
        with pytest.raises(AccessRefused):
            look_for_signals(other, since=days(-1), until=days(1))


def test_the_worker_looks_at_yesterday_once(house: House) -> None:
    nurse = _nurse(house)
    noon = datetime.now(ZoneInfo("Europe/Brussels")).replace(hour=12, minute=0) - timedelta(days=1)
    _looks(house, nurse, verb="break-the-glass", rule="BTG-1.emergency", at=noon.astimezone(UTC))
    look_for_signals_daily()
    assert [one["facts"]["signal"] for one in list_tasks(house.officer).tasks] == ["emergency"]
    runs = "SELECT count(*) FROM cases.signal_run WHERE institution_id = %s"
    assert house.world.run(runs, house.clinic.id) == [(1,)]
    look_for_signals_daily()
    assert house.world.run(runs, house.clinic.id) == [(1,)]
    entry = "SELECT person_name, verb, rule FROM log.entry WHERE institution_id = %s AND detail ? 'daily'"
    assert house.world.run(entry, house.clinic.id) == [("Unidossier", "protect", "ACS-4.task")]


def test_the_application_does_not_read_the_log_by_it(house: House) -> None:
    """What finds signals is called by the functions of the Desk alone."""
    with (
        psycopg.connect(house.world.dsns.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM gate.unexplained(%s, now(), now())", (new_id(),))
