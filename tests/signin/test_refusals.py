"""What the gate raises, as pages; what is away, as away (ALL-5, ACD-8)."""

import pytest

from tests.signin.conftest import People
from tests.signin.person import HTMX, Browser


@pytest.fixture
def inside(browser: Browser, people: People) -> Browser:
    """A nurse who has gone in."""
    browser.go_in(people.nurse())
    return browser


def test_a_record_that_could_not_be_read_is_never_shown_as_empty(inside: Browser) -> None:
    answer = inside.get("/ward/fail/unreadable")
    assert answer.status_code == 503
    assert b"could not be read" in answer.content and b"not mean that it is empty" in answer.content


def test_a_refusal_is_neutral(inside: Browser) -> None:
    refused, changed = inside.get("/ward/fail/refused"), inside.get("/ward/fail/changed")
    assert refused.status_code == changed.status_code == 404
    assert b"You have no access to this record" in refused.content
    assert b"ACD-1" not in refused.content


def test_an_ended_session_leads_to_the_sign_in(inside: Browser) -> None:
    answer = inside.get("/ward/fail/ended")
    assert answer["Location"] == "/sign-in?next=%2Fward%2Ffail%2Fended"
    assert inside.get("/ward/")["Location"].startswith("/sign-in")


def test_an_ended_session_leads_htmx_to_a_whole_page(inside: Browser) -> None:
    answer = inside.get("/ward/fail/ended", headers={**HTMX, "HX-Current-URL": "http://localhost/ward/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/sign-in?next=%2Fward%2F")


def test_a_session_ended_at_the_gate_ends_here_at_the_next_read(
    browser: Browser, people: People, world: object
) -> None:
    patient = people.patient()
    browser.sign_in(patient)
    browser.get("/places")
    assert browser.get("/my/own").status_code == 200
    world.run("UPDATE gate.session SET ended_at = now() WHERE person_id = %s", patient.person)  # type: ignore[attr-defined]
    assert browser.get("/my/own")["Location"].startswith("/sign-in")
