"""The cast: valid numbers, every function, nobody twice."""

from datetime import date

import pytest
from stdnum.be import bis, nn

from unidossier.demo.build import world
from unidossier.demo.cast import accounts
from unidossier.demo.numbers import slot
from unidossier.demo.world import World
from unidossier.kernel.function import Function
from unidossier.kernel.nihdi import Nihdi
from unidossier.kernel.ssin import Ssin

from .conftest import TODAY


def test_every_national_number_is_valid_and_held_by_one_human_being(cast: World):
    held = [p.ssin for p in cast.patients if p.ssin] + [p.bis for p in cast.patients if p.bis]
    assert len(set(held)) == len(held)
    for patient in cast.patients:
        if patient.ssin:
            assert nn.is_valid(patient.ssin), patient
            assert nn.get_gender(patient.ssin) == patient.sex[0].upper()
        if patient.bis:
            assert bis.is_valid(patient.bis), patient
    both = {p.ssin for p in cast.persons if p.ssin} & set(held)
    assert len(both) == 1  # the nurse who is a patient too
    for number in [*held, *(p.ssin for p in cast.persons if p.ssin)]:
        Ssin.parse(number)
        assert 980 <= int(number[6:9]) <= 997


def test_a_hundred_thousand_generated_numbers_are_all_different():
    for sex in ("male", "female"):
        assert len({slot(index, sex) for index in range(50_000)}) == 50_000


def test_somebody_has_a_bis_number_and_somebody_none(cast: World):
    kinds = {(bool(p.ssin), bool(p.bis)) for p in cast.patients}
    assert kinds == {(True, False), (False, True), (False, False)}


def test_nihdi_numbers_use_both_check_series(cast: World):
    numbers = [p.nihdi for p in cast.persons if p.nihdi]
    assert len(set(numbers)) == len(numbers)
    by_97 = {number for number in numbers if int(number[6:8]) == 97 - int(number[:6]) % 97}
    by_89 = {number for number in numbers if int(number[6:8]) == 89 - int(number[:6]) % 89}
    assert by_97 and by_89 and by_97 | by_89 == set(numbers)
    for number in numbers:
        Nihdi.parse(number)


def test_every_function_has_an_account_and_every_account_a_post(cast: World):
    assert {account.function for account in cast.accounts} == {str(function) for function in Function}
    posts = {(post.person, post.function) for post in cast.employments if post.until is None}
    patients = {patient.key for patient in cast.patients}
    for account in cast.accounts:
        if account.person:
            assert (account.person, account.function) in posts, account
        else:
            assert account.patient in patients, account
        assert set(account.hint) == {"nl", "fr", "de", "en"} and all(account.hint.values())


def test_the_sign_in_page_has_a_dozen_people_for_all_faces():
    main = [account for account in accounts() if account.main]
    assert 12 <= len(main) <= 16
    assert {account.face for account in main} == {"ward", "consult", "my", "desk"}
    assert {account.language for account in main} == {"nl", "fr", "de", "en"}
    every = accounts()
    assert len({account.username for account in every}) == len(every)


def test_every_institution_has_one_machine_that_delivers(cast: World):
    machines = {post.institution: post.person for post in cast.employments if post.function == "machine"}
    assert set(machines) == {place.key for place in cast.institutions}
    names = {person.key: person.name for person in cast.persons}
    for place in cast.institutions:
        if not place.is_network:
            assert names[machines[place.key]] == f"Software {place.names[place.language]}"
            assert all(person.nihdi is None for person in cast.persons if person.key == machines[place.key])


def test_staff_names_are_told_apart(cast: World):
    names = [person.name for person in cast.persons if person.sex != "unknown"]
    assert len(set(names)) == len(names)


def test_every_shift_of_every_ward_has_somebody_in_both_weeks(cast: World):
    wards = {team.key for team in cast.teams if team.kind == "ward"}
    for ward in wards:
        lines = [duty for duty in cast.duties if duty.team == ward]
        assert len({duty.starts for duty in lines}) == 3 * 14, ward
        assert all(duty.starts.utcoffset() is not None and duty.starts < duty.ends for duty in lines)


def test_whoever_signs_in_belongs_to_his_ward_at_any_hour(cast: World):
    rostered = {duty.person for duty in cast.duties}
    assert rostered  # the others have the duties of the roster alone
    assert not rostered & {account.person for account in cast.accounts}


def test_families_twins_death_and_settings(cast: World):
    by_key = {patient.key: patient for patient in cast.patients}
    children = [p for p in cast.patients if any(r.kind == "parent" for r in p.representatives)]
    assert len(children) >= 4
    for child in children:
        for link in child.representatives:
            assert by_key[link.patient].birth_date < child.birth_date
            assert link.until and (link.until.year - child.birth_date.year) == 15  # REP-1
    lotte, seppe = by_key["p-000007"], by_key["p-000008"]
    assert lotte.birth_date == seppe.birth_date and lotte.family == seppe.family
    assert any(p.deceased_at for p in cast.patients)
    maria = [p for p in cast.patients if p.name == "Maria Peeters"]
    assert len({p.ssin for p in maria}) == len(maria) >= 2
    network = [place for place in cast.institutions if place.is_network]
    assert {place.setting for place in network} == {"gp-default", "written-consent"}
    assert {place.language for place in network} == {"nl", "fr", "de"} and len(network) == 4


@pytest.mark.parametrize("number", [3, 29, 34, 117])
def test_a_patient_is_the_same_in_a_small_and_a_large_world(number: int):
    small, large = world(today=TODAY, patients=120), world(today=TODAY, patients=100_000)
    assert len(large.patients) == 100_000
    assert small.patients[number - 1] == large.patients[number - 1]


def test_another_seed_gives_other_people():
    one, two = world(today=TODAY, seed=1), world(today=TODAY, seed=2)
    assert one.patients[50] != two.patients[50]
    assert one.persons != two.persons


@pytest.mark.parametrize("today", [date(2028, 2, 29), date(2027, 1, 1), date(2026, 3, 29)])
def test_the_cast_stands_on_awkward_days(today: date):
    hugo = world(today=today).patients[20]
    assert (today - hugo.birth_date).days < 15 * 366 and hugo.story == "childhood"
