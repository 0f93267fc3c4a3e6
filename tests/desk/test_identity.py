"""Identity at the registration desk: a new patient, changes with their history, numbers over time (REC-8, MY-12)."""

from dataclasses import replace

import pytest

from tests.desk.conftest import FUNCTIONS, Desk
from unidossier.actions.find_at_desk import SoughtTooShort, find_at_desk
from unidossier.actions.list_my_patients import Sought
from unidossier.actions.open_desk_file import open_desk_file
from unidossier.actions.register_identity import (
    Identity,
    Number,
    add_number,
    change_identity,
    close_number,
    register_new_patient,
)
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.uuid7 import new_id


def identity(**changes: str) -> Identity:
    """Give the identity of nobody yet; `changes` replace fields."""
    return replace(
        Identity(family=f"Quist{new_id().hex[-6:]}", given="Ann", birth_date="1990-02-03"), **changes
    )  # type: ignore[arg-type]


def local(desk: Desk) -> Number:
    return Number(system=f"urn:local:{desk.clinic.id}", value=new_id().hex[-8:], local=True)


def test_a_new_patient_is_made_once_by_the_same_form(desk: Desk) -> None:  # REC-8
    made, told, number = new_id(), identity(), local(desk)
    for _ in range(2):
        assert register_new_patient(desk.secret, patient=made, identity=told, numbers=[number]) == made
    file = open_desk_file(desk.secret, patient=made)
    assert (file.patient["family"], str(file.patient["birth_date"])) == (told.family, "1990-02-03")
    assert [one["value"] for one in file.numbers] == [number.value]
    assert [one["field"] for one in file.changes] == ["family"]
    ((entries,),) = desk.world.run(
        "SELECT count(*) FROM log.entry WHERE patient_id = %s AND verb = 'register-identity'", made
    )
    assert entries == 1


def test_a_number_in_force_belongs_to_one_patient(desk: Desk) -> None:
    number = Number(system=SSIN, value="85073003328")
    if not find_at_desk(desk.secret, sought=Sought(number=number.value)):
        register_new_patient(desk.secret, patient=new_id(), identity=identity(), numbers=[number])
    for attempt in (
        lambda: register_new_patient(desk.secret, patient=new_id(), identity=identity(), numbers=[number]),
        lambda: add_number(desk.secret, patient=desk.patient, number=number, reason="typed anew"),
    ):
        with pytest.raises(ActRefused, match="number-taken"):
            attempt()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"family": " "}, "family-missing"),
        ({"given": ""}, "given-missing"),
        ({"birth_date": "2999-01-01"}, "birth-in-future"),
        ({"birth_date": "1812-01-01"}, "birth-too-early"),
        ({"sex": "x"}, "sex-unknown"),
        ({"language": "it"}, "language-unknown"),
    ],
)
def test_an_impossible_identity_is_refused(desk: Desk, changes: dict[str, str], code: str) -> None:
    with pytest.raises(ActRefused, match=code):
        register_new_patient(desk.secret, patient=new_id(), identity=identity(**changes))


@pytest.mark.parametrize("function", [one for one in FUNCTIONS if one != "registration-desk"])
def test_only_the_registration_desk_registers(desk: Desk, function: str) -> None:  # ACS-1
    secret = desk.secrets[function]
    with pytest.raises(AccessRefused, match=r"ACS-1\.function"):
        register_new_patient(secret, patient=new_id(), identity=identity())
    shown = identity()
    with pytest.raises(AccessRefused, match=r"ACS-1\.function"):
        change_identity(secret, patient=desk.patient, shown=shown, wanted=shown, reason="no reason")


def test_a_change_keeps_what_was_who_and_why(desk: Desk) -> None:  # REC-5, MY-12
    shown = identity()
    register_new_patient(desk.secret, patient=(made := new_id()), identity=shown)
    wanted = replace(shown, given="Anna", phone="02 000 00 01")
    assert change_identity(desk.secret, patient=made, shown=shown, wanted=wanted, reason="identity card") == 2
    file = open_desk_file(desk.secret, patient=made)
    assert (file.patient["given"], file.patient["contact"]["phone"]) == ("Anna", "02 000 00 01")
    kept = {(one["field"], one["was"], one["became"], one["reason"]) for one in file.changes}
    assert {("given", "Ann", "Anna", "identity card"), ("phone", "", "02 000 00 01", "identity card")} < kept
    found = find_at_desk(desk.secret, sought=Sought(name=f"{shown.family} anna"))  # by the new name
    assert [one["id"] for one in found] == [made]


def test_a_stale_form_changes_nothing(desk: Desk) -> None:
    shown = identity()
    register_new_patient(desk.secret, patient=(made := new_id()), identity=shown)
    change_identity(
        desk.secret, patient=made, shown=shown, wanted=replace(shown, given="Anna"), reason="card read anew"
    )
    with pytest.raises(ActRefused, match="changed-meanwhile"):
        change_identity(
            desk.secret,
            patient=made,
            shown=shown,
            wanted=replace(shown, given="Anne"),
            reason="card read anew",
        )
    assert open_desk_file(desk.secret, patient=made).patient["given"] == "Anna"


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({}, "a good reason", "nothing-changed"),
        ({"given": "Bea"}, " a b ", "reason-missing"),
        ({"given": " "}, "a good reason", "given-missing"),
    ],
)
def test_a_change_that_says_nothing_is_refused(
    desk: Desk, changes: dict[str, str], reason: str, code: str
) -> None:
    shown = identity()
    register_new_patient(desk.secret, patient=(made := new_id()), identity=shown)
    with pytest.raises(ActRefused, match=code):
        change_identity(
            desk.secret, patient=made, shown=shown, wanted=replace(shown, **changes), reason=reason
        )  # type: ignore[arg-type]
    assert open_desk_file(desk.secret, patient=made).patient["given"] == "Ann"


def test_a_closed_number_finds_nobody_and_stays_readable(desk: Desk) -> None:
    number = local(desk)
    add_number(desk.secret, patient=desk.patient, number=number, reason="our own number")
    assert [p["id"] for p in find_at_desk(desk.secret, sought=Sought(number=number.value))] == [desk.patient]
    close_number(desk.secret, patient=desk.patient, number=number, reason="typing error")
    assert find_at_desk(desk.secret, sought=Sought(number=number.value)) == []
    (line,) = [
        one
        for one in open_desk_file(desk.secret, patient=desk.patient).numbers
        if one["value"] == number.value
    ]
    assert line["until_at"] is not None
    with pytest.raises(ActRefused, match="no-such-number"):
        close_number(desk.secret, patient=desk.patient, number=number, reason="typing error")


@pytest.mark.parametrize("name", ["", "ab", "a b", "--"])
def test_a_name_too_short_lists_nobody(desk: Desk, name: str) -> None:
    with pytest.raises(SoughtTooShort):
        find_at_desk(desk.secret, sought=Sought(name=name))


def test_what_is_found_is_named_by_the_entry(desk: Desk) -> None:  # LOG-1
    ((family,),) = desk.world.run("SELECT family FROM registry.patient WHERE id = %s", desk.patient)
    assert [one["id"] for one in find_at_desk(desk.secret, sought=Sought(name=family))] == [desk.patient]
    ((named,),) = desk.world.run(
        "SELECT patients FROM log.entry WHERE verb = 'desk-find' AND person_id = %s",
        desk.workers["registration-desk"].person,
    )
    assert named == [desk.patient]
