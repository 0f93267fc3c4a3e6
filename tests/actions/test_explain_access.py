"""ACD-9: every decision can be explained and seen, by the engine that makes it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days, row
from tests.gate.world import FOR_EVER, Worker
from unidossier.actions.explain_access import Explained, Supposed, explain_access
from unidossier.actions.open_record import open_record
from unidossier.actions.see_as import Seen, see_as
from unidossier.gate.door import AccessRefused, ActRefused, RecordUnreadable
from unidossier.kernel.category import Category, mask
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record
from unidossier.record.queries import Filter


def own_session(clinic: Clinic) -> bytes:
    """Open the session of the patient himself."""
    return clinic.world.own_session(clinic.patient)


def explained(clinic: Clinic, worker: Worker, *, at: datetime | None = None, **more: object) -> Explained:
    supposed = Supposed(employment=worker.employment, at=at or datetime.now(UTC), **more)  # type: ignore[arg-type]
    return explain_access(own_session(clinic), patient=clinic.patient, supposed=supposed)


def seen(clinic: Clinic, worker: Worker, **more: object) -> Seen:
    return see_as(own_session(clinic), patient=clinic.patient, employment=worker.employment, **more)  # type: ignore[arg-type]


def titles(found: Seen) -> set[str]:
    return {line["title"] for line in found.titles}


def test_a_relation_by_work_is_the_reason_and_its_end_would_turn_it(clinic: Clinic) -> None:
    told = explained(clinic, clinic.physician)
    assert (told.rule, told.permits) == ("ACD-2.work", True)
    assert "tie" in told.mattered
    assert {(one.fact, one.value) for one in told.changes} >= {("tie", "ended"), ("exclusion", "plain")}


def test_a_stranger_is_refused_and_a_relation_or_the_glass_would_turn_it(clinic: Clinic) -> None:
    stranger = clinic.world.worker("specialist", clinic.id)
    told = explained(clinic, stranger)
    assert (told.rule, told.permits) == ("ACD-1.none", False)
    turning = {(one.fact, one.value): one.rule for one in told.changes}
    assert turning[("tie", "work")] == "ACD-2.work"
    assert turning[("glass", "valid")] == "BTG-1.emergency"


def test_the_excluded_are_refused_also_in_an_emergency_and_a_lifting_would_turn_it(clinic: Clinic) -> None:
    clinic.world.exclude(clinic.patient, clinic.physician.person)
    told = explained(clinic, clinic.physician, emergency=True)
    assert (told.rule, told.permits) == ("EXC-2.excluded", False)  # BTG-6
    assert ("lifting", True) in {(one.fact, one.value) for one in told.changes}


def test_a_function_that_may_not_break_the_glass_is_not_offered_it(clinic: Clinic) -> None:
    dietician = clinic.world.worker("dietician", clinic.id)
    told = explained(clinic, dietician)
    assert not {one for one in told.changes if one.fact == "glass"}


def test_a_forbidden_purpose_is_explained(clinic: Clinic) -> None:
    told = explained(clinic, clinic.physician, purpose="insurance")
    assert told.rule == "ACD-6.purpose"


def test_another_instant_has_another_answer(clinic: Clinic) -> None:
    later = clinic.world.worker("specialist", clinic.id)
    clinic.world.relation(clinic.patient, later, starts_at=days(10), ends_at=days(20))
    answers = {n: explained(clinic, later, at=days(n)).rule for n in (5, 15, 25)}
    assert answers == {5: "ACD-1.none", 15: "ACD-2.work", 25: "ACD-4.ended"}


def test_what_was_withdrawn_is_explained_as_it_was(clinic: Clinic) -> None:
    worker = clinic.world.worker("specialist", clinic.id)
    clinic.world.relation(
        clinic.patient, worker, starts_at=days(-9), ends_at=FOR_EVER, state="withdrawn", withdrawn_at=days(-3)
    )
    assert [explained(clinic, worker, at=days(n)).permits for n in (-5, -1)] == [True, False]


@pytest.mark.parametrize("function", ["specialist", "nurse", "dietician", "pharmacist-hospital"])
def test_seeing_as_somebody_shows_what_he_sees(clinic: Clinic, function: str) -> None:
    for category in (Category.LABORATORY, Category.REPORT, Category.PSYCHIATRY, Category.MEDICATION):
        clinic.store(row(category=int(category), title=category.slug))
    worker = clinic.world.worker(function, clinic.world.institution())
    clinic.world.relation(clinic.patient, worker)
    he = open_record(clinic.world.session(worker), patient=clinic.patient, chosen=Filter())
    assert titles(seen(clinic, worker)) == {line["title"] for line in he.listed.lines}
    assert titles(seen(clinic, worker)) != {
        "laboratory",
        "report",
        "psychiatry",
        "medication",
    } or function in ("specialist")


def test_a_narrow_relation_shows_no_more_than_it_opens(clinic: Clinic) -> None:
    clinic.store(row(category=int(Category.LABORATORY), title="lab"), row(title="report"))
    worker = clinic.world.worker("specialist", clinic.id)
    clinic.world.relation(clinic.patient, worker, categories=mask([Category.LABORATORY]))
    assert titles(seen(clinic, worker)) == {"lab"}


def test_the_patient_does_not_see_drafts_nor_what_is_held_back_through_another(clinic: Clinic) -> None:
    clinic.store(row(title="draft", status="draft"), row(title="final"))
    held = new_id()
    clinic.store(row(held, title="held"))
    clinic.world.run(
        "UPDATE record.item SET held_until = now() + interval '1 day' WHERE id = %s", held
    )  # MY-5
    assert titles(seen(clinic, clinic.physician)) == {"final"}


def test_a_stranger_sees_nothing_but_all_in_an_emergency(clinic: Clinic) -> None:
    clinic.store(row(title="report"))
    stranger = clinic.world.worker("specialist", clinic.id)
    assert (seen(clinic, stranger).permits, titles(seen(clinic, stranger))) == (False, set())
    broken = seen(clinic, stranger, emergency=True)
    assert (broken.rule, titles(broken)) == ("BTG-1.emergency", {"report"})


def test_no_value_and_no_content_is_shown(clinic: Clinic) -> None:
    item = new_id()
    clinic.store(row(item, value_num=7.4, title="Glucose", category=int(Category.LABORATORY)))
    found = seen(clinic, clinic.physician)
    assert set(found.titles[0]) == {
        *("id", "category", "type", "title", "language", "clinical_at", "institution_id")
    }


def test_the_entry_is_the_patients_and_the_carer_is_not_told(clinic: Clinic) -> None:
    seen(clinic, clinic.physician)
    explained(clinic, clinic.physician)
    entries = clinic.world.run(
        "SELECT verb, permitted, person_id FROM log.entry WHERE patient_id = %s AND verb <> 'sign-in' ORDER BY id",
        clinic.patient,
    )
    assert [(verb, permitted) for verb, permitted, _ in entries] == [("see-as", True), ("explain", True)]
    assert clinic.physician.person not in {person for *_, person in entries}


@pytest.mark.parametrize("function", ["ombuds", "data-protection-officer", "medical-director"])
def test_the_desk_may_ask_and_see_titles(clinic: Clinic, function: str) -> None:
    clinic.store(row(title="report"))
    desk = clinic.world.session(clinic.world.worker(function, clinic.id), face="desk", purpose="governance")
    supposed = Supposed(employment=clinic.physician.employment, at=datetime.now(UTC))
    assert explain_access(desk, patient=clinic.patient, supposed=supposed, desk=True).rule == "ACD-2.work"
    assert titles(see_as(desk, patient=clinic.patient, employment=clinic.physician.employment)) == {"report"}


@pytest.mark.parametrize("function", ["registration-desk", "security-officer"])
def test_other_functions_of_the_desk_may_not(clinic: Clinic, function: str) -> None:
    desk = clinic.world.session(clinic.world.worker(function, clinic.id), face="desk", purpose="governance")
    supposed = Supposed(employment=clinic.physician.employment, at=datetime.now(UTC))
    with pytest.raises(AccessRefused):
        explain_access(desk, patient=clinic.patient, supposed=supposed, desk=True)
    with pytest.raises(AccessRefused):
        see_as(desk, patient=clinic.patient, employment=clinic.physician.employment)


def test_a_carer_may_neither_explain_nor_see_as(clinic: Clinic) -> None:
    with pytest.raises(AccessRefused):
        see_as(clinic.secret, patient=clinic.patient, employment=clinic.physician.employment)


def test_nobody_sees_another_patients_record_by_it(clinic: Clinic) -> None:
    other = clinic.world.patient()
    with pytest.raises(AccessRefused):
        see_as(own_session(clinic), patient=other, employment=clinic.physician.employment)


def test_an_excluded_person_of_the_desk_sees_nothing(clinic: Clinic) -> None:
    worker = clinic.world.worker("ombuds", clinic.id)
    clinic.world.exclude(clinic.patient, worker.person)
    desk = clinic.world.session(worker, face="desk", purpose="governance")
    with pytest.raises(AccessRefused):  # EXC-2
        see_as(desk, patient=clinic.patient, employment=clinic.physician.employment)


def test_an_unknown_employment_is_said(clinic: Clinic) -> None:
    with pytest.raises(ActRefused):
        see_as(own_session(clinic), patient=clinic.patient, employment=UUID(int=0))


def test_content_stays_closed_under_the_grant(clinic: Clinic) -> None:
    from unidossier.gate import door
    from unidossier.gate.door import SeeAs

    item = new_id()
    clinic.store(row(item))
    asked = SeeAs(patient=clinic.patient, employment=clinic.physician.employment)
    (versions,) = door.read_as(own_session(clinic), asked, record.versions(item)).rows
    assert versions == []
    with pytest.raises(RecordUnreadable):
        door.read_as(own_session(clinic), asked, door.Query("SELECT * FROM log.listed"))


def test_a_later_day_leaves_out_what_was_not_yet_there(clinic: Clinic) -> None:
    clinic.store(row(title="old", clinical_at="2020-01-01T00:00:00Z"), row(title="new"))
    assert titles(seen(clinic, clinic.physician, as_of=datetime(2025, 1, 1, tzinfo=UTC))) == {"old"}
    assert titles(seen(clinic, clinic.physician, as_of=datetime.now(UTC) + timedelta(days=1))) == {
        "old",
        "new",
    }
