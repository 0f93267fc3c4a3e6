"""The first page, one click into each face, and the way out."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_offers_the_cast_in_the_readers_language(visitor: Visitor, language: str) -> None:
    visit = visitor(language=language)
    visit.page.goto("/")
    expect(visit.heading("Sign in")).to_be_visible()
    expect(visit.heading("Try it as one of these people")).to_be_visible()
    assert visit.page.locator(".cast button").count() >= 14
    visit.check()


def test_a_language_chosen_on_the_page_stays(visitor: Visitor) -> None:
    visit = visitor(language="nl")
    visit.page.goto("/sign-in")
    visit.page.locator(".languages").get_by_role("button", name="Français").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "fr")
    visit.page.locator("button[value='an.verlinden']").click()
    expect(visit.page.get_by_role("heading", name="Mes patients", exact=True)).to_be_visible()
    assert visit.page.url.endswith("/ward/")
