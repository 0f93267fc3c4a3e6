"""Requests of patients and relatives at the ombuds service: each refusal beside its permit (LOG-5, MY-10, MY-18, DTH-3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cases.conftest import House
from tests.gate.world import hours
from unidossier.actions.ask_institution import ask_institution, list_holding
from unidossier.actions.designate_professional import (
    designate_professional,
    find_professional,
    show_relative_request,
)
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.list_tasks import list_tasks
from unidossier.actions.open_record import open_record
from unidossier.actions.open_request import find_asked_about, open_request, record_objection, show_asked_about
from unidossier.actions.settle_request import hand_over, settle_request
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import EVERY_CATEGORY, Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter

ASKED = {"asker": "patient", "name": "", "contact": "", "channel": "telephone", "text": "Who read my file?"}
RELATIVE = ASKED | {"asker": "relative", "tie": "child", "motivation": "to know what he died of"}


def _die(house: House) -> None:
    house.world.run(
        "UPDATE registry.patient SET deceased_at = now() - interval '1 day' WHERE id = %s", house.patient
    )


def _ask(house: House, kind: str = "overview", facts: dict[str, Any] = ASKED) -> Any:
    task = new_id()
    open_request(house.ombuds, patient=house.patient, task=task, kind=kind, facts=facts)
    return task


@pytest.mark.parametrize(
    ("kind", "days"),
    [("overview", 28), ("correction", 28), ("not-visible", 28), ("unknown-person", 14), ("other", 28)],
)
def test_a_request_has_its_deadline(house: House, kind: str, days: int) -> None:
    """GDPR art. 12: a month; somebody unknown sooner (MY-15)."""
    task = _ask(house, kind)
    ((due,),) = house.world.run("SELECT due_at - made_at FROM cases.task WHERE id = %s", task)
    assert timedelta(days=days) <= due <= timedelta(days=days + 3)
    assert house.happened(task) == ["opened"]


def test_a_request_sent_twice_is_one(house: House) -> None:
    task = _ask(house)
    open_request(house.ombuds, patient=house.patient, task=task, kind="overview", facts=ASKED)
    assert len(list_tasks(house.ombuds).tasks) == 1


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        ("gossip", ASKED, "unknown-kind"),
        ("correction", ASKED | {"text": " "}, "text-missing"),
        ("relative", RELATIVE, "not-deceased"),
    ],
)
def test_a_request_is_refused(house: House, kind: str, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(ActRefused) as refused:
        _ask(house, kind, facts)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"tie": "neighbour"}, "no-such-tie"), ({"motivation": "x  x"}, "motivation-missing"), ({}, "")],
)
def test_a_relative_says_who_he_is_and_why(house: House, facts: dict[str, Any], code: str) -> None:
    """DTH-3: spouse, cohabitant, partner, kin to the second degree; with a motivation."""
    _die(house)
    if not code:
        assert house.state(_ask(house, "relative", RELATIVE)) == ("ombuds", "open", "")
        return
    with pytest.raises(ActRefused) as refused:
        _ask(house, "relative", RELATIVE | facts)
    assert refused.value.code == code


def test_only_the_ombuds_service_takes_requests(house: House) -> None:
    """ACS-1: the function table lets nobody else mediate."""
    for other in (house.director, house.officer, house.clinic.secret):
        with pytest.raises(AccessRefused):
            open_request(other, patient=house.patient, task=new_id(), kind="other", facts=ASKED)


def test_an_answer_closes_and_the_patient_reads_it(house: House) -> None:
    task = _ask(house, "correction")
    settle_request(house.ombuds, task=task, outcome="granted", words="The date is corrected.")
    assert house.state(task) == ("ombuds", "done", "granted")
    kind, facts = house.told()[-1]
    assert (kind, facts["text"], facts["request"]) == ("answer", "The date is corrected.", "correction")
    with pytest.raises(ActRefused) as twice:
        settle_request(house.ombuds, task=task, outcome="granted", words="Again")
    assert twice.value.code == "done-already"


@pytest.mark.parametrize(
    ("outcome", "words", "code"), [("granted", "", "answer-missing"), ("maybe", "Perhaps", "no-such-outcome")]
)
def test_an_answer_is_refused(house: House, outcome: str, words: str, code: str) -> None:
    task = _ask(house)
    with pytest.raises(ActRefused) as refused:
        settle_request(house.ombuds, task=task, outcome=outcome, words=words)
    assert refused.value.code == code
    assert house.state(task)[1] == "open" and house.told() == []


def test_a_task_of_another_institution_is_not_there(house: House) -> None:
    task = _ask(house)
    elsewhere = house.world.worker("ombuds", house.world.institution())
    stranger = house.world.session(elsewhere, face="desk", purpose="governance")
    with pytest.raises(ActRefused) as refused:
        settle_request(stranger, task=task, outcome="answered", words="Hello there")
    assert refused.value.code == "no-such-task"


def test_the_director_gets_a_case_and_the_request_waits(house: House) -> None:
    task = _ask(house, "unknown-person")
    hand_over(house.ombuds, function="ombuds", task=task, to="medical-director", words="Please look at this")
    assert house.state(task) == ("ombuds", "waiting", "")
    (case,) = list_tasks(house.director).tasks
    assert (case["kind"], case["facts"]["from_kind"]) == ("case", "unknown-person")
    with pytest.raises(ActRefused) as refused:
        hand_over(house.ombuds, function="ombuds", task=task, to="ombuds", words="To myself")
    assert refused.value.code == "no-such-function"


def test_another_function_takes_over(house: House) -> None:
    task = _ask(house, "correction")
    hand_over(house.ombuds, function="ombuds", task=task, to="registration-desk", words="Wrong birth date")
    assert house.state(task) == ("registration-desk", "open", "")
    assert house.happened(task) == ["opened", "handed-over"]


def test_the_patient_asks_the_institution_himself(house: House) -> None:
    """MY-10, MY-18: it reaches the ombuds service of the institution that holds something of him."""
    house.clinic.store({**_row()})
    own = house.world.own_session(house.patient)
    (holding,) = list_holding(own, patient=house.patient)[2]
    asked = {"patient": house.patient, "task": new_id(), "institution": holding["id"], "kind": "not-visible"}
    ask_institution(own, **asked, words="The letter of May")
    (line,) = list_tasks(house.ombuds).tasks
    assert (line["kind"], line["facts"]["text"], line["facts"]["channel"]) == (
        "not-visible",
        "The letter of May",
        "portal",
    )
    for change, code in (
        ({"institution": house.world.institution(), "task": new_id()}, "not-here"),
        ({"kind": "gossip", "task": new_id()}, "unknown-kind"),
    ):
        with pytest.raises(ActRefused) as refused:
            ask_institution(own, **(asked | change), words="The letter of May")
        assert refused.value.code == code
    with pytest.raises(AccessRefused):
        ask_institution(house.clinic.secret, **asked, words="I am no patient")


def _row() -> dict[str, Any]:
    from tests.actions.clinic import row

    return row()


def test_who_is_asked_about_is_found_by_number_or_name(house: House) -> None:
    ((number, name),) = house.world.run(
        "SELECT n.value, p.family FROM registry.patient p JOIN registry.patient_identifier n ON n.patient_id = p.id WHERE p.id = %s",
        house.patient,
    )
    assert [one["id"] for one in find_asked_about(house.ombuds, number=number)] == [house.patient]
    assert house.patient in {one["id"] for one in find_asked_about(house.ombuds, name=name)}
    assert find_asked_about(house.ombuds, name="!!") == []
    assert show_asked_about(house.ombuds, patient=house.patient)[0]["id"] == house.patient


def _relative(house: House) -> Any:
    _die(house)
    return _ask(house, "relative", RELATIVE)


def _reader(house: House) -> Any:
    return house.world.worker("gp", house.world.institution(network=False))


def _designate(house: House, task: Any, person: Any, **changes: Any) -> None:
    told = {"opens": Category.REPORT.bit, "ends": hours(24 * 60), "words": ""} | changes
    designate_professional(house.ombuds, task=task, representation=new_id(), professional=person, **told)


def test_a_professional_reads_for_the_relatives_and_nobody_else(house: House) -> None:
    """DTH-3: time-boxed, scoped, never the relative himself."""
    item = house.clinic.world.item(house.patient, house.clinic.id)
    task = _relative(house)
    reader = _reader(house)
    secret = house.world.session(reader, face="consult")
    with pytest.raises(AccessRefused):
        open_record(secret, patient=house.patient, chosen=Filter())
    _designate(house, task, reader.person)
    opened = open_record(secret, patient=house.patient, chosen=Filter())
    assert (opened.rule, opened.opens) == ("DTH-3.designated", Category.REPORT.bit)
    assert item in {line["id"] for line in opened.listed.lines}
    assert [one["id"] for one in list_my_patients(secret).patients] == [house.patient]
    assert house.state(task) == ("ombuds", "done", "designated")
    assert len(show_relative_request(house.ombuds, patient=house.patient)[1]) == 1


def test_the_objection_of_the_patient_stands(house: House) -> None:
    record_objection(house.ombuds, patient=house.patient, objects=True)
    task = _relative(house)
    with pytest.raises(ActRefused) as refused:
        _designate(house, task, _reader(house).person)
    assert refused.value.code == "objected-in-life"
    with pytest.raises(ActRefused) as late:
        record_objection(house.ombuds, patient=house.patient, objects=False)
    assert late.value.code == "deceased"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"opens": 0}, "no-categories"),
        ({"ends": datetime(2000, 1, 1, tzinfo=UTC)}, "end-not-allowed"),
        ({"ends": hours(24 * 100)}, "end-not-allowed"),
        ({"opens": EVERY_CATEGORY}, ""),
    ],
)
def test_a_designation_is_short_and_scoped(house: House, changes: dict[str, Any], code: str) -> None:
    task = _relative(house)
    if not code:
        _designate(house, task, _reader(house).person, **changes)
        return
    with pytest.raises(ActRefused) as refused:
        _designate(house, task, _reader(house).person, **changes)
    assert refused.value.code == code


def test_only_a_professional_is_designated(house: House) -> None:
    task = _relative(house)
    receptionist = house.world.worker("reception", house.clinic.id)
    with pytest.raises(ActRefused) as refused:
        _designate(house, task, receptionist.person)
    assert refused.value.code == "not-a-professional"
    with pytest.raises(ActRefused) as other:
        _designate(house, _ask(house), _reader(house).person)
    assert other.value.code == "not-relative"


def test_professionals_are_found_by_words_of_their_name(house: House) -> None:
    reader = _reader(house)
    ((family,),) = house.world.run("SELECT family FROM registry.person WHERE id = %s", reader.person)
    assert reader.person in {one["person"] for one in find_professional(f"{family} jo")}
    assert find_professional("") == []
