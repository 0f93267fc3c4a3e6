"""What a function does not open says so; it is never shown as nothing recorded (ACS-1, ALL-5)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site

pytestmark = pytest.mark.browser
CLOSED = "Not open to your function"
# what the summary shows of the four tiles, and the kinds that may stand among the filters (gate/sql/function_table.sql)
OPEN = {
    "sofie.claes": ({"problem", "allergy", "medication", "laboratory"}, {"psychiatry", "gynaecology"}),
    "zorgkunde": ({"allergy"}, {"problem", "medication", "laboratory", "report", "imaging", "letter"}),
    "laborant": ({"laboratory"}, {"problem", "allergy", "medication", "vital-sign", "report", "imaging"}),
    "beeldvorming": ({"allergy"}, {"problem", "medication", "laboratory", "vital-sign", "report"}),
}
TILES = {"problem", "allergy", "medication", "laboratory"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("username", OPEN)
def test_a_tile_outside_the_function_says_that_it_is_closed(
    visitor: Visitor, username: str, language: str
) -> None:
    opens, closes = OPEN[username]
    visit = visitor(username, language=language)
    visit.open_patient("Goossens Rita")
    for tile in TILES:
        shown = visit.page.locator(f".tile--{tile}")
        if tile in opens:
            expect(shown).not_to_contain_text(visit.words(CLOSED))
            expect(shown.locator(".tile__line, .tile__none").first).to_be_visible()
        else:
            expect(shown).to_contain_text(visit.words(CLOSED))
            expect(shown.locator(".count")).to_have_count(0)
    kinds = {box.get_attribute("value") for box in visit.page.locator("input[name=kind]").all()}
    assert kinds, "something is open to every carer"
    assert kinds & closes == set()
    banner = visit.page.get_by_role("region", name=visit.words("Patient"), exact=True)
    if "allergy" not in opens:
        # closed is not "no known allergies", nor "nothing recorded"
        for text in ("No known allergies", "Allergies: nothing recorded"):
            expect(banner).not_to_contain_text(visit.words(text))
    visit.check()


@pytest.mark.parametrize("username", ["onderzoek"])
def test_who_has_no_relation_has_no_patients_and_no_way_by_the_address(
    visitor: Visitor, site: Site, username: str
) -> None:
    visit = visitor(username)
    expect(visit.page.locator(".patient")).to_have_count(0)
    [(rita,)] = site.ask("SELECT id FROM registry.patient WHERE family = 'Goossens'")
    visit.page.goto(f"/ward/patient/{rita}/")
    expect(visit.heading("You have no access to this record")).to_be_visible()
    visit.forgive("404")
