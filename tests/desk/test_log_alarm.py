"""An alarm of the log at the Desk (LOG-8): on the page, in the work list of those who answer for it, closed by a person with words."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.desk.conftest import FUNCTIONS, Desk
from tests.portals.conftest import Visitor

PATH = "/desk/log-state/"
OFFICERS = ("data-protection-officer", "security-officer")


@pytest.fixture
def alarm(desk: Desk) -> Iterator[UUID]:
    """A gap that a comparison has found and told."""
    ((made,),) = desk.world.run(
        "INSERT INTO log.alarm (kind, gaps, entries) VALUES ('entry-gone', 2, '{2026110000000000042}') RETURNING id"
    )
    desk.world.run("SELECT cases.tell_log_alarms()")
    yield made
    desk.world.run("DELETE FROM log.alarm")


def _text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]


def test_the_officers_are_told_and_others_read_it_on_the_page(
    desk: Desk, visitor: Visitor, alarm: UUID
) -> None:
    for function in FUNCTIONS:
        browser = visitor(desk.workers[function].person)
        home = _text(browser.get("/desk/"))
        assert ("Alarm of the log" in home and "An entry is missing" in home) is (function in OFFICERS)
        if function != "registration-desk":
            page = _text(browser.get(PATH))
            assert "An entry is missing" in page and "2026110000000000042" in page
            assert "All is well" not in page


def test_an_officer_closes_it_with_words_for_all(desk: Desk, visitor: Visitor, alarm: UUID) -> None:
    officer = visitor(desk.workers["security-officer"].person)
    ((task,),) = desk.world.run(
        "SELECT id FROM cases.task WHERE subject_id = %s AND institution_id = %s AND function = 'security-officer'",
        alarm,
        desk.clinic.id,
    )
    assert f"/desk/task/{task}/done/" in _text(officer.get(f"/desk/task/{task}/"))
    assert 'href="/desk/log-state/"' in _text(officer.get(f"/desk/task/{task}/")).split("<main")[1]
    assert "Write what was done" in _text(officer.post(f"/desk/task/{task}/done/", words=" "))
    assert "at least ten characters" in _text(officer.post(f"/desk/task/{task}/done/", words="seen"))
    assert desk.world.run("SELECT closed_at FROM log.alarm WHERE id = %s", alarm) == [(None,)]
    assert (
        officer.post(f"/desk/task/{task}/done/", words="A copy was put back; nothing was lost.").status_code
        == 302
    )
    page = _text(officer.get(PATH))
    assert "Alarms of the last 90 days" in page and "nothing was lost" in page
    assert not re.search(r'role="alert".{0,200}An entry is missing', page, re.S)


def test_who_has_no_such_task_cannot_close_it(desk: Desk, visitor: Visitor, alarm: UUID) -> None:
    ((task,),) = desk.world.run(
        "SELECT id FROM cases.task WHERE subject_id = %s AND institution_id = %s AND function = 'security-officer'",
        alarm,
        desk.clinic.id,
    )
    clerk = visitor(desk.workers["registration-desk"].person)
    assert clerk.post(f"/desk/task/{task}/done/", words="Nothing to see.").status_code == 404
    assert desk.world.run("SELECT closed_at FROM log.alarm WHERE id = %s", alarm) == [(None,)]


def test_every_kind_of_gap_and_every_comparison_has_its_words(desk: Desk) -> None:
    from tests.log.completeness.test_compared import SEEDED
    from unidossier.actions.compare_log import compare_log, show_completeness
    from unidossier.portals.desk import present_completeness as words

    assert {kind for kind, _ in SEEDED.values()} | {
        "unsigned",
        "policies-changed",
        "rows-changed",
    } == words.ALARMS.keys()
    compare_log()
    assert show_completeness().checks.keys() == words.CHECKS.keys()
