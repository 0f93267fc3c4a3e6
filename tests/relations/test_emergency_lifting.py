"""Lifting an exclusion for urgent care (EXC-7): who may, what it passes, who is told, and the second person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import Worker, hours
from tests.relations.test_emergency import PERMIT, emergency, opened
from unidossier.actions.confirm_lifting import confirm_lifting, liftings_to_confirm
from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.lift_exclusion import Lifting, lift_exclusion
from unidossier.actions.open_in_emergency import Person, open_in_emergency
from unidossier.gate.door import AccessRefused, ActRefused, SessionEnded
from unidossier.kernel.uuid7 import new_id

REASON = "The other cardiologist is in the operating theatre"
LIFTED = "EXC-7.lifted"
CLOSED = "EXC-2.excluded"


def lifting(patient: UUID | None = None, **changes: Any) -> Lifting:
    """A complete declaration about a record whose address one came from."""
    told = Lifting(lifting=new_id(), person=Person(patient=patient), discipline="cardiology", reason=REASON)
    return replace(told, **changes)


@pytest.fixture
def doctor(clinic: Clinic) -> Worker:
    """A cardiologist whom the patient has excluded."""
    worker = clinic.world.worker("specialist", clinic.id)
    clinic.world.exclude(clinic.patient, worker.person)
    return worker


@pytest.fixture
def secret(clinic: Clinic, doctor: Worker) -> bytes:
    return clinic.world.session(doctor)


def rows(clinic: Clinic, patient: UUID) -> list[tuple[Any, ...]]:
    return clinic.world.run(
        "SELECT discipline, reason, ends_at - starts_at FROM relations.lifting WHERE patient_id = %s", patient
    )


def told(clinic: Clinic, patient: UUID) -> list[str]:
    kinds = clinic.world.run(
        "SELECT kind FROM notices.notice WHERE patient_id = %s ORDER BY at, kind", patient
    )
    return [kind for (kind,) in kinds]


# what it passes


def test_it_passes_a_plain_exclusion_for_twelve_hours_and_no_longer(  # EXC-7
    clinic: Clinic, secret: bytes
) -> None:
    assert opened(clinic, secret, clinic.patient) == CLOSED
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    assert opened(clinic, secret, clinic.patient) == LIFTED
    assert rows(clinic, clinic.patient) == [("cardiology", REASON, timedelta(hours=12))]
    clinic.world.run(
        "UPDATE relations.lifting SET starts_at = now() - interval '11 hours', ends_at = clock_timestamp() WHERE patient_id = %s",
        clinic.patient,
    )
    assert opened(clinic, secret, clinic.patient) == CLOSED


def test_it_never_passes_an_exclusion_also_in_emergencies(  # EXC-7
    clinic: Clinic, secret: bytes, doctor: Worker
) -> None:
    clinic.world.exclude(clinic.patient, doctor.person, absolute=True, source="federal")
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    assert opened(clinic, secret, clinic.patient) == CLOSED
    with pytest.raises(AccessRefused) as refused:
        open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert refused.value.rule == CLOSED
    assert told(clinic, clinic.patient) == []


def test_it_does_not_open_the_record_of_the_dead(clinic: Clinic, secret: bytes) -> None:  # DTH-1
    clinic.world.run(
        "UPDATE registry.patient SET deceased_at = now() - interval '1 hour' WHERE id = %s", clinic.patient
    )
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    assert opened(clinic, secret, clinic.patient) == CLOSED
    assert told(clinic, clinic.patient) == []


def test_the_opening_that_follows_ends_with_the_lifting(
    clinic: Clinic, secret: bytes
) -> None:  # EXC-7, BTG-3
    clinic.world.setting(clinic.id, name="lifting.hours", value="2")
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    assert open_in_emergency(secret, emergency=emergency(clinic.patient)) == clinic.patient
    assert opened(clinic, secret, clinic.patient) == LIFTED
    [(lasts,)] = clinic.world.run(
        """SELECT o.ends_at - f.ends_at FROM relations.opening o JOIN relations.lifting f USING (patient_id)
        WHERE patient_id = %s""",
        clinic.patient,
    )
    assert lasts == timedelta(0)
    assert told(clinic, clinic.patient) == ["lifting"]


def test_ending_it_ends_the_lifting_too(clinic: Clinic, secret: bytes) -> None:
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert end_emergency(secret, patient=clinic.patient) == 2
    assert opened(clinic, secret, clinic.patient) == CLOSED


def test_nothing_is_lifted_in_advance(clinic: Clinic) -> None:  # EXC-2: at once, whatever was declared before
    doctor = clinic.world.worker("specialist", clinic.id)
    secret = clinic.world.session(doctor)
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert opened(clinic, secret, clinic.patient) == PERMIT
    clinic.world.exclude(clinic.patient, doctor.person)
    assert opened(clinic, secret, clinic.patient) == CLOSED


def test_one_declaration_sent_twice_is_one(clinic: Clinic, secret: bytes) -> None:
    declared = lifting(clinic.patient)
    for _ in range(2):
        lift_exclusion(secret, lifting=declared)
    assert len(rows(clinic, clinic.patient)) == 1
    assert told(clinic, clinic.patient) == ["lifting"]


# the same answer whatever is found; an entry in every case


def test_the_answer_tells_nothing_and_everything_is_written_down(  # ACD-8, LOG-1
    clinic: Clinic, secret: bytes, doctor: Worker
) -> None:
    world = clinic.world
    absolute, unknown, stranger = world.patient(), new_id(), world.patient()
    world.exclude(absolute, doctor.person, absolute=True)
    expected = {
        clinic.patient: (LIFTED, True, ["lifting"]),
        absolute: (CLOSED, False, []),
        stranger: ("ACD-1.none", False, []),
        unknown: ("ACD-1.none", False, []),
    }
    for patient, (_, _, notices) in expected.items():
        lift_exclusion(secret, lifting=lifting(patient))  # returns, whatever it found
        assert told(clinic, patient) == notices
    entries = world.run(
        "SELECT rule, permitted, detail ->> 'discipline' FROM log.entry WHERE person_id = %s AND verb = 'lift-exclusion' ORDER BY id",
        doctor.person,
    )
    assert entries == [(rule, permitted, "cardiology") for rule, permitted, _ in expected.values()]
    lift_exclusion(
        secret, lifting=lifting(person=Person(number="85073099734"))
    )  # a number that nobody has is evidence
    [(sought,)] = world.run(
        "SELECT detail -> 'sought' FROM log.entry WHERE person_id = %s AND verb = 'lift-exclusion' ORDER BY id DESC LIMIT 1",
        doctor.person,
    )
    assert sought == {"number": "85073099734"}


# who may


@pytest.mark.parametrize(
    ("function", "claims", "changes"),
    [
        ("practical-nurse", {}, {}),
        ("medical-secretary", {}, {}),
        ("specialist", {"strong_age_s": 301}, {}),
        ("specialist", {"purpose": "insurance"}, {}),
        ("specialist", {}, {"reason": "x" * 19}),
        ("specialist", {}, {"reason": "x" + " " * 30}),
        ("specialist", {}, {"discipline": "  "}),
    ],
)
def test_what_is_not_complete_or_not_his_lifts_nothing(  # EXC-7, BTG-2
    clinic: Clinic, function: str, claims: dict[str, Any], changes: dict[str, Any]
) -> None:
    worker = clinic.world.worker(function, clinic.id)
    clinic.world.exclude(clinic.patient, worker.person)
    with pytest.raises(AccessRefused):
        lift_exclusion(clinic.world.session(worker, **claims), lifting=lifting(clinic.patient, **changes))
    assert rows(clinic, clinic.patient) == []
    if function == "specialist":
        lift_exclusion(clinic.world.session(worker), lifting=lifting(clinic.patient))
        assert len(rows(clinic, clinic.patient)) == 1


def test_a_session_without_second_factor_is_over(clinic: Clinic, doctor: Worker) -> None:
    with pytest.raises(SessionEnded):
        lift_exclusion(clinic.world.session(doctor, strong=False), lifting=lifting(clinic.patient))


ROSTER: dict[str, tuple[str, float, float, bool]] = {
    "a specialist on duty now": ("specialist", -2, 6, True),
    "one whose duty is over": ("specialist", -8, -1, False),
    "one whose duty begins later": ("specialist", 1, 9, False),
    "a member for years, who is no roster": ("specialist", -20_000, 20_000, False),
    "a nurse on duty now": ("nurse", -2, 6, False),
}


@pytest.mark.parametrize("who", ROSTER)
def test_the_roster_is_asked_where_there_is_one(clinic: Clinic, doctor: Worker, who: str) -> None:  # EXC-7
    function, starts, ends, refuses = ROSTER[who]
    team = clinic.world.team(clinic.id)
    clinic.world.duty(doctor.person, team=team)
    other = clinic.world.worker(function, clinic.id)
    clinic.world.duty(other.person, team=team, starts=hours(starts), ends=hours(ends))
    secret = clinic.world.session(doctor)
    if refuses:
        with pytest.raises(ActRefused) as refused:
            lift_exclusion(secret, lifting=lifting(clinic.patient))
        assert refused.value.code == "others-on-duty"
        [(rule, permitted)] = clinic.world.run(
            "SELECT rule, permitted FROM log.entry WHERE person_id = %s AND verb = 'lift-exclusion'",
            doctor.person,
        )
        assert (rule, permitted) == ("EXC-7.others-on-duty", False)
    else:
        lift_exclusion(secret, lifting=lifting(clinic.patient))
    assert len(rows(clinic, clinic.patient)) == (0 if refuses else 1)


# who is told, and the second person


def test_the_director_reviews_it_the_next_day(clinic: Clinic, secret: bytes, doctor: Worker) -> None:  # EXC-7
    declared = lifting(clinic.patient)
    lift_exclusion(secret, lifting=declared)
    tasks = clinic.world.run(
        "SELECT function, kind, subject_id, due_at - made_at, person_id FROM cases.task WHERE patient_id = %s",
        clinic.patient,
    )
    assert tasks == [
        ("medical-director", "lifting-review", declared.lifting, timedelta(hours=24), doctor.person)
    ]


def test_a_second_person_confirms_without_learning_about_whom(clinic: Clinic, secret: bytes) -> None:  # EXC-7
    declared = lifting(clinic.patient)
    lift_exclusion(secret, lifting=declared)
    colleague = clinic.world.session(clinic.world.worker("nurse", clinic.id))
    (waiting,) = liftings_to_confirm(colleague)
    assert (waiting["lifting"], waiting["discipline"], waiting["function"]) == (
        declared.lifting,
        "cardiology",
        "specialist",
    )
    assert str(clinic.patient) not in str(waiting)
    assert REASON not in str(waiting)
    confirm_lifting(colleague, lifting=declared.lifting)
    entries = clinic.world.run(
        """SELECT verb, permitted, patient_id FROM log.entry WHERE verb <> 'sign-in' AND session_id =
        (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        colleague,
    )
    assert entries == [("list-liftings", True, None), ("confirm-lifting", True, clinic.patient)]
    assert liftings_to_confirm(colleague)[0]["confirmed_by"]
    events = clinic.world.run(
        "SELECT e.what FROM cases.event e JOIN cases.task t ON t.id = e.task_id WHERE t.subject_id = %s ORDER BY nth",
        declared.lifting,
    )
    assert events == [("opened",), ("confirmed",)]
    with pytest.raises(ActRefused) as again:
        confirm_lifting(colleague, lifting=declared.lifting)
    assert again.value.code == "confirmed-already"


def test_nobody_confirms_his_own_nor_that_of_another_house(  # EXC-7
    clinic: Clinic, secret: bytes, doctor: Worker
) -> None:
    declared = lifting(clinic.patient)
    lift_exclusion(secret, lifting=declared)
    [(human,)] = clinic.world.run("SELECT human_id FROM registry.person WHERE id = %s", doctor.person)
    same = clinic.world.session(clinic.world.worker("nurse", clinic.id, human=human))
    elsewhere = clinic.world.session(clinic.world.worker("nurse", clinic.world.institution()))
    for reader in (secret, same, elsewhere):
        assert liftings_to_confirm(reader) == []
        with pytest.raises(ActRefused) as refused:
            confirm_lifting(reader, lifting=declared.lifting)
        assert refused.value.code == "no-such-lifting"
    with pytest.raises(AccessRefused):
        confirm_lifting(
            clinic.world.session(clinic.world.worker("reception", clinic.id)), lifting=declared.lifting
        )
    assert clinic.world.run("SELECT confirmed_by FROM relations.lifting WHERE id = %s", declared.lifting) == [
        (None,)
    ]


def test_what_is_older_than_twelve_hours_waits_for_the_review_alone(clinic: Clinic, secret: bytes) -> None:
    lift_exclusion(secret, lifting=lifting(clinic.patient))
    colleague = clinic.world.session(clinic.world.worker("nurse", clinic.id))
    assert len(liftings_to_confirm(colleague)) == 1
    clinic.world.run(
        "UPDATE relations.lifting SET starts_at = now() - interval '12 hours', ends_at = now() WHERE patient_id = %s",
        clinic.patient,
    )
    assert liftings_to_confirm(colleague) == []
