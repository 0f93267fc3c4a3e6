"""Ward, the long record: banner, summary, ribbon, and one list that is searched, filtered, walked and read (REC-4)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.record_page import RecordPage
from tests.browser.site import Site
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
LONG = 1_500  # lines of the long record; the values of panels are not lines of their own


@pytest.fixture(params=LANGUAGES)
def visit(visitor: Visitor, request: pytest.FixtureRequest) -> Visit:
    """The cardiologist in the long record."""
    made = visitor("an.verlinden", language=request.param)
    made.open_patient("Goossens Rita")
    return made


def test_the_whole_record_stands_on_one_page(visit: Visit) -> None:
    banner = visit.page.get_by_role("region", name=visit.words("Patient"), exact=True)
    for text in ("Goossens", "Rita", "17.05.1949", "49.05.17-992.47"):
        expect(banner).to_contain_text(text)
    for tile in ("Problems", "Medication", "Latest results", "Who treats"):
        expect(visit.page.get_by_role("heading", name=visit.words(tile))).to_be_visible()
        expect(visit.page.locator(".tile", has_text=visit.words(tile)).locator("li").first).to_be_visible()
    expect(visit.page.get_by_role("region", name=visit.words("The record over the years"))).to_be_visible()
    record = RecordPage(visit.page)
    assert record.count > LONG
    assert record.rows.count() >= 50
    visit.check()


def test_an_allergy_stands_in_the_banner_and_in_the_summary(visitor: Visitor, site: Site) -> None:
    [(patient,)] = site.ask(
        """SELECT i.patient_id FROM record.item i
           JOIN relations.stay s ON s.patient_id = i.patient_id AND s.ends_at > now()
           JOIN registry.institution h ON h.id = s.institution_id AND h.key = 'scheldedal'
           WHERE i.category = 3 AND i.short ->> 'criticality' = 'high' AND i.status = 'final'
           ORDER BY i.clinical_at DESC LIMIT 1"""
    )
    visit = visitor("griet.thijs")
    visit.page.goto(f"/ward/patient/{patient}/")
    banner = visit.page.locator(".banner__allergies.is-grave")
    expect(banner).to_contain_text(visit.words("Allergy"))
    in_banner = banner.locator("span").inner_text()
    first = visit.page.locator(".tile--allergy .tile__line.is-grave a").first
    assert first.inner_text() in in_banner
    first.click()
    expect(RecordPage(visit.page).pane.locator(".doc__title")).not_to_be_empty()
    visit.check()


def test_search_narrows_the_list_and_the_address_bar_keeps_it(visit: Visit) -> None:
    record = RecordPage(visit.page)
    whole = record.count
    visit.page.keyboard.press("/")
    expect(visit.page.locator("#search")).to_be_focused()
    visit.page.keyboard.type("hartfalen")
    visit.page.wait_for_url("**q=hartfalen*")
    expect(visit.page.locator(".list__count b")).not_to_have_text(str(whole))
    narrowed, rows = record.count, record.titles()
    assert 0 < narrowed < whole
    visit.page.reload()
    assert (record.count, record.titles()) == (narrowed, rows)
    expect(visit.page.locator("#search")).to_have_value("hartfalen")
    record.open(record.rows.first)
    expect(record.pane).to_contain_text(re.compile("hartfalen", re.IGNORECASE))
    assert "q=hartfalen" in visit.page.url
    assert record.titles() == rows
    visit.check()


def test_filters_narrow_by_kind_institution_and_period_together(visit: Visit) -> None:
    record = RecordPage(visit.page)
    record.choose(visit.words("Kinds"), "report")
    kind = visit.words("Report")
    assert set(visit.page.locator("#items .item__kind").all_inner_texts()) == {kind}
    by_kind = record.count
    record.choose(visit.words("Institutions"), "scheldedal")
    assert 0 < record.count < by_kind
    visit.page.goto(f"{visit.page.url}&from=2020-01-01&to=2020-12-31")
    assert record.count > 0
    years = {text.rsplit(" ", 1)[-1] for text in visit.page.locator("#items .item__date").all_inner_texts()}
    assert years == {"2020"}
    assert set(visit.page.locator("#items .item__kind").all_inner_texts()) == {kind}
    visit.check()
    visit.page.go_back()
    visit.page.go_back()
    expect(visit.page.locator(".list__count b")).to_have_text(str(by_kind))


def test_a_year_of_the_ribbon_keeps_what_was_searched_meanwhile(visit: Visit) -> None:
    record = RecordPage(visit.page)
    record.search("hartfalen")
    searched = record.count
    year = visit.page.locator(
        "a.ribbon__year", has=visit.page.locator("title", has_text=re.compile("^2020:"))
    )
    year.dispatch_event("click")
    visit.page.wait_for_url(re.compile(r"[?&]from=2020&to=2020$"))
    assert "q=hartfalen" in visit.page.url
    assert 0 < record.count < searched
    visit.page.get_by_role("link", name=visit.words("All years")).click()
    visit.page.wait_for_url(lambda url: "from=" not in url)
    assert record.count == searched
    visit.check()


def test_keys_walk_open_and_return(visit: Visit) -> None:
    record = RecordPage(visit.page)
    visit.page.keyboard.press("j")
    expect(record.rows.nth(0).locator("a")).to_be_focused()
    for _ in range(3):
        visit.page.keyboard.press("j")
    visit.page.keyboard.press("k")
    chosen = record.rows.nth(2).locator("a")
    expect(chosen).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(record.pane.locator("[data-chosen]")).to_be_visible()
    expect(chosen).to_have_attribute("aria-current", "true")
    assert "item=" in visit.page.url
    visit.page.locator("#search").focus()
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    expect(chosen).to_be_focused()


def test_a_document_is_read_in_place(visit: Visit) -> None:
    record = RecordPage(visit.page)
    record.choose(visit.words("Kinds"), "discharge")
    record.open(record.rows.first)
    expect(record.pane.locator(".doc__title")).not_to_be_empty()
    expect(record.pane.locator(".prose p").first).not_to_be_empty()
    assert record.rows.first.is_visible()
    here = visit.page.url
    visit.check()
    visit.page.reload()
    assert visit.page.url == here
    expect(record.pane.locator(".prose p").first).not_to_be_empty()


def test_a_laboratory_value_opens_its_course_as_chart_and_table(visit: Visit) -> None:
    record = RecordPage(visit.page)
    record.choose(visit.words("Kinds"), "laboratory")
    record.search("creatinine")
    row = record.rows.first.locator("a")
    row.focus()
    visit.page.keyboard.press("t")
    visit.page.wait_for_url(lambda url: "/trend/" in url)
    expect(visit.page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("cr[eé]atinin", re.IGNORECASE)
    )
    points = visit.page.locator(".trend__point")
    assert points.count() >= 10
    assert visit.page.locator(".trend-page__table tbody tr").count() == points.count()
    visit.check()
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_url(lambda url: "/trend/" not in url)
    assert record.count > LONG
