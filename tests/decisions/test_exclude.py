"""Excluding somebody: at once, in every institution, told and confirmed (EXC-1 to EXC-6, EXC-9)."""

from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.decisions.conftest import Home
from unidossier.actions.end_exclusion import end_exclusion
from unidossier.actions.exclude import exclude
from unidossier.actions.preview_exclusion import PersonNotFound, preview_exclusion, preview_team
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id


def shut(home: Home, person: UUID, *, absolute: bool = False, secret: bytes | None = None) -> UUID:
    made = new_id()
    exclude(secret or home.own, patient=home.patient, person=person, absolute=absolute, exclusion=made)
    return made


def rows(home: Home) -> list[tuple]:
    return home.world.run(
        """SELECT person_id, source, channel, absolute, until_at IS NULL, made_at_institution FROM relations.exclusion
        WHERE patient_id = %s ORDER BY from_at, until_at NULLS LAST""",
        home.patient,
    )


def test_an_exclusion_closes_the_record_at_once_and_its_end_opens_it(home: Home) -> None:  # EXC-2, ACD-7
    carer = home.carer()
    secret = home.world.session(carer)
    assert home.opens(secret) == ""
    made = shut(home, carer.person)
    assert home.opens(secret) == "EXC-2.excluded"
    assert rows(home) == [(carer.person, "local", "portal", False, True, home.clinic.id)]
    assert end_exclusion(home.own, patient=home.patient, exclusion=made) is True
    assert home.opens(secret) == ""
    assert home.told() == ["exclusion", "exclusion-ended"]


def test_the_desk_confirms_who_is_meant_within_seven_days(home: Home) -> None:  # EXC-4
    carer = home.carer("nurse", tied=False)
    made = shut(home, carer.person)
    assert home.tasks("confirm-exclusion") == [
        (home.clinic.id, "registration-desk", carer.person, made, "open", 7)
    ]
    end_exclusion(home.own, patient=home.patient, exclusion=made)
    assert [task[4] for task in home.tasks("confirm-exclusion")] == ["done"]


def test_it_follows_the_human_being(home: Home) -> None:  # EXC-6
    human = home.carer()
    elsewhere = home.world.worker("specialist", home.world.institution(), human=human.person)
    home.world.relation(home.patient, elsewhere)
    secret = home.world.session(elsewhere)
    assert home.opens(secret) == ""
    shut(home, human.person)
    assert home.opens(secret) == "EXC-2.excluded"
    with pytest.raises(ActRefused, match="excluded-already"):
        shut(home, elsewhere.person)


@pytest.mark.parametrize("function", ["specialist", "nurse", "reception", "ombuds"])
def test_anybody_at_work_may_be_excluded_also_in_advance(home: Home, function: str) -> None:  # EXC-1
    shut(home, home.carer(function, tied=False).person)
    assert len(rows(home)) == 1


def test_the_same_form_sent_twice_excludes_once(home: Home) -> None:
    carer, made = home.carer(), new_id()
    for _time in range(2):
        exclude(home.own, patient=home.patient, person=carer.person, absolute=False, exclusion=made)
    assert len(rows(home)) == 1
    assert home.told() == ["exclusion"]


def test_the_tick_for_emergencies_can_be_changed(home: Home) -> None:  # EXC-7
    carer = home.carer()
    shut(home, carer.person)
    shut(home, carer.person, absolute=True)
    assert [(absolute, in_force) for _, _, _, absolute, in_force, _ in rows(home)] == [
        (False, False),
        (True, True),
    ]
    home.world.lift(home.patient, carer.person)
    assert home.opens(home.world.session(carer)) == "EXC-2.excluded"
    shut(home, carer.person)
    assert home.opens(home.world.session(carer)) == ""


def test_who_cannot_be_excluded(home: Home) -> None:
    for person in (new_id(), home.world.person(professional=False)):
        with pytest.raises(ActRefused, match="no-such-person"):
            shut(home, person)
    himself = home.world.person(patient=home.patient)
    with pytest.raises(ActRefused, match="yourself"):
        shut(home, himself)
    assert rows(home) == []


def test_an_institution_may_take_forms_alone(home: Home) -> None:  # EXC-4
    house = home.world.institution()
    carer = home.world.worker("nurse", house)
    assert not preview_exclusion(home.own, patient=home.patient, person=carer.person).is_by_form
    home.world.setting(house, name="exclusion.online", value="off")
    with pytest.raises(ActRefused, match="by-form"):
        shut(home, carer.person)
    assert preview_exclusion(home.own, patient=home.patient, person=carer.person).is_by_form
    assert rows(home) == []


def test_a_federal_one_is_not_ended_here(home: Home) -> None:  # EXC-5
    carer = home.carer()
    federal = home.world.exclude(home.patient, carer.person, source="federal")
    with pytest.raises(ActRefused, match="federal"):
        end_exclusion(home.own, patient=home.patient, exclusion=federal)
    assert home.opens(home.world.session(carer)) == "EXC-2.excluded"
    shut(home, carer.person)  # side by side (EXC-3)
    assert len(rows(home)) == 2


def test_an_exclusion_of_another_patient_is_not_ended(home: Home) -> None:
    other = home.world.patient()
    theirs = home.world.exclude(other, home.carer().person)
    with pytest.raises(ActRefused, match="no-such-exclusion"):
        end_exclusion(home.own, patient=home.patient, exclusion=theirs)


def test_the_effects_are_told_before(home: Home) -> None:  # EXC-9
    carer = home.carer()
    team = home.world.team(home.clinic.id)
    home.world.duty(carer.person, team=team)
    home.world.relation(home.patient, carer, person_id=None, team_id=team)
    appointment = home.world.appointment(home.patient, home.clinic.id)
    home.world.run("UPDATE relations.appointment SET person_id = %s WHERE id = %s", carer.person, appointment)
    home.world.appointment(home.patient, home.clinic.id)  # with somebody else
    told = preview_exclusion(home.own, patient=home.patient, person=carer.person)
    assert sorted(one["how"] for one in told.touched) == ["own", "team"]
    assert [one["id"] for one in told.planned] == [appointment]
    assert told.excluded == []
    assert rows(home) == []
    shut(home, carer.person)
    assert len(preview_exclusion(home.own, patient=home.patient, person=carer.person).excluded) == 1
    home.world.duty(home.clinic.machine.person, team=team)  # a computer of the team is nobody to exclude
    (member,) = preview_team(home.own, patient=home.patient, team=team).team["members"]
    assert member["person_id"] == str(carer.person)
    with pytest.raises(PersonNotFound):
        preview_exclusion(home.own, patient=home.patient, person=new_id())
    with pytest.raises(PersonNotFound):
        preview_team(home.own, patient=home.patient, team=new_id())


@pytest.mark.parametrize(
    ("kind", "columns", "rule"),
    [
        ("parent", {}, "REP-1.fifteen"),
        ("legal", {}, ""),
        ("mandate", {"decides": True}, ""),
        ("mandate", {}, "REP-3.scope"),
        ("foster", {}, "REP-3.scope"),
        ("trusted", {"decides": True}, "REP-3.scope"),
    ],
)
def test_who_acts_for_the_patient_decides_as_far_as_it_goes(
    home: Home, kind: str, columns: dict, rule: str
) -> None:  # REP-3
    secret, carer = home.acting(kind, **columns), home.carer()
    if rule:
        with pytest.raises(AccessRefused, match=rule):
            shut(home, carer.person, secret=secret)
        assert rows(home) == []
    else:
        shut(home, carer.person, secret=secret)
        assert len(rows(home)) == 1


def test_a_carer_decides_nothing(home: Home) -> None:
    carer = home.carer()
    with pytest.raises(AccessRefused):
        shut(home, carer.person, secret=home.clinic.secret)
    assert rows(home) == []


def test_an_ended_line_stays_readable(home: Home) -> None:
    made = shut(home, home.carer().person)
    assert end_exclusion(home.own, patient=home.patient, exclusion=made) is True
    assert end_exclusion(home.own, patient=home.patient, exclusion=made) is False
    ((ends,),) = home.world.run("SELECT until_at FROM relations.exclusion WHERE id = %s", made)
    assert days(-1) < ends < days(1)
