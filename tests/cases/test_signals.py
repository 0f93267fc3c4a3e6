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
    look_for_rush,
    look_for_signals,
    look_for_signals_daily,
)
from unidossier.actions.open_record import open_record
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter


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


def _worked_long_ago(house: House, worker: Worker, patient: UUID | None = None) -> UUID:
    """A relation that is still in force, of work that is long over."""
    patient = patient or house.world.patient()
    house.world.relation(patient, worker, kind="stay", made_at=days(-80), starts_at=days(-80))
    return patient


def test_a_relation_of_work_long_over_explains_no_look_at_ones_own_name(house: House) -> None:
    """T2: relations outlast the work; something must have happened with the patient too."""
    idle, busy = _nurse(house), _nurse(house)
    ((family,),) = house.world.run("SELECT family FROM registry.patient WHERE id = %s", house.patient)
    active = house.world.patient()
    house.world.run("UPDATE registry.patient SET family = %s WHERE id = %s", family, active)
    for one, patient in ((idle, house.patient), (busy, active)):
        _family(house, one.person, family)
        _worked_long_ago(house, one, patient)
        _looks(house, one, patient=patient)
    tomorrow = house.world.appointment(active, house.clinic.id)
    house.world.run("UPDATE relations.appointment SET person_id = %s WHERE id = %s", busy.person, tomorrow)
    assert _found(house) == [("same-name", house.patient, idle.person)]


def test_work_of_another_team_explains_no_look_at_a_neighbour(house: House) -> None:
    """T2: a relation of the emergency ward of three weeks ago, and the patient lies on another ward now."""
    emergency, ward = (house.world.team(house.clinic.id) for _ in range(2))
    before, now = _nurse(house), _nurse(house)
    own = house.world.patient()
    for nurse, team in ((before, emergency), (now, ward)):
        house.world.duty(nurse.person, team=team)
        house.world.run("UPDATE registry.person SET patient_id = %s WHERE id = %s", own, nurse.person)
        old = {"person_id": None, "team_id": team, "made_at": days(-20), "starts_at": days(-20)}
        house.world.relation(house.patient, nurse, **old)
        _looks(house, nurse)
    stay = house.world.stay(house.patient, house.clinic.id)
    house.world.run("UPDATE relations.stay SET team_id = %s WHERE id = %s", ward, stay)
    for one, address in ((own, "Kerkstraat 1, Gent"), (house.patient, "kerkstraat 1  Gent")):
        house.world.run(
            "UPDATE registry.patient SET contact = %s WHERE id = %s", Jsonb({"address": address}), one
        )
    assert _found(house) == [("same-address", house.patient, before.person)]


HAPPENED = ("appointment", "stay", "report", "delivery", "referral", "own choice")


def _happens(house: House, patient: UUID, worker: Worker, what: str) -> None:
    world, here = house.world, house.clinic.id
    match what:
        case "appointment":
            world.appointment(patient, here)
        case "stay":
            world.stay(patient, here)
        case "report" | "delivery":
            verb = "write-report" if what == "report" else "deliver"
            _looks(house, house.clinic.physician, patient=patient, verb=verb, function="specialist")
        case "referral":
            world.relation(patient, worker, kind="referral")
        case "own choice":
            world.relation(patient, worker, kind="granted", made_at=days(-80), starts_at=days(-80))


def test_three_records_in_a_day_with_which_nothing_happened(house: House) -> None:
    nurse, calm = _nurse(house), _nurse(house)
    for number in range(3):
        _looks(house, nurse, patient=_worked_long_ago(house, nurse))
        if number < 2:  # somebody may call back
            _looks(house, calm, patient=_worked_long_ago(house, calm))
    assert _found(house) == [("no-activity", None, nurse.person)]


def test_looks_through_the_api_are_looks(house: House) -> None:
    """LOG-6: an app, or a search by hand, is no way around the daily list."""
    nurse = _nurse(house)
    for verb in ("fhir-read", "fhir-search", "fhir-everything"):
        _looks(house, nurse, patient=_worked_long_ago(house, nurse), verb=verb)
    assert _found(house) == [("no-activity", None, nurse.person)]


@pytest.mark.parametrize("what", HAPPENED)
def test_what_happened_with_the_patient_explains(house: House, what: str) -> None:
    nurse = _nurse(house)
    for _ in range(4):
        patient = _worked_long_ago(house, nurse)
        _happens(house, patient, nurse, what)
        _looks(house, nurse, patient=patient)
    assert _found(house) == []


def test_what_happened_elsewhere_or_long_ago_explains_nothing(house: House) -> None:
    nurse, elsewhere = _nurse(house), house.world.institution()
    for number in range(3):
        patient = _worked_long_ago(house, nurse)
        if number == 0:
            house.world.appointment(patient, elsewhere)
        if number == 1:
            made = house.world.appointment(patient, house.clinic.id)
            house.world.run(
                "UPDATE relations.appointment SET starts_at = %s, ends_at = %s WHERE id = %s",
                days(-40),
                days(-40),
                made,
            )
        if number == 2:
            made = house.world.appointment(patient, house.clinic.id)
            house.world.run("UPDATE relations.appointment SET status = 'cancelled' WHERE id = %s", made)
        _looks(house, nurse, patient=patient)
    assert _found(house) == [("no-activity", None, nurse.person)]


def _same_hour(ago: int) -> datetime:
    """This hour of the day, `ago` days of Brussels back: a count of hours may end on the same day."""
    return (datetime.now(ZoneInfo("Europe/Brussels")) - timedelta(days=ago)).astimezone(UTC)


def test_who_comes_back_to_the_same_record_is_seen(house: House) -> None:
    nurse, twice = _nurse(house), _nurse(house)
    followed = _worked_long_ago(house, nurse)
    _worked_long_ago(house, twice, followed)
    for ago in range(3):
        _looks(house, nurse, patient=followed, at=_same_hour(ago))
        if ago < 2:
            _looks(house, twice, patient=followed, at=_same_hour(ago))
    assert _found(house) == [("came-back", followed, nurse.person)]


def test_an_emergency_that_is_reviewed_is_no_signal_besides(house: House) -> None:
    """BTG-5: the review is the medical director's; one that nobody reviews is a gap."""
    nurse = _nurse(house)
    _looks(house, nurse, verb="break-the-glass", rule="BTG-1.emergency")
    house.task("glass-review", function="medical-director", person_id=nurse.person, subject_id=new_id())
    assert _found(house) == []


def test_a_rush_is_told_of_at_once_and_refuses_nobody(house: House) -> None:
    """T3: sixty records in five minutes; the alarm has no need of the next morning."""
    rushing, calm = _nurse(house), _nurse(house)
    session = house.world.session(rushing)
    for number in range(61):
        patient = house.world.patient()
        house.world.relation(patient, rushing)
        _looks(house, rushing, patient=patient)
        if number < 60:
            _looks(house, calm, patient=patient)
    look_for_rush()
    (task,) = list_tasks(house.officer).tasks
    assert (task["person_id"], task["patient_id"]) == (rushing.person, None)
    assert (task["facts"]["signal"], task["facts"]["times"]) == ("bulk", 61)
    look_for_rush()
    assert len(list_tasks(house.officer).tasks) == 1
    house.world.relation(house.patient, rushing)
    assert open_record(session, patient=house.patient, chosen=Filter()).patient


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
