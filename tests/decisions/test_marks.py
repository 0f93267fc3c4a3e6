"""One document kept inside (CON-10), one held back for a time (MY-5), one access asked about (MY-15), one carer found (EXC-1)."""

from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days, row
from tests.decisions.conftest import Home
from tests.log.entries import add_entries
from unidossier.actions.find_carer import find_carer
from unidossier.actions.hold_back import hold_back
from unidossier.actions.list_accesses import list_accesses, list_one_access
from unidossier.actions.mark_internal import mark_internal
from unidossier.actions.open_record import open_record
from unidossier.actions.report_unknown import report_unknown
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import Category, mask
from unidossier.kernel.nihdi import Nihdi
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter

NUMBER = "10123434004"
REASON = "told at the consultation of Thursday"


def item(home: Home, **columns: Any) -> UUID:
    return home.world.item(home.patient, home.clinic.id, **columns)


def held(home: Home, secret: bytes) -> list[int]:
    told = open_record(secret, patient=home.patient, chosen=Filter(), is_own=True)
    return [row["items"] for row in told.held]


def test_a_document_kept_inside_is_not_seen_elsewhere_and_comes_back(home: Home) -> None:  # CON-10
    made = item(home)
    part = item(home, part_of=made, category=int(Category.LABORATORY))
    inside = home.world.session(home.carer())
    elsewhere = home.clinic.colleague(house=home.world.institution())
    outside = home.world.session(home.outside("specialist"), face="consult")
    assert mark_internal(home.own, patient=home.patient, item=made, internal=True) is True
    assert mark_internal(home.own, patient=home.patient, item=made, internal=True) is False
    for reader, sees in ((inside, True), (home.own, True), (elsewhere, False), (outside, False)):
        assert (made in home.clinic.listed(reader)) is sees
        assert bool(home.clinic.contents(reader, made)) is sees
    ((value_is_internal,),) = home.world.run("SELECT internal_only FROM record.item WHERE id = %s", part)
    assert value_is_internal is True
    assert len(home.clinic.versions(made)) == 1  # the text is untouched (REC-5)
    assert mark_internal(home.own, patient=home.patient, item=made, internal=False) is True
    assert made in home.clinic.listed(outside)


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "draft"},
        {"status": "entered-in-error", "never_validated": True},
        {"held_until": days(3)},
    ],
)
def test_what_the_patient_does_not_see_he_does_not_mark(home: Home, columns: dict[str, Any]) -> None:
    for one in (item(home, **columns), home.world.item(home.world.patient(), home.clinic.id), new_id()):
        with pytest.raises((ActRefused, AccessRefused), match=r"no-such-item"):
            mark_internal(home.own, patient=home.patient, item=one, internal=True)


def test_who_acts_by_mandate_marks_only_what_he_sees(home: Home) -> None:
    letter, result = item(home, category=int(Category.LETTER)), item(home, category=int(Category.LABORATORY))
    hidden = item(home, category=int(Category.LABORATORY), confidential=True)
    scope = mask([Category.ADMINISTRATIVE, Category.LABORATORY])
    acting = home.acting("mandate", decides=True, categories=scope)
    assert mark_internal(acting, patient=home.patient, item=result, internal=True) is True
    for one in (letter, hidden):
        with pytest.raises(ActRefused, match="no-such-item"):
            mark_internal(acting, patient=home.patient, item=one, internal=True)


# holding back


def test_what_is_held_back_is_counted_and_not_named_and_comes_by_itself(home: Home) -> None:  # MY-5
    made, other = item(home), item(home)
    value = item(home, part_of=made, category=int(Category.LABORATORY))
    hold_back(home.clinic.secret, patient=home.patient, item=made, until=days(7), reason=REASON)
    assert home.clinic.listed(home.own) == {other}
    assert home.clinic.contents(home.own, made) == []
    assert held(home, home.own) == [1]  # the value goes with its report
    assert made in home.clinic.listed(home.clinic.secret)
    home.world.run("UPDATE record.item SET held_until = now() WHERE id IN (%s, %s)", made, value)
    assert home.clinic.listed(home.own) == {made, other}
    assert held(home, home.own) == []


def test_it_can_be_shown_before_its_end(home: Home) -> None:
    made = item(home)
    hold_back(home.clinic.secret, patient=home.patient, item=made, until=days(7), reason=REASON)
    hold_back(home.clinic.secret, patient=home.patient, item=made, until=None, reason="")
    assert home.clinic.listed(home.own) == {made}


@pytest.mark.parametrize(
    ("columns", "until", "reason", "code"),
    [
        ({"status": "draft"}, 7, REASON, "not-validated"),
        ({"status": "entered-in-error"}, 7, REASON, "not-validated"),
        ({}, 7, "  too   sho  ", "reason-missing"),
        ({}, -1, REASON, "ended-before"),
        ({}, 32, REASON, "too-long"),
        ({}, 30, REASON, ""),
    ],
)
def test_holding_back_has_its_bounds(
    home: Home, columns: dict[str, Any], until: float, reason: str, code: str
) -> None:  # MY-5
    made = item(home, **columns)
    if code:
        with pytest.raises(ActRefused, match=code):
            hold_back(home.clinic.secret, patient=home.patient, item=made, until=days(until), reason=reason)
    else:
        hold_back(home.clinic.secret, patient=home.patient, item=made, until=days(until), reason=reason)
    assert held(home, home.own) == ([] if code else [1])


def test_only_the_own_institution_and_category_are_held_back(home: Home) -> None:
    made = item(home, category=int(Category.LABORATORY))
    elsewhere = home.clinic.colleague(house=home.world.institution())
    nurse = home.clinic.colleague("nurse")  # writes no results
    for secret in (elsewhere, nurse, home.own):
        with pytest.raises(ActRefused, match="no-such-item"):
            hold_back(secret, patient=home.patient, item=made, until=days(7), reason=REASON)
    with pytest.raises(AccessRefused):
        hold_back(
            home.clinic.colleague("reception"), patient=home.patient, item=made, until=days(7), reason=REASON
        )
    assert held(home, home.own) == []


def test_who_acts_by_mandate_is_told_of_what_he_would_see(home: Home) -> None:
    ends = days(3)
    item(home, category=int(Category.LETTER), held_until=ends)
    item(home, category=int(Category.LABORATORY), held_until=ends, confidential=True)
    scope = mask([Category.ADMINISTRATIVE, Category.LABORATORY])
    assert held(home, home.own) == [2]
    assert held(home, home.acting("mandate", categories=scope)) == []


# "I do not know this person"


def entry_of(home: Home) -> int:
    open_record(home.clinic.secret, patient=home.patient, chosen=Filter())
    return newest_of(home, home.clinic.physician.person)


def newest_of(home: Home, person: UUID) -> int:
    visits = list_accesses(home.own, patient=home.patient).visits
    return next(line["id"] for visit in visits for line in visit if line["person_id"] == person)


def test_an_unknown_reader_is_a_case_of_the_ombuds_service(home: Home) -> None:  # MY-15
    entry = entry_of(home)
    number = report_unknown(home.own, patient=home.patient, entry=entry, words="I was not there")
    entry_of(home)
    more = list_accesses(home.own, patient=home.patient).visits[0][-1]["id"]
    for words in ("again", "again", ""):  # sent twice; and nothing new said
        assert report_unknown(home.own, patient=home.patient, entry=more, words=words) == number
    said = home.world.run(
        "SELECT array_agg(e.text ORDER BY e.nth) FROM cases.event e JOIN cases.task t ON t.id = e.task_id WHERE t.number = %s AND e.what = 'noted'",
        number,
    )
    assert said == [(["I was not there", "again"],)]
    gathered = home.world.run(
        "SELECT g.entry_id FROM cases.gathered g JOIN cases.task t ON t.id = g.task_id WHERE t.number = %s ORDER BY 1",
        number,
    )
    assert gathered == [(entry,), (more,)]
    ((institution, function, person, _subject, state, due),) = home.tasks("unknown-person")
    assert (institution, function, person) == (home.clinic.id, "ombuds", home.clinic.physician.person)
    assert (state, due) == ("open", 14)
    ((facts,),) = home.world.run("SELECT facts FROM cases.task WHERE number = %s", number)
    assert (facts["verb"], facts["words"], facts["entry"]) == ("open-record", "I was not there", str(entry))
    assert list_one_access(home.own, patient=home.patient, entry=entry).entry["id"] == entry


def test_a_reader_in_a_list_and_one_of_a_practice_are_asked_about_too(home: Home) -> None:
    in_list = home.world.listed(home.patient)
    gp = home.outside("gp")
    open_record(home.world.session(gp, face="consult"), patient=home.patient, chosen=Filter())
    entry = newest_of(home, gp.person)
    report_unknown(home.own, patient=home.patient, entry=entry, words="")
    assert home.tasks("unknown-person")[0][0] == home.clinic.id  # a practice has no ombuds service
    report_unknown(home.own, patient=home.patient, entry=in_list, words="")
    assert len(home.tasks("unknown-person")) == 2


def test_nothing_else_of_the_log_is_asked_about(home: Home) -> None:
    refused = home.world.session(home.carer(tied=False))
    assert home.opens(refused)
    ((number,),) = home.world.run(
        "SELECT max(id) FROM log.entry WHERE patient_id = %s AND NOT permitted", home.patient
    )
    other = home.world.patient()
    add_entries(home.clinic, 1, patient_id=other)
    ((theirs,),) = home.world.run("SELECT max(id) FROM log.entry WHERE patient_id = %s", other)
    for entry in (number, theirs, 1):
        with pytest.raises(ActRefused, match="no-such-entry"):
            report_unknown(home.own, patient=home.patient, entry=entry, words="")
        assert list_one_access(home.own, patient=home.patient, entry=entry).entry is None


# finding


def test_somebody_is_found_by_name_place_and_number(home: Home) -> None:  # EXC-1
    carer = home.carer("nurse", tied=False)
    ((family, given),) = home.world.run(
        "SELECT family, given FROM registry.person WHERE id = %s", carer.person
    )
    home.world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)",
        carer.person,
        "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/nihdi-professional",
        NUMBER,
    )
    ((names,),) = home.world.run("SELECT names FROM registry.institution WHERE id = %s", home.clinic.id)

    def found(**sought: Any) -> set[UUID]:
        return {one["person_id"] for one in find_carer(home.own, patient=home.patient, **sought).found}

    for name in (family, family.upper()[:6], f"{given} {family}", f"{family} {given}"):
        assert carer.person in found(name=name)
    assert found(name=family, place=names["nl"]) == {carer.person}
    assert found(name=family, place="Nowhere at all") == set()
    assert found(name="") == set() == found(name="%_") == found(name="'; --")
    assert carer.person not in found(name=f"{family}x")
    assert found(name=Nihdi.parse(NUMBER).digits) == {carer.person}


def test_access_is_not_offered_to_staff_and_nobody_at_home_is_found(home: Home) -> None:
    staff = home.carer("reception", tied=False)
    ((family,),) = home.world.run("SELECT family FROM registry.person WHERE id = %s", staff.person)
    assert find_carer(home.own, patient=home.patient, name=family).found
    assert find_carer(home.own, patient=home.patient, name=family, carers_only=True).found == []
    at_home = home.world.person(professional=False)
    ((family,),) = home.world.run("SELECT family FROM registry.person WHERE id = %s", at_home)
    assert find_carer(home.own, patient=home.patient, name=family).found == []
    with pytest.raises(AccessRefused):
        find_carer(home.world.session(home.carer(tied=False)), patient=home.patient, name=family)


def test_what_arrives_after_a_panel_was_held_back_is_held_back_too(home: Home) -> None:  # MY-5
    clinic = home.clinic
    panel = new_id()
    clinic.store(row(panel, category=int(Category.LABORATORY)))
    carer = home.world.session(home.carer("gp"))
    hold_back(carer, patient=home.patient, item=panel, until=days(5), reason=REASON)
    late, deeper, apart = new_id(), new_id(), new_id()
    clinic.store(
        row(deeper, part_of=str(late), category=int(Category.LABORATORY)),
        row(late, part_of=str(panel), category=int(Category.LABORATORY)),
        row(apart, category=int(Category.LABORATORY)),
    )
    assert [bool(clinic.contents(home.own, one)) for one in (apart, panel, late, deeper)] == [
        True,
        False,
        False,
        False,
    ]
    assert all(clinic.contents(carer, one) for one in (apart, panel, late, deeper))
    assert held(home, home.own) == [1]  # told once, with the whole
    hold_back(carer, patient=home.patient, item=panel, until=None, reason="")
    assert all(clinic.contents(home.own, one) for one in (panel, late, deeper))


def test_what_arrives_for_a_document_kept_inside_stays_inside(home: Home) -> None:  # CON-10
    clinic = home.clinic
    whole, part = new_id(), new_id()
    clinic.store(row(whole))
    outside = home.world.session(home.outside("specialist"), face="consult")
    mark_internal(home.own, patient=home.patient, item=whole, internal=True)
    clinic.store(row(part, part_of=str(whole)))
    assert clinic.contents(home.own, part) and not clinic.contents(outside, part)
