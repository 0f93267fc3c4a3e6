"""Mandates that the patient gives and withdraws (REP-3, REP-4), alike whether the person is known here or not."""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.decisions.conftest import Home
from tests.gate.world import OF_AGE
from unidossier.actions.exclude import exclude
from unidossier.actions.give_mandate import Mandate, give_mandate
from unidossier.actions.list_who_has_access import list_ended_access, list_who_has_access
from unidossier.actions.withdraw_mandate import withdraw_mandate
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import EVERY_CATEGORY, Category, mask
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.period import birthday
from unidossier.kernel.uuid7 import new_id


def number() -> str:
    return f"{secrets.randbelow(10**11):011d}"


def known(home: Home, digits: str, *, birth: date = OF_AGE) -> UUID:
    """A human being with a record of his own and an account; return the person."""
    record = home.world.patient(birth=birth)
    home.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)",
        record,
        SSIN,
        digits,
    )
    return home.world.person(professional=False, patient=record)


def give(home: Home, digits: str, *, secret: bytes | None = None, **changes: Any) -> UUID:
    made = new_id()
    now = datetime.now(UTC)
    told: dict[str, Any] = {
        "kind": "mandate",
        "name": "Els Claes",
        "number": digits,
        "birth_date": OF_AGE,
        "categories": EVERY_CATEGORY,
        "decides": False,
        "starts": now,
        "until": now + timedelta(days=100),
    }
    give_mandate(secret or home.own, patient=home.patient, mandate=Mandate(**(told | changes)), id=made)
    return made


def listed(home: Home) -> list[tuple]:
    told = list_who_has_access(home.own, patient=home.patient).mandates
    return [(one["id"], one["kind"], one["name"], one["decides"], one["mine"]) for one in told]


def test_a_mandate_opens_what_it_says_and_nothing_after_its_withdrawal(home: Home) -> None:  # REP-4
    digits = number()
    person = known(home, digits)
    results = mask([Category.ADMINISTRATIVE, Category.LABORATORY])
    item = home.world.item(home.patient, home.clinic.id, category=int(Category.LABORATORY))
    letter = home.world.item(home.patient, home.clinic.id, category=int(Category.LETTER))
    made = give(home, digits, categories=results)
    acting = home.world.representative_session(person)
    assert home.clinic.listed(acting) & {item, letter} == {item}
    assert withdraw_mandate(home.own, patient=home.patient, mandate=made) is True
    assert home.opens(acting) == "REP-4.none"
    assert withdraw_mandate(home.own, patient=home.patient, mandate=made) is False
    assert home.told() == ["mandate", "mandate-ended"]


def test_known_and_unknown_people_look_the_same(home: Home) -> None:
    unknown, digits, wrong = number(), number(), number()
    known(home, digits)
    known(home, wrong, birth=date(1971, 2, 3))  # the number fits, the birth date does not
    ids = [give(home, one) for one in (unknown, digits, wrong)]
    assert [line[1:] for line in listed(home)] == [("mandate", "Els Claes", False, False)] * 3
    assert {line[0] for line in listed(home)} == set(ids)
    bound = home.world.run("SELECT id FROM relations.representation WHERE patient_id = %s", home.patient)
    assert bound == [(ids[1],)]
    for one in ids:
        assert withdraw_mandate(home.own, patient=home.patient, mandate=one) is True
    assert listed(home) == []
    ended = list_ended_access(home.own, patient=home.patient).mandates
    assert {one["id"] for one in ended} == set(ids)


def test_a_mandate_works_as_soon_as_the_person_is_known(home: Home) -> None:
    digits = number()
    give(home, digits)
    person = known(home, digits)
    assert home.opens(home.world.representative_session(person)) == ""
    assert len(listed(home)) == 1


def test_a_mandate_withdrawn_meanwhile_binds_to_nobody(home: Home) -> None:
    digits = number()
    made = give(home, digits)
    withdraw_mandate(home.own, patient=home.patient, mandate=made)
    person = known(home, digits)
    assert home.opens(home.world.representative_session(person)) == "REP-4.none"


def test_it_starts_and_ends_by_itself(home: Home) -> None:
    digits = number()
    person = known(home, digits)
    made = give(home, digits, starts=days(1), until=days(3))
    acting = home.world.representative_session(person)
    assert home.opens(acting) == "REP-4.none"
    for starts, ends, rule in ((-1, 1, ""), (-2, -0.0001, "REP-4.none")):
        home.world.run(
            "UPDATE relations.representation SET starts_at = %s, ends_at = %s WHERE id = %s",
            days(starts),
            days(ends),
            made,
        )
        assert home.opens(acting) == rule


@pytest.mark.parametrize(
    ("decides", "kind", "rule"),
    [(True, "mandate", ""), (False, "mandate", "REP-3.scope"), (True, "trusted", "REP-3.scope")],
)
def test_it_decides_when_it_says_so_and_a_trusted_person_never(
    home: Home, decides: bool, kind: str, rule: str
) -> None:  # REP-3
    digits, carer = number(), home.carer()
    person = known(home, digits)
    give(home, digits, decides=decides, kind=kind)
    acting = home.world.representative_session(person)

    def decide() -> None:
        exclude(acting, patient=home.patient, person=carer.person, absolute=False, exclusion=new_id())

    if rule:
        with pytest.raises(AccessRefused, match=rule):
            decide()
    else:
        decide()
        assert home.opens(home.world.session(carer)) == "EXC-2.excluded"


def test_who_acts_by_mandate_gives_none_and_returns_only_his_own(home: Home) -> None:
    digits = number()
    person = known(home, digits)
    own = give(home, digits, decides=True)
    other = give(home, number())
    acting = home.world.representative_session(person)
    with pytest.raises(ActRefused, match="not-yours"):
        give(home, number(), secret=acting)
    with pytest.raises(ActRefused, match="not-yours"):
        withdraw_mandate(acting, patient=home.patient, mandate=other)
    assert withdraw_mandate(acting, patient=home.patient, mandate=own) is True


@pytest.mark.parametrize("kind", ["parent", "legal", "foster"])
def test_what_the_desk_linked_ends_there(home: Home, kind: str) -> None:  # REP-1, REP-3
    home.acting(kind)
    ((line,),) = home.world.run("SELECT id FROM relations.representation WHERE patient_id = %s", home.patient)
    with pytest.raises(ActRefused, match="by-the-desk"):
        withdraw_mandate(home.own, patient=home.patient, mandate=line)
    (linked,) = list_who_has_access(home.own, patient=home.patient).linked
    assert linked["kind"] == kind


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts": days(-3)}, "starts-before"),
        ({"starts": days(9), "until": days(8)}, "starts-before"),
        ({"until": days(-1)}, "ended-before"),
        ({"until": days(5 * 365 + 10)}, "too-long"),
        ({"categories": 0}, "nothing-chosen"),
        ({"kind": "parent"}, "not-yours"),
    ],
)
def test_what_no_mandate_says(home: Home, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ActRefused, match=code):
        give(home, number(), **changes)
    assert listed(home) == []


def test_nobody_gives_a_mandate_to_himself_and_numbers_are_not_tried(home: Home) -> None:
    digits = number()
    home.world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)",
        home.patient,
        SSIN,
        digits,
    )
    with pytest.raises(ActRefused, match="yourself"):
        give(home, digits)
    for _nth in range(20):
        give(home, number())
    with pytest.raises(ActRefused, match="too-many"):
        give(home, number())


def test_a_parent_lets_somebody_act_until_the_child_is_fifteen(home: Home) -> None:  # REP-1, REP-2
    born = (datetime.now(UTC) - timedelta(days=14 * 365 + 200)).date()
    home.world.run("UPDATE registry.patient SET birth_date = %s WHERE id = %s", born, home.patient)
    parent = home.acting("parent")
    made = give(home, number(), secret=parent, until=days(700))
    ((ends,),) = home.world.run("SELECT ends_at FROM relations.mandate_waiting WHERE id = %s", made)
    assert ends == birthday(born, years=15)


def test_a_child_of_fifteen_sees_that_the_link_of_the_parent_ended(home: Home) -> None:  # REP-2
    parent = home.acting("parent")
    assert home.opens(parent) == "REP-1.fifteen"
    told = list_ended_access(home.own, patient=home.patient)
    assert [one["kind"] for one in told.standing_links] == ["parent"]
    assert birthday(told.choices["birth_date"], years=15) < datetime.now(UTC)
