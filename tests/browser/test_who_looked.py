"""My, who looked (MY-15): visits that open, a look that appears by itself, filters, the paper, people shown by a code."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.visit import NARROW, Visit

SOON_MS = 5000
WHO_LOOKED = "/my/who-looked/"


@pytest.fixture
def patient(visitor: Visitor) -> Visit:
    visit = visitor("rita.goossens", language="nl")
    visit.page.goto(WHO_LOOKED)
    return visit


@pytest.mark.usefixtures("breaking")  # nobody else looks meanwhile
def test_a_new_look_appears_by_itself_and_what_is_open_stays_open(patient: Visit, visitor: Visitor) -> None:
    page = patient.page
    # by its own name: looks of other journeys may arrive meanwhile
    others = page.locator(".visit", has_not_text="Sofie Claes").locator("details")
    opened = page.locator(f"#{others.first.get_attribute('id')}")
    opened.locator("summary").click()
    carer = visitor("sofie.claes", language="fr")
    carer.open_patient("Goossens Rita")
    fresh = page.locator(".visit--new", has_text="Sofie Claes").first
    expect(fresh).to_be_visible(timeout=SOON_MS)
    expect(opened).to_have_attribute("open", "")
    patient.check()


def test_the_year_of_a_record_by_visits_with_its_emergency(patient: Visit) -> None:
    page = patient.page
    page.goto(f"{WHO_LOOKED}?glass=1")  # journeys before this one may have filled the first page
    unconscious = page.locator(".visit--glass").filter(has_text=patient.words("you were unconscious"))
    glass = unconscious.filter(has_text="Koen Bogaert").first
    expect(glass).to_be_visible()
    glass.locator("summary").click()
    expect(glass.locator(".visit__lines > li").first).to_be_visible()
    expect(glass).to_contain_text("BTG-1.emergency")
    page.set_viewport_size(NARROW)
    patient.check()


def test_one_hospital_shows_codes_and_a_search_finds_no_name_there(patient: Visit) -> None:
    page = patient.page
    coded = page.locator(".visit", has_text=re.compile("Persoon [A-Z2-7]{5}")).first
    # journeys before this one may have filled the first pages
    earlier = f"{WHO_LOOKED}?to={datetime.now(UTC).date() - timedelta(days=1)}"
    page.goto(earlier)
    expect(coded).to_be_visible()
    page.locator("#q").fill("Moens")
    patient.click("Show")
    expect(page.locator("#visits .empty")).to_be_visible()
    patient.check()
    page.locator("#q").fill("Verlinden")
    patient.click("Show")
    expect(page.locator(".visit").first).to_contain_text("An Verlinden")
    page.locator("form").get_by_role("link", name=patient.words("Show everything")).click()
    expect(page.locator(".visit").first).to_be_visible()
    page.goto(earlier)
    expect(coded).to_be_visible()


def test_filters_narrow_the_list_and_the_paper(patient: Visit) -> None:
    page = patient.page
    page.locator("details.drop > summary").nth(1).click()
    page.locator("select[name=function]").select_option("emergency-physician")
    page.locator("input[name=glass]").check()
    patient.click("Show")
    expect(page.locator(".visit").first).to_contain_text("Koen Bogaert")
    expect(page.locator(".visit:not(.visit--glass)")).to_have_count(0)
    paper = page.get_by_role("link", name=patient.words("As a paper (PDF)")).get_attribute("href") or ""
    assert "glass=1" in paper
    assert "function=emergency-physician" in paper
    answer = page.request.get(paper)
    assert (answer.headers["content-type"], answer.body()[:5]) == ("application/pdf", b"%PDF-")
    page.goto(f"{WHO_LOOKED}?by=own")
    expect(page.locator(".visit--self").first).to_be_visible()
    patient.check()
