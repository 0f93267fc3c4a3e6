"""Break-the-glass from the refusal to the end, and the statement of the only one on duty (BTG-1 to BTG-4, EXC-7, ACD-8)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
TEXT = "Found unconscious at home, medication unknown"
RECORD = re.compile(r"/patient/[0-9a-f-]{36}/$")


@pytest.fixture
def closed(site: Site) -> str:
    """The id of a patient whom nobody of the emergency department treats."""
    [(patient,)] = site.ask("SELECT id FROM registry.patient WHERE family = 'Marchal' AND given = 'Isabelle'")
    return str(patient)


def state(visit: Visit) -> None:
    """Fill in why."""
    visit.page.get_by_label(visit.words("The patient is unconscious"), exact=True).check()
    visit.page.get_by_label(visit.words("Justification"), exact=False).first.fill(TEXT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_refusal_into_the_record_and_out_again(
    visitor: Visitor, site: Site, closed: str, language: str
) -> None:
    visit = visitor("koen.bogaert", language=language)
    page = visit.page
    page.goto(f"/ward/patient/{closed}/")
    expect(visit.heading("You have no access to this record")).to_be_visible()
    visit.check()
    visit.forgive("404")
    page.locator("main").get_by_role("link", name=visit.words("Emergency access")).click()
    expect(visit.heading("Emergency access", level=1)).to_be_visible()
    assert "Marchal" not in page.content()
    visit.check()

    # nothing filled in: each error at its field and on top, what was written is kept
    visit.click("Open the record")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator(".error-summary li")).to_have_count(2)
    page.get_by_label(visit.words("Justification"), exact=False).first.fill("help")
    expect(page.locator(".counter").first).to_contain_text("4")
    visit.click("Open the record")
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label(visit.words("Justification"), exact=False).first).to_have_value("help")
    visit.check()

    state(visit)
    visit.click("Open the record")
    page.wait_for_url(RECORD)
    expect(page.locator(".banner__name")).to_contain_text("Marchal")
    plate = page.locator(".glass")
    expect(plate).to_contain_text(visit.words("The patient is unconscious"))
    expect(plate).to_contain_text("11 h 59")
    visit.check()

    page.goto("/ward/")
    expect(page.locator(".ward-home__groups section").first).to_contain_text(
        visit.words("Open in an emergency")
    )
    visit.check()
    visit.open_patient("Marchal Isabelle")
    visit.click("End now")
    page.wait_for_url("**/ward/")
    expect(page.locator("main")).to_contain_text(visit.words("The emergency access has ended."))
    page.goto(f"/ward/patient/{closed}/")
    expect(visit.heading("You have no access to this record")).to_be_visible()
    visit.forgive("404")

    kinds = site.ask(
        "SELECT kind FROM notices.notice WHERE patient_id = %s AND kind = 'glass' ORDER BY at DESC LIMIT 1",
        closed,
    )
    assert kinds == [("glass",)]


ALONE = "I am the only one on duty for my discipline"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_only_one_on_duty_passes_an_exclusion_and_a_colleague_confirms(  # EXC-7
    visitor: Visitor, site: Site, language: str
) -> None:
    [(patient, birth)] = site.ask(
        "SELECT id, birth_date::text FROM registry.patient WHERE family = 'Whitmore' AND given = 'Daniel'"
    )
    [(person,)] = site.ask("SELECT id FROM registry.person WHERE given = 'Joris' AND family = 'Baert'")
    site.ask(
        "INSERT INTO relations.exclusion (patient_id, id, person_id, source, entry_id) VALUES (%s, gen_random_uuid(), %s, 'local', 0)",
        patient,
        person,
    )
    try:
        visit = visitor("joris.baert", language=language)
        page = visit.page
        _ask_for(visit, "Whitmore", birth)
        visit.click("Open the record")
        expect(visit.heading("You have no access to this record")).to_be_visible()  # BTG-6
        visit.forgive("404")

        _ask_for(visit, "Whitmore", birth)
        page.locator("summary", has_text=visit.words(ALONE)).click()
        visit.check()
        page.locator("#id_discipline").fill("radiology")
        visit.click("Open the record")
        expect(page.locator(".error-summary li")).to_have_count(2)
        expect(page.locator("#id_discipline")).to_have_value("radiology")
        visit.check()
        page.locator("#id_alone").check()
        page.locator("#id_alone_why").fill("The other radiologist is in the theatre")
        visit.click("Open the record")
        page.wait_for_url(RECORD)
        expect(page.locator(".glass")).to_be_visible()

        colleague = visitor("an.verlinden", language=language)
        colleague.page.goto("/ward/emergency/")
        colleague.click("Confirm for a colleague", role="link")
        expect(colleague.heading("Confirm for a colleague", level=1)).to_be_visible()
        assert "Whitmore" not in colleague.page.content()
        waiting = colleague.page.locator(".statements li", has_text="radiology")
        colleague.check()
        waiting.first.get_by_role("button").click()
        expect(colleague.page.locator(".statements li", has_text="radiology").first).to_contain_text(
            colleague.words("Confirmed by %(who)s", who="An Verlinden")
        )
        colleague.check()

        visit.click("End now")
        page.wait_for_url("**/ward/")
        page.goto(f"/ward/patient/{patient}/")
        expect(visit.heading("You have no access to this record")).to_be_visible()
        visit.forgive("404")
    finally:
        site.ask("DELETE FROM relations.lifting WHERE patient_id = %s AND person_id = %s", patient, person)
        site.ask(
            "UPDATE relations.exclusion SET until_at = now() WHERE patient_id = %s AND person_id = %s",
            patient,
            person,
        )


def _ask_for(visit: Visit, family: str, birth: str) -> None:
    visit.page.goto("/ward/emergency/")
    visit.page.locator("#id_family").fill(family)
    visit.page.locator("#id_birth").fill(birth)
    state(visit)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_general_practitioner_opens_by_number_and_sees_what_others_opened(  # BTG-1, BTG-4
    visitor: Visitor, language: str
) -> None:
    visit = visitor("philippe.collard", language=language)
    expect(visit.page.locator("main")).to_contain_text(
        visit.words("Emergency access of your patients, last 7 days")
    )
    visit.check()
    visit.click("Emergency access", role="link")
    visit.page.locator("#id_number").fill("49.05.17-992.48")  # the last digit is wrong
    state(visit)
    visit.click("Open the record")
    expect(visit.page.locator(".error-summary li")).to_have_count(1)
    visit.page.locator("#id_number").fill("49.05.17-992.47")
    visit.click("Open the record")
    visit.page.wait_for_url(RECORD)
    expect(visit.page.locator(".banner__name")).to_contain_text("Goossens")
    visit.check()
    visit.page.goto("/consult/")
    expect(visit.page.locator("main")).to_contain_text(visit.words("Open in an emergency"))
    visit.open_patient("Goossens Rita")
    visit.click("End now")
    visit.page.wait_for_url("**/consult/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_purpose_that_is_not_care_is_refused_in_plain_words(
    visitor: Visitor, language: str
) -> None:  # ACD-6
    visit = visitor("an.verlinden", language=language)
    visit.page.goto("/places")
    visit.check()
    purpose = visit.words("insurance")
    visit.page.get_by_label(purpose[0].upper() + purpose[1:], exact=True).check()
    visit.page.get_by_role("button", name=visit.words("Go in")).first.click()
    expect(visit.page.locator(".error-summary")).to_contain_text(visit.words("insurance"))
    visit.forgive("403")
    visit.check()
