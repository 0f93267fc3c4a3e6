"""The institution claims the signed form: suspended at once, open again only when it is accepted (CON-9)."""

from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.actions.consult_people import Director, a_scan, linked, png
from tests.gate.reader import Reader
from tests.gate.world import World
from tests.relations.outside import Outsider, told
from unidossier.actions.claim_consent import claim_consent
from unidossier.actions.judge_claim import judge_claim, open_claimed_form, show_claim
from unidossier.actions.list_attempts import list_attempts
from unidossier.actions.show_claimed_form import show_claimed_form
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id

WHY = "random check of signed forms"


@pytest.fixture
def world(clinic: Clinic) -> World:  # the door of this process is open
    return clinic.world


@pytest.fixture
def carer(world: World) -> Outsider:
    return Outsider.make(world)


@pytest.fixture
def director(world: World) -> Director:
    return Director.make(world)


def linked_here(world: World, carer: Outsider, *houses: Director) -> tuple[UUID, UUID]:
    """Link a new patient of whom these hospitals hold something: a Desk works on its own patients alone (ACS-4)."""
    patient, relation = linked(world, carer)
    for house in houses:
        world.item(patient, house.worker.institution)
    return patient, relation


def test_from_the_claim_on_the_access_is_suspended_until_the_form_is_accepted(
    world: World, carer: Outsider, director: Director, reader: Reader
) -> None:
    patient, relation = linked_here(world, carer, director)
    assert reader.grant(carer.secret, patient).allowed
    task = claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)
    assert reader.grant(carer.secret, patient).rule == "CON-9.suspended"
    (claim,) = list_attempts(carer.secret).claims
    assert (claim["name"], claim["state"]) == ("Al Roe", "asked")
    show_claimed_form(carer.secret, claim=claim["id"], scan=a_scan(png()))
    assert not reader.grant(carer.secret, patient).allowed  # shown is not yet accepted
    assert show_claim(director.secret, patient=patient, task=task)["state"] == "shown"
    facts, data = open_claimed_form(director.secret, patient=patient, task=task)
    assert (facts["media_type"], data) == ("image/png", png())
    assert judge_claim(director.secret, patient=patient, task=task, accepted=True, reason="") == "in-force"
    assert reader.grant(carer.secret, patient).allowed
    assert list_attempts(carer.secret).claims == []
    assert told(world, patient) == ["link"]


def test_a_form_that_is_not_good_ends_the_access_and_the_patient_is_told(
    world: World, carer: Outsider, director: Director, reader: Reader
) -> None:
    patient, relation = linked_here(world, carer, director)
    task = claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)
    with pytest.raises(ActRefused, match="reason-missing"):
        judge_claim(director.secret, patient=patient, task=task, accepted=False, reason=" ")
    assert (
        judge_claim(director.secret, patient=patient, task=task, accepted=False, reason="no signature")
        == "withdrawn"
    )
    assert not reader.grant(carer.secret, patient).allowed
    assert told(world, patient) == ["link", "access-ended"]
    with pytest.raises(ActRefused, match="done-already"):
        judge_claim(director.secret, patient=patient, task=task, accepted=False, reason="no signature")


def test_only_a_form_that_was_shown_can_be_accepted(
    world: World, carer: Outsider, director: Director
) -> None:
    patient, relation = linked_here(world, carer, director)
    task = claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)
    with pytest.raises(ActRefused, match="not-shown"):
        judge_claim(director.secret, patient=patient, task=task, accepted=True, reason="")


def test_a_link_that_the_patient_ended_meanwhile_does_not_open_again(
    world: World, carer: Outsider, director: Director, reader: Reader
) -> None:
    patient, relation = linked_here(world, carer, director)
    task = claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)
    show_claimed_form(carer.secret, claim=list_attempts(carer.secret).claims[0]["id"], scan=a_scan())
    world.run(
        "UPDATE relations.relation SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s", relation
    )
    assert judge_claim(director.secret, patient=patient, task=task, accepted=True, reason="") == ""
    assert not reader.grant(carer.secret, patient).allowed


def test_claimed_twice_is_one_claim_and_only_links_are_claimed(
    world: World, carer: Outsider, director: Director
) -> None:
    patient, relation = linked_here(world, carer, director)
    first = claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)
    assert claim_consent(director.secret, patient=patient, relation=relation, reason=WHY) == first
    other = world.relation(patient, carer.worker, kind="gp")
    with pytest.raises(ActRefused, match="no-such-link"):
        claim_consent(director.secret, patient=patient, relation=other, reason=WHY)


def test_nobody_else_sees_or_answers_a_claim(world: World, carer: Outsider, director: Director) -> None:
    patient, relation = linked_here(world, carer, director)
    task = claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)
    (claim,) = list_attempts(carer.secret).claims
    stranger = Outsider.make(world)
    world.relation(patient, stranger.worker)
    assert list_attempts(stranger.secret).claims == []
    with pytest.raises(ActRefused, match="no-such-claim"):
        show_claimed_form(stranger.secret, claim=claim["id"], scan=a_scan())
    neighbour = Director.make(world)
    world.item(patient, neighbour.worker.institution)
    with pytest.raises(ActRefused, match="no-such-task"):
        show_claim(neighbour.secret, patient=patient, task=task)


@pytest.mark.parametrize("function", ["ombuds", "registration-desk", "data-protection-officer"])
def test_only_the_medical_director_claims(world: World, carer: Outsider, function: str) -> None:  # ACS-4
    other = Director.make(world, function=function)
    director = Director.make(world, house=other.worker.institution)
    patient, relation = linked_here(world, carer, other)
    with pytest.raises(AccessRefused):
        claim_consent(other.secret, patient=patient, relation=relation, reason=WHY)
    assert claim_consent(director.secret, patient=patient, relation=relation, reason=WHY)


def test_a_claim_of_nobody_is_refused_like_any_other(world: World, director: Director) -> None:  # ACD-8
    with pytest.raises(AccessRefused):
        claim_consent(director.secret, patient=new_id(), relation=new_id(), reason=WHY)
