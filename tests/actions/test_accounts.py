"""A carer outside asks for an account; the medical director says who he is (CON-2)."""

from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.actions.consult_people import PDF, Director, a_scan
from tests.gate.world import World
from unidossier.actions.register_for_consult import Application, register_for_consult
from unidossier.actions.validate_account import open_applicant_proof, show_applicant, validate_account
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.identifiers import NIHDI_PROFESSIONAL
from unidossier.kernel.nihdi import Nihdi, check_digits
from unidossier.kernel.uuid7 import new_id
from unidossier.record import blobs


@pytest.fixture
def world(clinic: Clinic) -> World:
    return clinic.world


@pytest.fixture
def director(world: World) -> Director:
    return Director.make(world)


def nihdi() -> Nihdi:
    six = f"5{new_id().int % 100_000:05}"
    return Nihdi.parse(six + check_digits(six) + "527")


def apply(house: UUID, *, origin: str | None = None, **changes: Any) -> UUID:
    """Ask for an account as a physiotherapist; return the applicant."""
    facts: dict[str, Any] = {
        "family": "Peeters", "given": "Noor", "function": "physiotherapist", "nihdi": nihdi(), "practice": "Kine De Brug",
        "address": "Brugstraat 4, 9000 Gent", "email": "noor@debrug.example", "language": "nl", "institution": house,
    }  # fmt: skip
    applicant = new_id()
    register_for_consult(
        applicant,
        application=Application(**(facts | changes)),
        proof=a_scan(),
        origin=origin or str(new_id()),
    )
    return applicant


def task_of(world: World, applicant: UUID) -> UUID | None:
    rows = world.run("SELECT id FROM cases.task WHERE subject_id = %s AND kind = 'account'", applicant)
    return rows[0][0] if rows else None


def employments(world: World, person: UUID) -> list[tuple[Any, ...]]:
    return world.run(
        """SELECT e.function, i.network, i.names ->> 'nl' FROM registry.employment e JOIN registry.institution i ON i.id = e.institution_id
        WHERE e.person_id = %s""",
        person,
    )


def test_an_application_waits_for_the_director_of_the_chosen_house_alone(
    world: World, director: Director
) -> None:
    applicant = apply(director.worker.institution)
    task = task_of(world, applicant)
    assert task
    shown = show_applicant(director.secret, task=task)
    assert (shown.row["family"], shown.row["state"], shown.same_nihdi) == ("Peeters", "waiting", 0)
    facts, data = open_applicant_proof(director.secret, task=task)
    assert (facts["media_type"], data) == ("application/pdf", PDF)
    with pytest.raises(ActRefused, match="no-such-task"):
        show_applicant(Director.make(world).secret, task=task)
    for function in ("ombuds", "registration-desk"):  # same house, another function
        with pytest.raises(AccessRefused):
            show_applicant(
                Director.make(world, house=director.worker.institution, function=function).secret, task=task
            )


def test_yes_makes_the_person_his_practice_and_his_function(world: World, director: Director) -> None:
    task = task_of(world, apply(director.worker.institution))
    assert task
    person = validate_account(director.secret, task=task, accepted=True, reason="")
    assert person
    assert employments(world, person) == [("physiotherapist", False, "Kine De Brug")]
    with pytest.raises(ActRefused, match="done-already"):
        validate_account(director.secret, task=task, accepted=True, reason="")


def test_two_carers_of_one_practice_share_it(world: World, director: Director) -> None:
    address = f"Kaai {new_id().hex}"
    tasks = [task_of(world, apply(director.worker.institution, address=address)) for _ in range(2)]
    people = [
        validate_account(director.secret, task=task, accepted=True, reason="") for task in tasks if task
    ]
    houses = world.run(
        "SELECT DISTINCT institution_id FROM registry.employment WHERE person_id = ANY (%s)", people
    )
    assert (len(people), len(houses)) == (2, 1)


def test_no_makes_nobody_and_needs_a_reason(world: World, director: Director) -> None:
    applicant = apply(director.worker.institution)
    task = task_of(world, applicant)
    assert task
    with pytest.raises(ActRefused, match="reason-missing"):
        validate_account(director.secret, task=task, accepted=False, reason=" ")
    assert (
        validate_account(director.secret, task=task, accepted=False, reason="the number is of somebody else")
        is None
    )
    assert world.run("SELECT state, person_id FROM registry.applicant WHERE id = %s", applicant) == [
        ("refused", None)
    ]


def test_the_same_nihdi_number_is_the_same_human_being_but_another_person(
    world: World, director: Director
) -> None:  # EXC-6
    number = nihdi()
    there = world.worker("physiotherapist", director.worker.institution)
    world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)",
        there.person, NIHDI_PROFESSIONAL, number.identity + "001",
    )  # fmt: skip
    task = task_of(world, apply(director.worker.institution, nihdi=number))
    assert task and show_applicant(director.secret, task=task).same_nihdi == 1
    made = validate_account(director.secret, task=task, accepted=True, reason="")
    assert made and made != there.person
    humans = world.run(
        "SELECT DISTINCT human_id FROM registry.person WHERE id = ANY (%s)", [made, there.person]
    )
    assert humans == [(there.person,)]
    # whoever gave somebody else's number comes by none of his functions
    assert [network for _, network, _ in employments(world, made)] == [False]


def test_five_a_day_from_one_address_and_no_word_about_the_sixth(world: World, director: Director) -> None:
    origin = str(new_id())
    made = [apply(director.worker.institution, origin=origin) for _ in range(6)]
    kept = [task_of(world, one) is not None for one in made]
    assert kept == [True] * 5 + [False]
    assert task_of(world, apply(director.worker.institution))  # somebody else's address
    ((sha256,),) = world.run("SELECT proof ->> 'sha256' FROM registry.applicant WHERE id = %s", made[0])
    assert blobs.get(made[0], sha256=sha256) == PDF
    with pytest.raises(blobs.AttachmentMissing):  # nor is its file kept
        blobs.get(made[5], sha256=sha256)


@pytest.mark.parametrize(
    "function", ["medical-director", "machine", "patient", "researcher", "reception", "nobody"]
)
def test_only_carers_are_registered(world: World, director: Director, function: str) -> None:
    assert task_of(world, apply(director.worker.institution, function=function)) is None


def test_a_practice_validates_nobody(world: World) -> None:
    assert task_of(world, apply(world.institution(network=False))) is None
