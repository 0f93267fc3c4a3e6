"""The search in the log as a page (LOG-6): what makes no sense is told, and never breaks it."""

import pytest

from tests.desk.conftest import Desk
from tests.portals.conftest import Visitor

NOBODY = "00000000-0000-0000-0000-000000000000"
PERIOD = "/desk/log/?why=spot-check&since=2026-01-01&until=2026-12-31"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (f"{PERIOD}&patient={NOBODY}", "No entry fits"),
        ("/desk/log/?why=spot-check&since=0001-01-01&until=9999-12-31", "Choose a day between 1900 and 2100"),
        ("/desk/log/?why=spot-check&since=1900-01-01&until=2100-12-31", "Entries, newest first"),
        ("/desk/log/?why=spot-check&since=2026-11-22&until=2026-11-01", "The period ends before it begins"),
        (f"{PERIOD}&person=x", "This page: Something of it is missing. Open it again."),
        (f"{PERIOD}&before=x", "Entries, newest first"),
    ],
    ids=[
        "a patient whom nobody knows",
        "another age",
        "all of time",
        "turned round",
        "no person",
        "no place to go on",
    ],
)
def test_a_search_that_makes_no_sense_is_told(desk: Desk, visitor: Visitor, asked: str, words: str) -> None:
    answer = visitor(desk.workers["data-protection-officer"].person).get(asked)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_the_page_of_codes_is_the_ombuds_service_s_alone(desk: Desk, visitor: Visitor) -> None:
    """LOG-5; and who is not it reads that, and not that his page was open too long."""
    assert visitor(desk.workers["ombuds"].person).get("/desk/code/").status_code == 200
    other = visitor(desk.workers["data-protection-officer"].person).get("/desk/code/")
    assert other.status_code == 403
    assert "This page is for another function of the hospital" in other.content.decode()


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_each_act_has_words_of_its_own(desk: Desk, language: str) -> None:
    """Two of the same name in the list of acts could not be told apart."""
    twice = "SELECT words ->> %s FROM gate.verb GROUP BY 1 HAVING count(*) > 1"
    assert desk.world.run(twice, language) == []
