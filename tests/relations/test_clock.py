"""A relation starts and ends by the clock: no job turns it on or off, and an end is exclusive (ACD-2, ACD-4)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import Worker
from tests.relations.work import appointment, encounter, person, ward
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_record import open_record
from unidossier.gate.door import AccessRefused
from unidossier.record.queries import Filter


def opens(clinic: Clinic, secret: bytes) -> str:
    """Give the rule by which the record opens, or by which it does not."""
    try:
        return open_record(secret, patient=clinic.patient, chosen=Filter()).rule
    except AccessRefused as refused:
        return f"not {refused.rule}"


def _is_mine(clinic: Clinic, secret: bytes) -> bool:
    mine = list_my_patients(secret)
    return clinic.patient in {row["id"] for row in mine.patients}


@pytest.fixture
def surgeon(clinic: Clinic) -> Worker:
    return clinic.world.worker("specialist", clinic.id)


@pytest.mark.parametrize(
    ("starts", "rule"),
    [
        (8, "not ACD-1.none"),  # one day before the seven
        (6, "ACD-2.work"),
        (-1, "ACD-2.work"),
        (-80, "ACD-2.work"),
        (-100, "not ACD-1.none"),
    ],
)
def test_an_appointment_opens_around_its_time(
    clinic: Clinic, surgeon: Worker, starts: float, rule: str
) -> None:
    clinic.send(appointment(person(surgeon.person), starts=starts))
    secret = clinic.world.session(surgeon)
    assert opens(clinic, secret) == rule
    assert _is_mine(clinic, secret) is not rule.startswith("not")


def _at(clinic: Clinic, seconds: float) -> datetime:
    ((now,),) = clinic.world.run("SELECT clock_timestamp()")
    return now + timedelta(seconds=seconds)


def _wait_until(clinic: Clinic, at: datetime) -> None:
    clinic.world.run("SELECT pg_sleep_until(%s)", at)


def test_it_starts_at_its_instant(clinic: Clinic, surgeon: Worker) -> None:
    starts = _at(clinic, 1.5)
    clinic.world.relation(clinic.patient, surgeon, starts_at=starts)
    secret = clinic.world.session(surgeon)
    assert opens(clinic, secret) == "not ACD-1.none"
    _wait_until(clinic, starts)
    assert opens(clinic, secret) == "ACD-2.work"


def test_it_ends_at_its_instant(clinic: Clinic, surgeon: Worker) -> None:
    ends = _at(clinic, 1.5)
    clinic.world.relation(clinic.patient, surgeon, ends_at=ends)
    secret = clinic.world.session(surgeon)
    assert opens(clinic, secret) == "ACD-2.work"
    _wait_until(clinic, ends)
    assert opens(clinic, secret) == "not ACD-4.ended"
    assert not _is_mine(clinic, secret)


def test_a_duty_opens_what_its_team_may_open_for_its_time(clinic: Clinic, surgeon: Worker) -> None:
    team = clinic.world.team(clinic.id)
    clinic.send(encounter(ward(team), starts=-1))
    secret = clinic.world.session(surgeon)
    assert opens(clinic, secret) == "not ACD-1.none"
    ends = _at(clinic, 1.5)
    clinic.world.duty(surgeon.person, team=team, ends=ends)
    assert opens(clinic, secret) == "ACD-2.work"
    _wait_until(clinic, ends)
    assert opens(clinic, secret).startswith("not")


def test_a_stay_transferred_opens_to_the_new_ward_and_closes_to_the_old(clinic: Clinic) -> None:
    wards, secrets = [], []
    for _ in range(2):
        nurse, team = clinic.world.worker("nurse", clinic.id), clinic.world.team(clinic.id)
        clinic.world.duty(nurse.person, team=team)
        wards.append(team)
        secrets.append(clinic.world.session(nurse))
    sent = encounter(ward(wards[0]), starts=-1)
    clinic.send(sent)
    assert [opens(clinic, secret) for secret in secrets] == ["ACD-2.work", "not ACD-1.none"]
    clinic.send(encounter(ward(wards[1]), starts=-1, item=UUID(sent["id"])))
    assert [opens(clinic, secret) for secret in secrets] == ["not ACD-4.ended", "ACD-2.work"]
