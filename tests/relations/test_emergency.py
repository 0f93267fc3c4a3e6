"""Break-the-glass (BTG-1 to BTG-6): what opens, for how long, who is told; each refusal beside its permit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.gate.world import Worker, hours
from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.open_in_emergency import Emergency, Person, open_in_emergency
from unidossier.actions.open_record import open_record
from unidossier.gate.door import AccessRefused, SessionEnded
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter

TEXT = "Found unconscious at home"
PERMIT = "BTG-1.emergency"


def opened(clinic: Clinic, secret: bytes, patient: UUID) -> str:
    """Open the record as any page does; return the rule that let in, or that refused."""
    try:
        return open_record(secret, patient=patient, chosen=Filter()).rule
    except AccessRefused as refused:
        return refused.rule


def emergency(patient: UUID | None = None, **changes: Any) -> Emergency:
    """A complete statement about a record whose address one came from."""
    told = Emergency(
        opening=new_id(), person=Person(patient=patient), reason="unconscious", justification=TEXT
    )
    return replace(told, **changes)


def openings(clinic: Clinic, patient: UUID) -> list[tuple[Any, ...]]:
    return clinic.world.run(
        "SELECT person_id, reason, justification, ends_at - starts_at FROM relations.opening WHERE patient_id = %s",
        patient,
    )


@pytest.fixture
def stranger(clinic: Clinic) -> Worker:
    """An emergency physician of the house without a relation to anybody."""
    return clinic.world.worker("emergency-physician", clinic.id)


@pytest.fixture
def secret(clinic: Clinic, stranger: Worker) -> bytes:
    return clinic.world.session(stranger)


# BTG-1, BTG-2: what opens and what does not


def test_reason_text_and_fresh_factor_open_for_twelve_hours(  # BTG-1, BTG-3
    clinic: Clinic, secret: bytes, stranger: Worker
) -> None:
    assert opened(clinic, secret, clinic.patient) == "ACD-1.none"
    assert open_in_emergency(secret, emergency=emergency(clinic.patient)) == clinic.patient
    assert opened(clinic, secret, clinic.patient) == PERMIT
    assert openings(clinic, clinic.patient) == [
        (stranger.person, "unconscious", TEXT, timedelta(hours=12)),
    ]


INCOMPLETE: dict[str, dict[str, Any]] = {
    "no reason": {"reason": ""},
    "a reason that is not in the list": {"reason": "curious"},
    "19 characters": {"justification": "x" * 19},
    "blanks that fill up": {"justification": "x" + " " * 40 + "y"},
}


@pytest.mark.parametrize("why", INCOMPLETE)
def test_an_incomplete_statement_opens_nothing(clinic: Clinic, secret: bytes, why: str) -> None:  # BTG-1
    with pytest.raises(AccessRefused) as refused:
        open_in_emergency(secret, emergency=emergency(clinic.patient, **INCOMPLETE[why]))
    assert refused.value.rule == "BTG-1.incomplete"
    assert openings(clinic, clinic.patient) == []
    open_in_emergency(secret, emergency=emergency(clinic.patient, justification="x" * 20))
    assert opened(clinic, secret, clinic.patient) == PERMIT


@pytest.mark.parametrize(("age_s", "opens"), [(0, True), (290, True), (301, False)])
def test_the_second_factor_is_at_most_five_minutes_old(  # BTG-2
    clinic: Clinic, stranger: Worker, age_s: int, opens: bool
) -> None:
    secret = clinic.world.session(stranger, strong_age_s=age_s)
    try:
        open_in_emergency(secret, emergency=emergency(clinic.patient))
    except AccessRefused as refused:
        assert refused.rule == "BTG-1.incomplete"
    assert bool(openings(clinic, clinic.patient)) is opens


MAY = {
    "gp",
    "specialist",
    "emergency-physician",
    "trainee-physician",
    "nurse",
    "midwife",
    "pharmacist-hospital",
}
MAY_NOT = {
    "practical-nurse": "BTG-2.function",
    "physiotherapist": "BTG-2.function",
    "social-worker": "BTG-2.function",
    "reception": "BTG-2.function",
    "medical-secretary": "BTG-2.function",
    "medical-director": "ACS-4.governance",
}


@pytest.mark.parametrize("function", [*sorted(MAY), *MAY_NOT])
def test_only_some_functions_may(clinic: Clinic, function: str) -> None:  # BTG-2
    worker = clinic.world.worker(function, clinic.id)
    purpose = "governance" if function == "medical-director" else "care"
    secret = clinic.world.session(worker, purpose=purpose)
    told = emergency(clinic.patient)
    if function in MAY:
        assert open_in_emergency(secret, emergency=told) == clinic.patient
        return
    with pytest.raises(AccessRefused) as refused:
        open_in_emergency(secret, emergency=told)
    assert refused.value.rule == MAY_NOT[function]
    assert openings(clinic, clinic.patient) == []


def test_nothing_passes_an_exclusion_and_nobody_is_told_apart(  # BTG-6, ACD-8
    clinic: Clinic, secret: bytes, stranger: Worker
) -> None:
    world = clinic.world
    closed = {
        "excluded": (world.patient(), "EXC-2.excluded"),
        "excluded also in emergencies": (world.patient(), "EXC-2.excluded"),
        "deceased": (world.patient(deceased_at=hours(-1)), "DTH-1.no-new-relation"),
        "unknown": (new_id(), "ACD-1.none"),
    }
    world.exclude(closed["excluded"][0], stranger.person)
    world.exclude(closed["excluded also in emergencies"][0], stranger.person, absolute=True)
    for patient, rule in closed.values():
        with pytest.raises(AccessRefused) as refused:
            open_in_emergency(secret, emergency=emergency(patient))
        assert refused.value.rule == rule
        assert openings(clinic, patient) == []
    entries = world.run(
        "SELECT rule, permitted, glass_reason, glass_text FROM log.entry WHERE person_id = %s AND verb = 'break-the-glass' ORDER BY id",
        stranger.person,
    )  # BTG-2: always logged, with reason and justification
    assert entries == [(rule, False, "unconscious", TEXT) for _, rule in closed.values()]


def test_an_exclusion_under_another_number_of_the_same_human_being_counts(  # EXC-6, BTG-6
    clinic: Clinic,
) -> None:
    human = new_id()
    here = clinic.world.worker("specialist", clinic.id, human=human)
    elsewhere = clinic.world.worker("specialist", clinic.world.institution(), human=human)
    clinic.world.exclude(clinic.patient, elsewhere.person)
    with pytest.raises(AccessRefused):
        open_in_emergency(clinic.world.session(here), emergency=emergency(clinic.patient))


def test_a_patient_who_refuses_access_from_outside_is_closed_outside_alone(clinic: Clinic) -> None:  # CON-10
    clinic.world.run("UPDATE registry.patient SET refuses_outside = true WHERE id = %s", clinic.patient)
    outside = clinic.world.worker("gp", clinic.world.institution(network=False))
    with pytest.raises(AccessRefused) as refused:
        open_in_emergency(clinic.world.session(outside, face="consult"), emergency=emergency(clinic.patient))
    assert refused.value.rule == "CON-10.refused"
    inside = clinic.world.session(clinic.world.worker("gp", clinic.id))
    assert open_in_emergency(inside, emergency=emergency(clinic.patient)) == clinic.patient


# whom one means


def test_a_patient_is_found_by_number_or_by_name_and_birth_date(clinic: Clinic, secret: bytes) -> None:
    number = str(clinic.patient.int)[:11]
    clinic.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, 'urn:n', %s)",
        clinic.patient,
        number,
    )
    [(family, birth)] = clinic.world.run(
        "SELECT family, birth_date FROM registry.patient WHERE id = %s", clinic.patient
    )
    for person in (Person(number=number), Person(family=family.upper(), birth=birth)):
        assert open_in_emergency(secret, emergency=emergency(person=person)) == clinic.patient
    for person in (
        Person(number=number[::-1]),
        Person(family=family, birth=birth - timedelta(days=1)),
        Person(family="", birth=birth),
        Person(family="--", birth=birth),
    ):
        with pytest.raises(AccessRefused) as refused:
            open_in_emergency(secret, emergency=emergency(person=person))
        assert refused.value.rule == "ACD-1.none"


def test_two_of_one_name_and_birth_date_open_neither(clinic: Clinic, secret: bytes) -> None:
    birth = datetime(1901, 2, 3, tzinfo=UTC).date()
    twins = [clinic.world.patient(birth=birth) for _ in range(2)]
    clinic.world.run("UPDATE registry.patient SET sort_key = 'zwilling al' WHERE id = ANY (%s)", twins)
    with pytest.raises(AccessRefused):
        open_in_emergency(secret, emergency=emergency(person=Person(family="Zwilling", birth=birth)))
    clinic.world.run("UPDATE registry.patient SET sort_key = 'other al' WHERE id = %s", twins[0])
    found = open_in_emergency(secret, emergency=emergency(person=Person(family="Zwilling", birth=birth)))
    assert found == twins[1]


# BTG-3: for how long


def test_it_ends_to_the_second_and_is_never_prolonged_by_use(clinic: Clinic, secret: bytes) -> None:  # BTG-3
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    for ends, rule in ((1, PERMIT), (0, "ACD-1.none")):
        clinic.world.run(
            "UPDATE relations.opening SET starts_at = now() - interval '11 hours', ends_at = clock_timestamp() + %s * interval '1 minute' WHERE patient_id = %s",
            ends,
            clinic.patient,
        )
        assert opened(clinic, secret, clinic.patient) == rule
    assert len(openings(clinic, clinic.patient)) == 1


def test_a_grant_ends_with_the_opening(clinic: Clinic, secret: bytes) -> None:  # BTG-3, ACD-4
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    clinic.world.run(
        "UPDATE relations.opening SET ends_at = clock_timestamp() + interval '20 seconds' WHERE patient_id = %s",
        clinic.patient,
    )
    assert opened(clinic, secret, clinic.patient) == PERMIT
    [(left,)] = clinic.world.run(
        "SELECT max(extract(epoch FROM expires_at - clock_timestamp())) FROM gate.live WHERE patient_id = %s AND verb = 'open-record'",
        clinic.patient,
    )
    assert 10 < left <= 20


@pytest.mark.parametrize(("setting", "lasts"), [("4", 4), ("0.5", 0.5), ("48", 12)])
def test_the_institution_may_shorten_it_but_not_lengthen_it(  # BTG-3
    clinic: Clinic, secret: bytes, setting: str, lasts: float
) -> None:
    clinic.world.setting(clinic.id, name="glass.hours", value=setting)
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert openings(clinic, clinic.patient)[0][3] == timedelta(hours=lasts)


def test_opening_again_asks_all_again(clinic: Clinic, secret: bytes, stranger: Worker) -> None:  # BTG-3
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    with pytest.raises(AccessRefused):
        open_in_emergency(secret, emergency=emergency(clinic.patient, justification="again"))
    stale = clinic.world.session(stranger, strong_age_s=600)
    with pytest.raises(AccessRefused):
        open_in_emergency(stale, emergency=emergency(clinic.patient))
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    assert len(openings(clinic, clinic.patient)) == 2


def test_one_form_sent_twice_opens_once(clinic: Clinic, secret: bytes) -> None:
    told = emergency(clinic.patient)
    for _ in range(2):
        assert open_in_emergency(secret, emergency=told) == clinic.patient
    assert len(openings(clinic, clinic.patient)) == 1
    notices = clinic.world.run("SELECT 1 FROM notices.notice WHERE patient_id = %s", clinic.patient)
    assert len(notices) == 1


def test_ending_it_closes_at_once_and_only_ones_own(clinic: Clinic, secret: bytes) -> None:  # BTG-3, ACD-7
    other = clinic.world.session(clinic.world.worker("nurse", clinic.id))
    for one in (secret, other):
        open_in_emergency(one, emergency=emergency(clinic.patient))
    assert end_emergency(secret, patient=clinic.patient) == 1
    assert opened(clinic, secret, clinic.patient) == "ACD-1.none"
    assert opened(clinic, other, clinic.patient) == PERMIT
    with pytest.raises(AccessRefused):
        end_emergency(secret, patient=clinic.patient)


def test_it_is_of_the_person_at_his_institution(clinic: Clinic, stranger: Worker, secret: bytes) -> None:
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    colleague = clinic.world.session(clinic.world.worker("emergency-physician", clinic.id))
    assert opened(clinic, colleague, clinic.patient) == "ACD-1.none"
    post = new_id()
    elsewhere = clinic.world.institution()
    clinic.world.run(
        "INSERT INTO registry.employment (id, person_id, institution_id, function, from_at) VALUES (%s, %s, %s, 'specialist', '2020-01-01')",
        post,
        stranger.person,
        elsewhere,
    )
    there = clinic.world.session(Worker(person=stranger.person, employment=post, institution=elsewhere))
    assert opened(clinic, there, clinic.patient) == "ACD-1.none"


def test_an_exclusion_made_meanwhile_closes_it(
    clinic: Clinic, secret: bytes, stranger: Worker
) -> None:  # BTG-6
    open_in_emergency(secret, emergency=emergency(clinic.patient))
    clinic.world.exclude(clinic.patient, stranger.person)
    assert opened(clinic, secret, clinic.patient) == "EXC-2.excluded"


def test_whoever_has_a_relation_goes_in_by_it(clinic: Clinic) -> None:
    assert open_in_emergency(clinic.secret, emergency=emergency(clinic.patient)) == clinic.patient
    assert openings(clinic, clinic.patient) == []
    assert opened(clinic, clinic.secret, clinic.patient) == "ACD-2.work"


def test_a_session_that_is_over_opens_nothing(clinic: Clinic, stranger: Worker) -> None:
    weak = clinic.world.session(stranger, strong=False)
    with pytest.raises(SessionEnded):
        open_in_emergency(weak, emergency=emergency(clinic.patient))
