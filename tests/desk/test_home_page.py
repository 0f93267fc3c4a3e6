"""The pages of the work list: as the clerk sees them, and what a bad address or form answers."""

import pytest

from tests.actions.clinic import days
from tests.desk.conftest import FUNCTIONS, Desk
from tests.portals.conftest import Visitor
from unidossier.kernel.uuid7 import new_id


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_governance_arrives_at_its_work_list(
    desk: Desk, visitor: Visitor, function: str
) -> None:
    desk.task(function=function, kind="case", due=days(-1))
    page = visitor(desk.workers[function].person).get("/desk/")
    assert page.status_code == 200
    assert b"overdue" in page.content


def test_an_empty_work_list_says_so(desk: Desk, visitor: Visitor) -> None:
    clerk = visitor(desk.workers["registration-desk"].person)
    assert b"Nothing waits for you" in clerk.get("/desk/").content
    assert b"No task fits" in clerk.get("/desk/?q=Roe").content
    assert b"There is no task here" in clerk.get("/desk/?state=done").content


@pytest.mark.parametrize("query", ["state=x", "kind=x", "after=1_2", "after=nan_x", "q=30.02.1980"])
def test_a_strange_address_shows_the_list(desk: Desk, visitor: Visitor, query: str) -> None:
    assert visitor(desk.workers["ombuds"].person).get(f"/desk/?{query}").status_code == 200


def test_a_note_is_written_and_told(desk: Desk, visitor: Visitor) -> None:
    task = desk.task(patient=desk.patient)
    clerk = visitor(desk.workers["registration-desk"].person)
    answer = clerk.post(f"/desk/task/{task}/note/", words="Called back", waiting="on")
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/task/{task}/")
    page = clerk.get(f"/desk/task/{task}/").content
    assert b"Called back" in page and b"The note is written" in page


@pytest.mark.parametrize(
    ("words", "told"), [("", b"Write the note first"), ("x" * 2001, b"at most 2000 characters")]
)
def test_a_bad_note_says_what_to_do(desk: Desk, visitor: Visitor, words: str, told: bytes) -> None:
    task = desk.task()
    page = visitor(desk.workers["registration-desk"].person).post(f"/desk/task/{task}/note/", words=words)
    assert page.status_code == 200
    assert told in page.content and b"error-summary" in page.content


def test_a_task_finished_meanwhile_takes_no_note(desk: Desk, visitor: Visitor) -> None:
    task = desk.task(state="done")
    clerk = visitor(desk.workers["registration-desk"].person)
    assert clerk.post(f"/desk/task/{task}/note/", words="Late").status_code == 302
    assert b"finished this task meanwhile" in clerk.get(f"/desk/task/{task}/").content


def test_the_task_of_somebody_else_is_not_there(desk: Desk, visitor: Visitor) -> None:
    other = desk.task(function="ombuds")
    clerk = visitor(desk.workers["registration-desk"].person)
    assert {clerk.get(f"/desk/task/{one}/").status_code for one in (other, new_id())} == {404}


def test_a_task_that_asks_to_be_seen_to_is_closed_with_a_word(desk: Desk, visitor: Visitor) -> None:
    task, review = desk.task(patient=desk.patient), desk.task(kind="confirm-exclusion", patient=desk.patient)
    clerk = visitor(desk.workers["registration-desk"].person)
    assert f"/desk/task/{task}/done/".encode() in clerk.get(f"/desk/task/{task}/").content
    assert b"Write what was done" in clerk.post(f"/desk/task/{task}/done/", words=" ").content
    assert clerk.post(f"/desk/task/{task}/done/", words="seen both").status_code == 302
    assert desk.world.run("SELECT state, outcome FROM cases.task WHERE id = %s", task) == [("done", "done")]
    assert b"seen both" in clerk.get(f"/desk/task/{task}/").content
    assert b"finished this task meanwhile" in clerk.post(f"/desk/task/{task}/done/", words="again").content
    assert clerk.get(f"/desk/task/{review}/done/").status_code == 404  # its own deed closes it
