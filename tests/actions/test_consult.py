"""The verbs of carers outside: what they return, and that each leaves an entry, permitted or refused (CON-5 to CON-9, ACD-3, LOG-1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic
from tests.actions.consult_people import PDF, Director, a_scan, linked
from tests.actions.test_accounts import apply, task_of
from tests.gate.world import World
from tests.relations.outside import TODAY, Outsider, known, number
from unidossier.actions.ask_access import ask_access
from unidossier.actions.claim_consent import claim_consent
from unidossier.actions.declare_consent import declare_consent
from unidossier.actions.declare_trust import declare_trust, find_colleague
from unidossier.actions.judge_claim import judge_claim, open_claimed_form, show_claim
from unidossier.actions.list_attempts import list_attempts
from unidossier.actions.make_link import Contact, make_link
from unidossier.actions.renew_relation import renew_relation, show_renewable
from unidossier.actions.show_claimed_form import show_claimed_form
from unidossier.actions.take_back import take_back
from unidossier.actions.validate_account import open_applicant_proof, show_applicant, validate_account
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.identifiers import NIHDI_PROFESSIONAL
from unidossier.kernel.ssin import Ssin
from unidossier.kernel.uuid7 import new_id
from unidossier.record import blobs


@pytest.fixture
def world(clinic: Clinic) -> World:
    return clinic.world


@pytest.fixture
def carer(world: World) -> Outsider:
    return Outsider.make(world)


def entries(world: World, secret: bytes) -> list[tuple[Any, ...]]:
    """Give (verb, permitted, patient) of what this session did after its sign-in, in order."""
    return world.run(
        """SELECT verb, permitted, patient_id FROM log.entry WHERE verb <> 'sign-in'
        AND session_id = (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        secret,
    )


def ask(secret: bytes, digits: str) -> None:
    ask_access(secret, attempt=new_id(), number=Ssin.parse(digits), name="Al Roe", reason="treats his back")


def begin_link(secret: bytes, digits: str) -> UUID:
    attempt = new_id()
    contact = Contact(number=Ssin.parse(digits), name="Al Roe", language="nl", on=TODAY, informed=True)
    make_link(secret, attempt=attempt, contact=contact)
    return attempt


def own(world: World, carer: Outsider, *, kind: str = "gp", days: int = 20) -> tuple[UUID, UUID]:
    """Make a patient of whom the carer is the GP of record; return him and the relation."""
    patient, _ = known(world)
    world.item(patient, world.institution())
    from tests.gate.world import hours

    return patient, world.relation(patient, carer.worker, kind=kind, ends_at=hours(24 * days))


def test_a_request_is_an_entry_of_the_patient_and_one_of_nobody(world: World, carer: Outsider) -> None:
    patient, digits = known(world)
    ask(carer.secret, digits)
    ask(carer.secret, number())
    assert entries(world, carer.secret) == [("ask-access", True, patient), ("ask-access", False, None)]
    with pytest.raises(ActRefused, match="waits"):
        ask(carer.secret, digits)


def test_a_link_and_its_form_are_entries_and_the_scan_is_kept(world: World, carer: Outsider) -> None:
    patient, digits = known(world)
    attempt = begin_link(carer.secret, digits)
    declare_consent(carer.secret, attempt=attempt, signed=TODAY, scan=a_scan())
    assert entries(world, carer.secret) == [("make-link", True, patient), ("declare-consent", True, patient)]
    ((sha256,),) = world.run("SELECT proof ->> 'sha256' FROM relations.attempt WHERE id = %s", attempt)
    assert blobs.get(attempt, sha256=sha256) == PDF


def test_the_list_of_attempts_names_no_patient(world: World, carer: Outsider) -> None:
    nobody = number()
    begin_link(carer.secret, nobody)
    (row,) = list_attempts(carer.secret).attempts
    assert (row["number"], row["name"], row["state"], row["is_over"]) == (nobody, "Al Roe", "waiting", False)
    assert entries(world, carer.secret)[-1] == ("list-patients", True, None)


def test_a_colleague_is_found_by_the_beginning_of_his_name_or_his_whole_number(
    world: World, carer: Outsider
) -> None:
    patient, _ = own(world, carer)
    colleague = world.worker("nurse", world.institution())
    world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, '41234567890')",
        colleague.person, NIHDI_PROFESSIONAL,
    )  # fmt: skip
    ((family,),) = world.run("SELECT family FROM registry.person WHERE id = %s", colleague.person)
    world.run(
        "UPDATE registry.person_identifier SET value = '40000127001' WHERE person_id = %s", colleague.person
    )
    for text in (family, f"{family[:8]} jo", "4-00001-27-001"):
        found = find_colleague(carer.secret, patient=patient, text=text).found
        assert [row["employment"] for row in found] == [colleague.employment], text
    assert find_colleague(carer.secret, patient=patient, text="").found == []
    assert find_colleague(carer.secret, patient=patient, text=family[1:]).found == []
    assert entries(world, carer.secret)[0] == ("list-patients", True, patient)


def test_trust_and_renewal_are_entries(world: World, carer: Outsider) -> None:
    patient, relation = own(world, carer)
    colleague = Outsider.make(world)
    declare_trust(
        carer.secret, patient=patient, made=new_id(), employment=colleague.worker.employment, until=TODAY, reason="holiday"
    )  # fmt: skip
    person, mine = show_renewable(carer.secret, patient=patient)
    assert (person["id"], mine and mine["id"]) == (patient, relation)
    renew_relation(carer.secret, patient=patient, relation=relation, contact=TODAY - timedelta(days=1))
    assert entries(world, carer.secret) == [
        ("declare-trust", True, patient),
        ("list-patients", True, patient),
        ("renew-relation", True, patient),
    ]


REFUSED: dict[str, Callable[[bytes, UUID], Any]] = {
    "declare-trust": lambda s, p: declare_trust(
        s, patient=p, made=new_id(), employment=new_id(), until=TODAY, reason="x"
    ),
    "renew-relation": lambda s, p: renew_relation(s, patient=p, relation=new_id(), contact=TODAY),
    "list-patients": lambda s, p: show_renewable(s, patient=p),
}


@pytest.mark.parametrize("verb", REFUSED)
def test_without_relation_known_and_unknown_are_refused_alike(
    world: World, carer: Outsider, verb: str
) -> None:  # ACD-8
    patient, _ = known(world)
    for one in (patient, new_id()):
        with pytest.raises(AccessRefused):
            REFUSED[verb](carer.secret, one)
    assert entries(world, carer.secret) == [(verb, False, patient), (verb, False, None)]


def test_the_acts_on_a_claim_are_entries_of_the_patient(world: World, carer: Outsider) -> None:
    patient, relation = linked(world, carer)
    director = Director.make(world)
    world.item(patient, director.worker.institution)
    task = claim_consent(director.secret, patient=patient, relation=relation, reason="check")
    show_claimed_form(carer.secret, claim=list_attempts(carer.secret).claims[0]["id"], scan=a_scan())
    show_claim(director.secret, patient=patient, task=task)
    open_claimed_form(director.secret, patient=patient, task=task)
    judge_claim(director.secret, patient=patient, task=task, accepted=True, reason="")
    assert entries(world, director.secret) == [("direct", True, patient)] * 4
    assert entries(world, carer.secret)[-1] == ("show-form", True, patient)


def test_the_acts_on_an_account_are_entries_of_nobody(world: World) -> None:
    director = Director.make(world)
    applicant = apply(director.worker.institution)
    task = task_of(world, applicant)
    assert task
    show_applicant(director.secret, task=task)
    open_applicant_proof(director.secret, task=task)
    validate_account(director.secret, task=task, accepted=True, reason="")
    assert entries(world, director.secret) == [("direct", True, None)] * 3
    assert world.run(
        "SELECT verb, person_id FROM log.entry WHERE detail ->> 'applicant' = %s", str(applicant)
    ) == [("register-for-consult", None)]


def test_taking_back_is_an_entry_also_when_it_is_refused(
    world: World, carer: Outsider
) -> None:  # CON-6, LOG-1
    patient, digits = known(world)
    attempt = new_id()
    carer.link(digits, attempt=attempt)
    take_back(carer.secret, attempt=attempt)
    assert entries(world, carer.secret) == [("make-link", True, patient), ("take-back", True, patient)]
    inside = world.session(world.worker("specialist", world.institution()))
    with pytest.raises(ActRefused, match="refused"):
        take_back(inside, attempt=attempt)
    assert entries(world, inside) == [("take-back", False, None)]
