"""The medical director: reviews (BTG-5, EXC-7), cases and their file (LOG-6, CON-11)."""

from typing import Any
from uuid import UUID

import pytest

from tests.cases.conftest import House
from tests.gate.reader import GLASS
from tests.gate.world import Worker, hours
from tests.log.entries import add_entries, entries_of
from unidossier.actions.gather_entries import gather_entries
from unidossier.actions.list_tasks import list_tasks
from unidossier.actions.open_request import open_request
from unidossier.actions.review_access import review_access, show_review
from unidossier.actions.settle_request import hand_over
from unidossier.actions.work_on_case import close_case, export_case, open_case, show_case
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Ask, Query
from unidossier.kernel.uuid7 import new_id


def _broke_the_glass(house: House) -> tuple[UUID, Worker]:
    """A physician without a relation opens the record in an emergency; return the task of its review."""
    physician = house.world.worker("emergency-physician", house.clinic.id)
    secret = house.world.session(physician)
    opening = new_id()
    door.write(
        secret,
        Ask(verb="break-the-glass", patient=house.patient, glass=GLASS),
        Query(
            "SELECT * FROM relations.open_in_emergency(%(id)s::uuid, %(reason)s, %(text)s)",
            {"id": opening, **GLASS},
        ),
    )
    ((task,),) = house.world.run(
        "SELECT id FROM cases.task WHERE subject_id = %s AND kind = 'glass-review'", opening
    )
    return task, physician


def test_a_review_shows_who_why_and_what_was_opened_and_no_content(house: House) -> None:
    """BTG-5; ACS-4: verbs and categories alone."""
    task, physician = _broke_the_glass(house)
    review = show_review(house.director, task=task)
    assert review.opening is not None
    assert (review.opening["person_id"], review.opening["justification"]) == (physician.person, GLASS["text"])
    assert {"break-the-glass"} <= {one["verb"] for one in review.entries}
    assert not {"items", "title", "resource"} & set(review.entries[0])


@pytest.mark.parametrize("outcome", ["justified", "missing-relation", "not-justified"])
def test_each_outcome_of_a_review(house: House, outcome: str) -> None:
    """BTG-5: not justified opens a case, a missing relation says which work should have made it."""
    task, physician = _broke_the_glass(house)
    review_access(
        house.director, task=task, outcome=outcome, words="Asked him about it.", missing_work="referral"
    )
    assert house.state(task) == ("medical-director", "done", outcome)
    cases = [one for one in list_tasks(house.director).tasks if one["kind"] == "case"]
    assert [one["person_id"] for one in cases] == ([physician.person] if outcome == "not-justified" else [])
    for one in cases:  # the case holds what it is about (CON-11)
        shown = show_case(house.director, task=one["id"])
        assert [line["verb"] for line in shown.entries if line["id"] in shown.gathered] == ["break-the-glass"]
    ((missing,),) = house.world.run("SELECT facts ->> 'missing' FROM cases.task WHERE id = %s", task)
    assert missing == ("referral" if outcome == "missing-relation" else None)


@pytest.mark.parametrize(
    ("judged", "code"),
    [
        ({"outcome": "fine"}, "no-such-outcome"),
        ({"outcome": "not-justified", "words": "no"}, "reason-missing"),
        ({"outcome": "missing-relation"}, "work-missing"),
        ({"outcome": "missing-relation", "missing_work": "friendship"}, "work-missing"),
    ],
)
def test_a_review_is_refused(house: House, judged: dict[str, str], code: str) -> None:
    task, _ = _broke_the_glass(house)
    with pytest.raises(ActRefused) as refused:
        review_access(house.director, task=task, **judged)
    assert refused.value.code == code
    assert house.state(task)[1] == "open"


def test_nobody_reviews_himself_under_whatever_name(house: House) -> None:
    """EXC-6: a person is the human being, whichever account he uses."""
    task, physician = _broke_the_glass(house)
    human = house.world.run("SELECT human_id FROM registry.person WHERE id = %s", physician.person)[0][0]
    other_hat = house.world.worker("medical-director", house.clinic.id, human=human)
    with pytest.raises(ActRefused) as refused:
        review_access(
            house.world.session(other_hat, face="desk", purpose="governance"), task=task, outcome="justified"
        )
    assert refused.value.code == "own-access"
    with pytest.raises(AccessRefused):
        review_access(house.officer, task=task, outcome="justified")  # ACS-1: the officer does not direct


def test_a_lifting_is_justified_or_not(house: House) -> None:
    """EXC-7: next-day review."""
    task = house.task("lifting-review", function="medical-director", person_id=house.clinic.physician.person)
    with pytest.raises(ActRefused) as refused:
        review_access(house.director, task=task, outcome="missing-relation", missing_work="stay")
    assert refused.value.code == "no-such-outcome"
    review_access(house.director, task=task, outcome="justified")
    assert house.state(task)[2] == "justified"


def _entries(house: House, person: UUID) -> list[int]:
    add_entries(house.clinic, 3, person_id=person, institution_id=house.clinic.id)
    return [
        entry
        for (entry,) in house.world.run(
            "SELECT id FROM log.entry WHERE patient_id = %s AND person_id = %s", house.patient, person
        )
    ]


def _case(house: House, **columns: Any) -> UUID:
    columns = {"person_id": house.clinic.physician.person, "subject_id": new_id()} | columns
    return house.task("case", function="medical-director", **columns)


def test_a_case_gathers_entries_of_its_patient_and_carer_alone(house: House) -> None:
    case = _case(house)
    mine = _entries(house, house.clinic.physician.person)
    others = _entries(house, house.world.worker("nurse", house.clinic.id).person)
    assert gather_entries(house.director, task=case, entries=mine, reason="Complaint") == 3
    assert gather_entries(house.director, task=case, entries=mine, reason="Complaint") == 0
    for foreign in (others, [], [1]):
        with pytest.raises(ActRefused) as refused:
            gather_entries(house.director, task=case, entries=foreign, reason="Complaint")
        assert refused.value.code == "no-such-entry"
    shown = show_case(house.director, task=case)
    assert shown.gathered == set(mine) <= {one["id"] for one in shown.entries}
    assert not set(others) & {one["id"] for one in shown.entries}


def test_of_many_entries_the_newest_stand_on_the_page_of_a_case(house: House) -> None:
    case, person = _case(house), house.clinic.physician.person
    assert not show_case(house.director, task=case).has_more
    add_entries(house.clinic, 60, person_id=person)
    shown = show_case(house.director, task=case)
    assert shown.has_more and len(shown.entries) == 50
    newest = "SELECT id FROM log.entry WHERE patient_id = %s AND person_id = %s ORDER BY id DESC LIMIT 50"
    assert [(one["id"],) for one in shown.entries] == house.world.run(newest, house.patient, person)


def test_a_case_about_nobody_yet_gathers_entries_of_everybody_about_its_patient(house: House) -> None:
    case = _case(house, person_id=None)
    entries = [
        *_entries(house, house.clinic.physician.person),
        *_entries(house, house.director_worker.person),
    ]
    assert gather_entries(house.director, task=case, entries=entries, reason="Complaint") == len(entries)
    elsewhere = house.world.patient()
    add_entries(house.clinic, 1, patient_id=elsewhere, person_id=house.clinic.physician.person)
    ((foreign,),) = house.world.run("SELECT id FROM log.entry WHERE patient_id = %s", elsewhere)
    with pytest.raises(ActRefused) as refused:
        gather_entries(house.director, task=case, entries=[foreign], reason="Complaint")
    assert refused.value.code == "no-such-entry"


def test_the_file_of_a_case_leaves_with_its_entries_and_that_is_an_entry(house: House) -> None:
    """CON-11: export for the Order."""
    case = _case(house)
    gather_entries(
        house.director,
        task=case,
        entries=_entries(house, house.clinic.physician.person)[:2],
        reason="Complaint",
    )
    task, entries = export_case(house.director, task=case)
    assert len(entries) == 2
    assert [one["what"] for one in task.history][-1] == "exported"
    exports = [one for one in entries_of(house.clinic, house.director) if one.detail.get("export")]
    assert [(one.verb, one.permitted, one.patient) for one in exports] == [("direct", True, house.patient)]


def test_a_closed_case_wakes_the_request_it_came_from(house: House) -> None:
    asked = new_id()
    facts = {"asker": "patient", "channel": "telephone", "text": "Who is this?"}
    open_request(house.ombuds, patient=house.patient, task=asked, kind="unknown-person", facts=facts)
    hand_over(house.ombuds, function="ombuds", task=asked, to="medical-director", words="Please look")
    (case,) = list_tasks(house.director).tasks
    with pytest.raises(ActRefused) as refused:
        close_case(house.director, task=case["id"], outcome="warned", words="no")
    assert refused.value.code == "reason-missing"
    close_case(house.director, task=case["id"], outcome="warned", words="He was warned in writing.")
    assert house.state(case["id"])[1:] == ("done", "warned")
    assert house.state(asked) == ("ombuds", "open", "")
    assert house.happened(asked)[-1] == "case-closed"
    with pytest.raises(ActRefused) as again:
        close_case(house.director, task=case["id"], outcome="warned", words="He was warned in writing.")
    assert again.value.code == "done-already"


def test_the_director_opens_a_case_himself(house: House) -> None:
    """LOG-6: on a complaint."""
    case = new_id()
    person = house.clinic.physician.person
    open_case(house.director, patient=house.patient, task=case, person=person, words="Complaint by telephone")
    open_case(house.director, patient=house.patient, task=case, person=person, words="Complaint by telephone")
    assert [one["id"] for one in list_tasks(house.director).tasks] == [case]
    relative = house.world.person(professional=False)
    for asked, code in (
        ({"person": None, "words": "short"}, "reason-missing"),
        ({"person": relative, "words": "Complaint by telephone"}, "no-such-person"),
    ):
        with pytest.raises(ActRefused) as refused:
            open_case(house.director, patient=house.patient, task=new_id(), **asked)
        assert refused.value.code == code


@pytest.mark.parametrize("secret", ["ombuds", "director", "officer"])
def test_no_clinical_content_by_virtue_of_the_function(house: House, secret: str) -> None:
    """ACS-4: under every verb of the Desk the record gives nothing; without it not even that."""
    house.clinic.world.item(house.patient, house.clinic.id)
    verb = {"ombuds": "mediate", "director": "direct", "officer": "protect"}[secret]
    for one in (verb, "desk-open"):
        rows = door.read(
            getattr(house, secret),
            Ask(verb=one, patient=house.patient),
            Query("SELECT id FROM record.item"),
            Query("SELECT item_id FROM record.version"),
        ).rows
        assert rows == ([], [])
    with pytest.raises(AccessRefused):
        door.read(getattr(house, secret), Ask(verb="open-record", patient=house.patient))


def test_who_excluded_the_director_is_not_on_his_desk(house: House) -> None:
    """EXC-2: in no way whatsoever."""
    task, _ = _broke_the_glass(house)
    assert show_review(house.director, task=task).opening
    house.world.exclude(house.patient, house.director_worker.person)
    assert list_tasks(house.director).tasks == []
    with pytest.raises(ActRefused) as refused:
        review_access(house.director, task=task, outcome="justified")
    assert refused.value.code == "no-such-task"


def test_a_review_is_due_within_72_hours(house: House) -> None:
    task, _ = _broke_the_glass(house)
    ((due,),) = house.world.run("SELECT due_at FROM cases.task WHERE id = %s", task)
    assert hours(71.9) < due < hours(72.1)
