"""My: the patient reads his own record and sees who looked (MY-4, MY-14, MY-15); a representative chooses for whom."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.record_page import RecordPage
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser


@pytest.fixture(params=LANGUAGES)
def patient(visitor: Visitor, request: pytest.FixtureRequest) -> Visit:
    """Rita Goossens at home."""
    return visitor("rita.goossens", language=request.param)


def test_home_says_what_is_new_and_leads_on(patient: Visit) -> None:
    for heading in ("What is new", "Next appointment", "Who looked lately"):
        expect(patient.heading(heading)).to_be_visible()
    assert patient.page.locator(".news li").count() >= 1
    patient.check()
    patient.page.locator(".news a").first.click()
    expect(RecordPage(patient.page).pane.locator(".doc__title")).not_to_be_empty()


def test_the_record_in_plain_words_item_and_course_of_a_value(patient: Visit) -> None:
    patient.click("My record", role="link")
    record = RecordPage(patient.page)
    expect(patient.heading("My record", level=1)).to_be_visible()
    whole = record.count
    patient.check()
    patient.page.locator(".tabs").get_by_role("link", name=patient.words("Results"), exact=True).click()
    expect(patient.page.locator(".list__count b")).not_to_have_text(str(whole))
    record.search("creatinine")
    record.open(record.rows.first)
    expect(record.pane).to_contain_text(
        patient.words("A value outside its range is often harmless. Ask your carer what it means for you.")
    )
    patient.check()
    record.pane.locator("a[href*='/trend/']").first.click()
    patient.page.wait_for_url(lambda url: "/trend/" in url)
    assert patient.page.locator(".trend__point").count() >= 10
    patient.check()


def test_who_has_access_names_people_teams_and_until_when(patient: Visit) -> None:
    patient.page.goto("/my/access/")
    expect(patient.heading("Who can see your record", level=1)).to_be_visible()
    for name in ("Hilde Lemmens", "An Verlinden"):
        expect(patient.page.locator(".relation", has_text=name).first).to_be_visible()
    patient.check()


WORDS_OF_RULE = {"nl": "behandelt de patiënt", "fr": "soigne le patient"}
FUNCTION = {"nl": "specialist", "fr": "spécialiste"}
HOSPITAL = {"nl": "Universitair Ziekenhuis Scheldedal", "fr": "Hôpital universitaire Scheldedal"}


def test_the_look_of_a_carer_stands_in_the_list_at_once(visitor: Visitor, patient: Visit) -> None:
    language = patient.words.language
    carer = visitor("an.verlinden", language="nl")
    before = datetime.now(UTC).replace(microsecond=0)
    carer.open_patient("Goossens Rita")
    patient.page.goto("/my/who-looked/")
    expect(patient.heading("Who looked in your record", level=1)).to_be_visible()
    visit = patient.page.locator(".visit", has_text="An Verlinden").first
    at = datetime.fromisoformat(visit.locator("time").get_attribute("datetime") or "")
    assert before <= at <= datetime.now(UTC)
    for text in (HOSPITAL[language], WORDS_OF_RULE[language], "ACD-2.work"):
        expect(visit).to_contain_text(text)
    expect(visit).to_contain_text(re.compile(FUNCTION[language], re.IGNORECASE))
    visit.locator("summary").click()
    expect(visit.locator(".visit__lines li").first).to_be_visible()
    patient.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_representative_chooses_for_whom_and_the_log_says_so(visitor: Visitor, language: str) -> None:
    father = visitor("bart.vermeiren", language=language)
    expect(father.heading("For whom do you act?", level=1)).to_be_visible()
    father.check()
    for child in ("Lotte", "Seppe"):
        father.page.goto("/my/profiles/")
        father.page.get_by_role("button", name=re.compile(child)).click()
        father.page.wait_for_url("**/my/")
        banner = father.page.get_by_role("region", name=father.words("Patient"), exact=True)
        expect(banner).to_contain_text(child)
    father.check()
    father.page.goto("/my/who-looked/?by=own")
    line = father.page.locator(".visit--self").first
    expect(line).to_contain_text(father.words("for the patient"))
    expect(line).to_contain_text("REP-1.parent")
    father.check()
