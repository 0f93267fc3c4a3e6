"""Ward, start: today's agenda, my patients, and finding one of them by what one knows."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_lists_the_agenda_and_the_patients_by_ward(visitor: Visitor, language: str) -> None:
    visit = visitor("an.verlinden", language=language)
    expect(visit.heading("My patients", level=1)).to_be_visible()
    agenda = visit.page.get_by_role("region", name=visit.words("Today’s agenda"))
    assert agenda.locator("li").count() >= 1
    assert visit.page.locator(".ward-home__groups li", has_text="Goossens Rita").count() == 1
    visit.check()


KNOWN_AS = ("goossens", "GOOSS", "17.05.1949", "17/5/1949", "1949-05-17", "49.05.17-992.47")
# nobody, a day that does not exist, a number with a wrong digit, a patient of another hospital
UNKNOWN_AS = ("Zzyzx", "31.02.1950", "49.05.17-992.48", "Gillet")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patient_is_found_by_name_birth_date_or_number(visitor: Visitor, language: str) -> None:
    visit = visitor("an.verlinden", language=language)
    for sought in KNOWN_AS:
        visit.page.keyboard.press("/")
        expect(visit.page.locator("#find")).to_be_focused()
        visit.page.keyboard.type(sought)
        visit.page.keyboard.press("Enter")
        expect(visit.heading("Search: %(query)s", query=sought)).to_be_visible()
        expect(visit.page.locator(".found li")).to_have_count(1)
        expect(visit.page.locator(".found li")).to_contain_text("Goossens Rita")
    visit.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_not_mine_is_not_found_and_the_page_says_how_to_search(
    visitor: Visitor, language: str
) -> None:
    visit = visitor("an.verlinden", language=language)
    for sought in UNKNOWN_AS:
        visit.page.goto(f"/ward/?q={sought}")
        expect(visit.heading("Search: %(query)s", query=sought)).to_be_visible()
        expect(visit.page.locator(".found li")).to_have_count(0)
        expect(visit.page.locator(".found")).to_contain_text("12.04.1951")
    visit.check()
    visit.click("All my patients", role="link")
    expect(visit.heading("My patients", level=1)).to_be_visible()
