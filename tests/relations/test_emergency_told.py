"""Break-the-glass, afterwards: who is told and where it is reviewed, and what the carer sees meanwhile (BTG-3 to BTG-5)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import Worker, hours
from tests.relations.test_emergency import TEXT, emergency
from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.list_emergencies import list_emergencies
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_in_emergency import open_in_emergency
from unidossier.actions.open_record import open_record
from unidossier.record.queries import Filter


@pytest.fixture
def stranger(clinic: Clinic) -> Worker:
    """An emergency physician of the house without a relation to anybody."""
    return clinic.world.worker("emergency-physician", clinic.id)


@pytest.fixture
def secret(clinic: Clinic, stranger: Worker) -> bytes:
    return clinic.world.session(stranger)


# BTG-4, BTG-5: who is told


def test_the_patient_the_director_and_the_officer_are_told_at_once(  # BTG-4, BTG-5
    clinic: Clinic, secret: bytes, stranger: Worker
) -> None:
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    [(kind, facts, house)] = clinic.world.run(
        "SELECT kind, facts, institution_id FROM notices.notice WHERE patient_id = %s", clinic.patient
    )
    assert (kind, house) == ("glass", clinic.id)
    assert (facts["function"], facts["reason"]) == ("emergency-physician", "unconscious")
    assert {"who", "institution", "until"} <= facts.keys()
    assert TEXT not in str(facts)
    tasks = clinic.world.run(
        "SELECT function, kind, institution_id, due_at - made_at, person_id FROM cases.task WHERE patient_id = %s ORDER BY function",
        clinic.patient,
    )
    in_three_days = timedelta(hours=72)
    assert tasks == [
        ("data-protection-officer", "glass-seen", clinic.id, in_three_days, stranger.person),
        ("medical-director", "glass-review", clinic.id, in_three_days, stranger.person),
    ]


def test_an_opening_from_outside_is_reviewed_where_the_record_was_kept(clinic: Clinic) -> None:  # BTG-5
    clinic.world.item(clinic.patient, clinic.id)
    practice = clinic.world.worker("gp", clinic.world.institution(network=False))
    open_in_emergency(clinic.world.session(practice, face="consult"), emergency=emergency(clinic.patient))
    rows = clinic.world.run(
        "SELECT DISTINCT institution_id FROM cases.task WHERE patient_id = %s", clinic.patient
    )
    assert rows == [(clinic.id,)]


def test_the_general_practitioner_sees_it_and_another_does_not(  # BTG-4
    clinic: Clinic, secret: bytes, stranger: Worker
) -> None:
    clinic.world.item(clinic.patient, clinic.id)
    gp = clinic.outsider("gp", kind="gp")
    other = clinic.outsider("gp", kind="referral")
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    for since, reader, seen in ((-1, gp, 1), (1, gp, 0), (-1, other, 0)):
        patients, told = list_emergencies(reader, since=hours(since))
        assert [row["id"] for row in patients] == [clinic.patient] * seen
        assert [(row["patient_id"], row["function"], row["reason"]) for row in told] == [
            (clinic.patient, "emergency-physician", "unconscious")
        ] * seen
    named = clinic.world.run(
        """SELECT e.permitted, l.patient_id FROM log.entry e LEFT JOIN log.listed l ON l.entry_id = e.id
        WHERE e.verb = 'list-emergencies' AND l.patient_id = %s""",
        clinic.patient,
    )
    assert named == [(True, clinic.patient)]
    clinic.world.run(
        "UPDATE relations.relation SET ends_at = now() WHERE patient_id = %s AND kind = 'gp'", clinic.patient
    )
    assert list_emergencies(gp, since=hours(-1)) == ([], [])


# what the carer sees


def test_his_list_shows_what_is_open_in_emergency_until_it_ends(
    clinic: Clinic, secret: bytes
) -> None:  # BTG-3
    assert list_my_patients(secret).patients == []
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    listed = list_my_patients(secret)
    assert [row["id"] for row in listed.patients] == [clinic.patient]
    (row,) = listed.openings
    assert row["patient_id"] == clinic.patient
    assert timedelta(hours=11) < row["ends_at"] - datetime.now(UTC) < timedelta(hours=12)
    end_emergency(secret, patient=clinic.patient)
    assert list_my_patients(secret).patients == []


def test_the_banner_knows_the_reason_and_the_end(clinic: Clinic, secret: bytes) -> None:  # BTG-3
    open_in_emergency(secret, emergency=emergency(clinic.patient, reason="other"))
    told = open_record(secret, patient=clinic.patient, chosen=Filter()).patient["emergency"]
    assert told["reason"] == "other"
    assert datetime.fromisoformat(told["until"]) > datetime.now(UTC) + timedelta(hours=11)
    assert open_record(clinic.secret, patient=clinic.patient, chosen=Filter()).patient["emergency"] is None
