"""The work list: each function sees its own tasks at its own institution, and an entry names every patient on the page."""

import pytest

from tests.actions.clinic import days
from tests.desk.conftest import FUNCTIONS, Desk
from unidossier.actions.list_my_patients import Sought
from unidossier.actions.list_tasks import TaskNotFound, finish_task, list_tasks, note_task, open_task
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Ask, Query, RecordUnreadable
from unidossier.kernel.uuid7 import new_id


def ids(desk: Desk, function: str = "registration-desk", **chosen: object) -> list:
    return [one["id"] for one in list_tasks(desk.secrets[function], **chosen).tasks]  # type: ignore[arg-type]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_sees_its_own_tasks_at_its_own_institution(desk: Desk, function: str) -> None:  # ACS-4
    own = desk.task(function=function, patient=desk.patient)
    without_patient = desk.task(function=function)
    for other in FUNCTIONS:
        if other != function:
            desk.task(function=other, patient=desk.patient)
    desk.task(function=function, patient=desk.patient, institution=desk.world.institution())
    assert set(ids(desk, function)) == {own, without_patient}


def test_the_most_urgent_stands_first_and_of_what_is_done_the_latest(desk: Desk) -> None:
    later, sooner = desk.task(due=days(3)), desk.task(due=days(-1))
    waiting, done = desk.task(state="waiting"), desk.task(state="done")
    assert ids(desk) == [sooner, later]
    assert (ids(desk, state="waiting"), ids(desk, state="done")) == ([waiting], [done])


def test_a_page_names_the_patients_it_shows_and_nobody_else(desk: Desk) -> None:  # LOG-1
    shown, elsewhere = desk.patient, desk.world.patient()
    desk.task(patient=shown)
    desk.task(patient=elsewhere, state="done")
    ids(desk)
    ((named,),) = desk.world.run(
        "SELECT patients FROM log.entry WHERE verb = 'desk-tasks' AND person_id = %s",
        desk.workers["registration-desk"].person,
    )
    assert named == [shown]


def test_search_by_number_of_the_task_name_birth_date_and_kind(desk: Desk) -> None:
    wanted, other = desk.task(patient=desk.patient, kind="death", state="done"), desk.task()
    ((number, family, birth),) = desk.world.run(
        "SELECT t.number, p.family, p.birth_date FROM cases.task t JOIN registry.patient p ON p.id = t.patient_id WHERE t.id = %s",
        wanted,
    )
    assert ids(desk, sought=Sought(number=str(number))) == [wanted]  # in any state
    assert ids(desk, state="done", sought=Sought(name=family)) == [wanted]
    assert ids(desk, state="done", sought=Sought(birth=birth)) == [wanted]
    assert ids(desk, state="done", sought=Sought(name="nobody of this name")) == []
    assert ids(desk, kind="duplicate") == [other]


def test_a_long_list_goes_on_where_the_page_before_ended(desk: Desk) -> None:
    made = {desk.task(due=days(n), patient=desk.patient if n % 2 else None) for n in range(60)}
    first = list_tasks(desk.secret)
    second = list_tasks(desk.secret, after=first.following)
    assert [len(first.tasks), len(second.tasks), second.following] == [50, 10, None]
    assert {one["id"] for one in (*first.tasks, *second.tasks)} == made


def test_a_note_is_written_once_and_the_task_waits(desk: Desk) -> None:
    task = desk.task(patient=desk.patient)
    for _ in range(2):
        note_task(desk.secret, task=task, words="Called the family", waiting=True)
    opened = open_task(desk.secret, task=task)
    assert opened.task["state"] == "waiting"
    assert [(one["what"], one["text"]) for one in opened.history] == [
        ("opened", ""),
        ("waiting", "Called the family"),
    ]


@pytest.mark.parametrize(
    ("words", "state", "code"),
    [(" ", "open", "words-missing"), ("Late", "done", "done-already")],
)
def test_a_note_that_cannot_be_written_says_why(desk: Desk, words: str, state: str, code: str) -> None:
    task = desk.task(state=state)
    with pytest.raises(ActRefused) as refused:
        note_task(desk.secret, task=task, words=words, waiting=False)
    assert refused.value.code == code


def test_what_asks_for_a_deed_is_not_closed_by_hand(desk: Desk) -> None:
    with pytest.raises(ActRefused, match="not-by-hand"):
        finish_task(desk.secret, task=desk.task(kind="confirm-exclusion"), words="seen to")
    with pytest.raises(ActRefused, match="no-such-task"):
        finish_task(desk.secret, task=desk.task(function="ombuds"), words="seen to")


def test_a_task_of_somebody_else_is_like_none(desk: Desk) -> None:  # ACD-8
    other = desk.task(function="ombuds", patient=desk.patient)
    for task in (other, new_id()):
        with pytest.raises(TaskNotFound):
            open_task(desk.secret, task=task)
        with pytest.raises(ActRefused) as refused:
            note_task(desk.secret, task=task, words="Mine?", waiting=False)
        assert refused.value.code == "no-such-task"


def test_a_carer_has_no_work_list(desk: Desk) -> None:
    with pytest.raises(AccessRefused):
        list_tasks(desk.clinic.secret)


def test_an_excluded_clerk_does_not_see_the_task(desk: Desk) -> None:  # EXC-2
    task = desk.task(patient=desk.patient)
    assert ids(desk) == [task]
    desk.world.exclude(desk.patient, desk.workers["registration-desk"].person)
    assert ids(desk) == []


CONTENT = ("record.item", "record.version", "record.attachment")


@pytest.mark.parametrize("table", CONTENT)
def test_under_no_verb_of_the_desk_is_there_clinical_content(desk: Desk, table: str) -> None:  # ACS-4
    look = Query(f"SELECT count(*) AS n FROM {table}")
    own = door.read(desk.clinic.secret, Ask(verb="open-item", patient=desk.patient, items=(desk.item,)), look)
    assert own.rows[0][0]["n"] == 1 or table == "record.attachment"
    permitted = set()
    verbs = [one for (one,) in desk.world.run("SELECT slug FROM gate.verb WHERE act = 'govern'")]
    for verb in verbs:
        for secret in desk.secrets.values():
            ask = Ask(verb=verb, patient=desk.patient, items=(desk.item,))
            try:
                (rows,) = door.read(secret, ask, look).rows
            except AccessRefused:
                continue
            assert rows[0]["n"] == 0, verb
            permitted.add(verb)
            with pytest.raises(RecordUnreadable):  # a list opens no record
                door.read_list(secret, verb, {"patient": str(desk.patient)}, look)
    assert permitted == set(verbs)
