"""The Desk over the log: search, cases out of entries, codes, and the open figures (LOG-5, LOG-6, CON-11)."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.visit import NARROW, Visit

pytestmark = pytest.mark.browser

OMBUDS, DIRECTOR = "katrien.segers", "medische.directie"


def search(visit: Visit, *, who: str = "") -> None:
    """Ask the log, with the ground; a name leads to the one whose it is."""
    visit.page.goto("/desk/log/")
    visit.page.get_by_label(visit.words("Why you search")).select_option("spot-check")
    if who:
        visit.page.get_by_label(visit.words("Name of the person")).fill(who)
    visit.click("Search")


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_found_and_become_a_case(visitor: Visitor, language: str) -> None:
    """LOG-6: a ground first; who, about whom, by which rule; then a case, with one line taken out again."""
    director = visitor(DIRECTOR, language=language)
    director.page.goto("/desk/log/")
    director.check()
    director.click("Search")
    expect(director.page.locator(".error-summary")).to_contain_text(director.words("Say why you search."))
    search(director, who="An Verlinden")
    expect(director.page.locator(".desk__chosen")).to_contain_text("An Verlinden")
    director.check()
    boxes = director.page.locator(".desk__log input[type=checkbox]")
    for number in range(2):
        boxes.nth(number).check()
    director.click("Open a case with the ticked entries")
    expect(director.page.locator(".error-summary").first).to_be_visible()
    expect(director.page.locator(".desk__log input:checked")).to_have_count(2)  # nothing is ticked twice
    mark = secrets.token_hex(4)
    director.page.get_by_label(director.words("What the case is about")).fill(f"Melding {mark}")
    director.click("Open a case with the ticked entries")
    director.page.goto("/desk/?kind=case")
    director.page.locator(".desk__tasks").get_by_role("link").last.click()
    expect(director.page.locator("main")).to_contain_text(mark)
    expect(director.page.locator(".desk__log").first.locator("tbody tr")).to_have_count(2)
    director.check()
    director.page.locator(".desk__log input[type=checkbox]").first.check()
    director.page.locator(".desk__out summary").click()
    director.page.get_by_label(director.words("Why they do not belong to it")).fill("Gewone zorg")
    director.click("Take the ticked entries out")
    expect(director.page.locator(".desk__log").first.locator("tbody tr")).to_have_count(1)
    expect(director.page.locator(".desk__events")).to_contain_text("Gewone zorg")
    director.click("Search in the log for this task", role="link")
    director.check()
    director.page.locator(".desk__log input[type=checkbox]").last.check()
    director.page.get_by_label(director.words("Why they belong to it")).fill("Dezelfde avond")
    director.page.locator(".desk__gather button").click()
    expect(director.page.locator(".desk__events")).to_contain_text("Dezelfde avond")


def test_the_ombuds_service_searches_for_a_request_alone(visitor: Visitor) -> None:
    """MY-15: what the patient asked about leads to the entries, and nothing else does."""
    ombuds = visitor(OMBUDS, language="de")
    search(ombuds)
    expect(ombuds.page.locator(".error-summary")).to_be_visible()
    expect(ombuds.page.locator(".desk__log")).to_have_count(0)
    ombuds.page.goto("/desk/?kind=overview")
    ombuds.page.locator(".desk__tasks").get_by_role("link").first.click()
    ombuds.click("Search in the log for this task", role="link")
    expect(ombuds.page.locator(".desk__log tbody tr").first).to_be_visible()
    ombuds.page.go_back()
    ombuds.page.locator("main").get_by_role("link", name=ombuds.words("Who is behind a code")).click()
    ombuds.check()
    ombuds.page.get_by_label(ombuds.words("Code of the person")).fill("AAAAA")
    ombuds.page.get_by_label(ombuds.words("Why it must be known")).fill("Die Patientin fragt danach")
    ombuds.click("Show who it is")
    expect(ombuds.page.locator("main")).to_contain_text(
        ombuds.words("Nobody has this code in the list of this patient. Check the signs.")
    )
    ombuds.check()


def test_the_open_figures_are_read_by_whoever_comes(visitor: Visitor) -> None:
    """They name nobody; as a page on a telephone, as a table of data and on paper."""
    patient = visitor("rita.goossens", language="nl")
    patient.page.goto("/my/access/")
    patient.click("How often hospitals open records", role="link")
    patient.check()
    patient.page.locator("main li a").first.click()
    patient.check()
    patient.page.set_viewport_size(NARROW)
    patient.check()
    for form, begin in (("CSV", b"year,part,what,also,times"), ("PDF", b"%PDF")):
        address = patient.page.get_by_role("link", name=form).get_attribute("href")
        assert address
        assert patient.page.context.request.get(address).body().startswith(begin)
    browser = patient.page.context.browser
    assert browser
    stranger = browser.new_page(base_url=patient.site.address)
    stranger.goto("/figures/")
    expect(stranger.locator("main li a").first).to_be_visible()
    stranger.context.close()
