"""Withdrawing, giving and answering (MY-14, CON-3, CON-5, CON-10, ACD-3)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.decisions.conftest import Home
from tests.gate.world import Worker
from tests.relations.work import appointment, person
from unidossier.actions.answer_request import accept_request, refuse_request
from unidossier.actions.exclude import exclude
from unidossier.actions.grant_access import grant_access
from unidossier.actions.list_who_has_access import list_ended_access, list_who_has_access
from unidossier.actions.refuse_outside import refuse_outside
from unidossier.actions.withdraw_access import withdraw_access
from unidossier.gate.door import ActRefused
from unidossier.kernel.category import EVERY_CATEGORY, Category, mask
from unidossier.kernel.uuid7 import new_id
from unidossier.notices.text import message

LABORATORY = mask([Category.ADMINISTRATIVE, Category.LABORATORY])


def withdraw(home: Home, holder: UUID) -> int:
    return withdraw_access(home.own, patient=home.patient, holder=holder)


def test_a_withdrawn_carer_sees_nothing_from_then_on(home: Home) -> None:  # MY-14, ACD-7
    carer = home.carer()
    home.world.relation(home.patient, carer, kind="stay")
    secret = home.world.session(carer)
    assert home.opens(secret) == ""
    assert withdraw(home, carer.person) == 2
    assert home.opens(secret) == "ACD-4.ended"
    assert withdraw(home, carer.person) == 0  # sent again: nothing more
    assert home.told() == ["access-ended"]


def test_the_general_practitioner_may_be_withdrawn(home: Home) -> None:  # CON-3
    gp = home.outside("gp", kind="gp")
    secret = home.world.session(gp, face="consult")
    assert home.opens(secret) == ""
    assert withdraw(home, gp.person) == 1
    assert home.opens(secret) != ""


def test_work_that_comes_later_gives_access_again_but_not_to_the_excluded(home: Home) -> None:  # ACD-2
    carer = home.carer()
    secret = home.world.session(carer)
    told = appointment(person(carer.person), starts=1)
    home.clinic.send(told)
    withdraw(home, carer.person)
    home.clinic.send(told | {"description": "told again"})
    assert home.opens(secret) == "ACD-4.ended"  # the same work makes nothing new
    home.clinic.send(appointment(person(carer.person), starts=2))
    assert home.opens(secret) == ""
    withdraw(home, carer.person)
    exclude(home.own, patient=home.patient, person=carer.person, absolute=False, exclusion=new_id())
    home.clinic.send(appointment(person(carer.person), starts=3))
    assert home.opens(secret) == "EXC-2.excluded"


def test_a_team_is_withdrawn_and_its_people_keep_what_is_their_own(home: Home) -> None:
    member, other = home.carer(tied=False), home.carer()
    team = home.world.team(home.clinic.id)
    for one in (member, other):
        home.world.duty(one.person, team=team)
    home.world.relation(home.patient, member, person_id=None, team_id=team)
    assert home.opens(home.world.session(member)) == ""
    assert withdraw(home, team) == 1
    assert home.opens(home.world.session(member)) == "ACD-4.ended"
    assert home.opens(home.world.session(other)) == ""


def test_the_notice_names_the_team_in_the_language_of_the_reader(home: Home) -> None:
    team = home.world.team(home.clinic.id)
    home.world.run("UPDATE registry.team SET names = %s WHERE id = %s", '{"fr": "Coeur", "nl": "Hart"}', team)
    home.world.relation(home.patient, home.clinic.physician, person_id=None, team_id=team)
    withdraw(home, team)
    ((facts,),) = home.world.run("SELECT facts FROM notices.notice WHERE patient_id = %s", home.patient)
    ((_label, who),) = message("access-ended", facts, language="nl").details
    assert who.startswith("Hart, ")


def test_what_ended_is_listed_with_its_reason(home: Home) -> None:  # ACD-5
    gone, ran_out = home.carer(), home.carer(ends_at=days(-1))
    withdraw(home, gone.person)
    told = list_ended_access(home.own, patient=home.patient)
    assert {one["person_id"]: one["state"] for one in told.relations} == {
        gone.person: "withdrawn",
        ran_out.person: "in-force",
    }


# giving


def give(home: Home, to: Worker, *, categories: int = EVERY_CATEGORY, until: Any = None) -> UUID:
    made = new_id()
    grant_access(
        home.own,
        patient=home.patient,
        employment=to.employment,
        categories=categories,
        until=until or days(90),
        relation=made,
    )
    return made


@pytest.mark.parametrize("network", [True, False])
def test_a_carer_gets_what_the_patient_gives_inside_and_outside(home: Home, network: bool) -> None:  # ACD-3
    carer = home.world.worker("specialist", home.world.institution(network=network))
    secret = home.world.session(carer)
    assert home.opens(secret) == "ACD-1.none"
    item = home.world.item(home.patient, home.clinic.id, category=int(Category.LABORATORY))
    letter = home.world.item(home.patient, home.clinic.id, category=int(Category.LETTER))
    give(home, carer, categories=LABORATORY)
    assert home.opens(secret) == ""
    assert home.clinic.listed(secret) & {item, letter} == {item}
    assert home.told() == ["access"]


@pytest.mark.parametrize(
    ("categories", "until", "code"),
    [
        (0, 90, "nothing-chosen"),
        (1 << 30, 90, "nothing-chosen"),
        (EVERY_CATEGORY, -1, "ended-before"),
        (EVERY_CATEGORY, 400, "too-long"),
        (EVERY_CATEGORY, 364, ""),
    ],
)
def test_scope_and_end_are_within_bounds(
    home: Home, categories: int, until: float, code: str
) -> None:  # ACD-4
    carer = home.carer(tied=False)
    if not code:
        give(home, carer, categories=categories, until=days(until))
        return
    with pytest.raises(ActRefused, match=code):
        give(home, carer, categories=categories, until=days(until))
    assert home.opens(home.world.session(carer)) == "ACD-1.none"


def test_who_is_given_nothing(home: Home) -> None:
    staff, researcher = home.carer("reception", tied=False), home.carer("researcher", tied=False)
    for one in (staff, researcher, Worker(new_id(), new_id(), new_id())):
        with pytest.raises(ActRefused, match="no-such-carer"):
            give(home, one)
    shut = home.carer(tied=False)
    home.world.exclude(home.patient, shut.person)
    with pytest.raises(ActRefused, match="excluded"):
        give(home, shut)
    refuse_outside(home.own, patient=home.patient, refused=True)
    with pytest.raises(ActRefused, match="refuses-outside"):
        give(home, home.world.worker("gp", home.world.institution(network=False)))


# requests


def ask(home: Home, **columns: Any) -> tuple[UUID, bytes]:
    carer = home.world.worker("specialist", home.world.institution(network=False))
    row = {"kind": "request", "state": "pending", "reason": "Second opinion", "ends_at": days(30)} | columns
    return home.world.relation(home.patient, carer, **row), home.world.session(carer, face="consult")


def test_an_accepted_request_opens_what_was_chosen_until_then(home: Home) -> None:  # CON-5
    request, secret = ask(home)
    assert home.opens(secret) == "CON-6.pending"
    for _time in range(2):  # sent twice
        accept_request(home.own, patient=home.patient, request=request, categories=LABORATORY, until=days(60))
    assert home.opens(secret) == ""
    ((state, consented, categories, ends),) = home.world.run(
        "SELECT state, consented, categories, ends_at FROM relations.relation WHERE id = %s", request
    )
    assert (state, consented, categories, ends) == ("in-force", True, LABORATORY, ends)
    assert abs(ends - days(60)) < timedelta(minutes=1)
    with pytest.raises(ActRefused, match="answered-already"):
        refuse_request(home.own, patient=home.patient, request=request)


def test_a_refused_request_opens_nothing_and_stays_refused(home: Home) -> None:  # CON-5
    request, secret = ask(home)
    refuse_request(home.own, patient=home.patient, request=request)
    assert home.opens(secret) == "ACD-4.ended"
    with pytest.raises(ActRefused, match="answered-already"):
        accept_request(home.own, patient=home.patient, request=request, categories=LABORATORY, until=days(60))


def test_silence_refuses(home: Home) -> None:  # CON-5
    request, secret = ask(home, ends_at=days(-0.001), starts_at=days(-30))
    with pytest.raises(ActRefused, match="expired"):
        accept_request(home.own, patient=home.patient, request=request, categories=LABORATORY, until=days(60))
    assert home.opens(secret) == "ACD-4.ended"


def test_only_a_request_is_answered(home: Home) -> None:
    link = home.world.relation(home.patient, home.carer(tied=False), kind="link", state="pending")
    theirs = home.world.relation(home.world.patient(), home.clinic.physician, kind="request", state="pending")
    for other in (link, theirs, new_id()):
        with pytest.raises(ActRefused, match="no-such-request"):
            accept_request(
                home.own, patient=home.patient, request=other, categories=LABORATORY, until=days(60)
            )


def test_all_access_from_outside_is_refused_and_allowed_again(home: Home) -> None:  # CON-10
    gp, inside = home.outside("gp", kind="gp"), home.carer()
    secret = home.world.session(gp, face="consult")
    assert refuse_outside(home.own, patient=home.patient, refused=True) is True
    assert refuse_outside(home.own, patient=home.patient, refused=True) is False
    assert home.opens(secret) == "CON-10.refused"
    assert home.opens(home.world.session(inside)) == ""
    assert refuse_outside(home.own, patient=home.patient, refused=False) is True
    assert home.opens(secret) == ""
    assert home.told() == ["outside-refused", "outside-open"]


def test_the_page_holds_everybody_with_why_and_until_when(home: Home) -> None:  # MY-14, ACD-5
    carer = home.carer()
    request, _secret = ask(home)
    suspended = home.carer(state="suspended")
    home.carer(state="withdrawn")
    shut = home.carer(tied=False)
    home.world.exclude(home.patient, shut.person)
    told = list_who_has_access(home.own, patient=home.patient)
    assert {(one["person_id"], one["state"]) for one in told.standing} >= {
        (carer.person, "in-force"),
        (suspended.person, "suspended"),
    }
    assert [one["id"] for one in told.standing if one["state"] == "pending"] == [request]
    assert [one["person_id"] for one in told.exclusions] == [shut.person]
    assert {one["state"] for one in told.standing} == {"in-force", "pending", "suspended"}
