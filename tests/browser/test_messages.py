"""What patients are told: on the portal, by mail, by letter (BTG-4, MY-13, CON-8); and the federal platform's word (EXC-3, EXC-8)."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site, wait_until
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

SUBJECT = {
    "nl": "Een federale uitsluiting geldt ook hier",
    "fr": "Une exclusion fédérale vaut aussi ici",
    "de": "Ein föderaler Ausschluss gilt auch hier",
}
RITA, CARER = "rita.goossens.1@post.example", "Birgit Heinen"


@pytest.fixture(params=LANGUAGES)
def patient(visitor: Visitor, request: pytest.FixtureRequest) -> Visit:
    """Rita Goossens at home; a federal exclusion of hers was taken over."""
    return visitor("rita.goossens", language=request.param)


def sought(patient: Visit, subject: str) -> Locator:
    """Turn the pages until a message is there: others may have told her much since."""
    message = patient.page.locator(".news li", has_text=subject).filter(has_text=CARER).first
    earlier = patient.page.get_by_role("link", name=patient.words("Show earlier messages"), exact=True)
    while not message.count() and earlier.count():
        earlier.click()
        patient.page.wait_for_load_state()
    return message


def test_a_message_says_what_happened_to_whom_and_leads_on(patient: Visit) -> None:
    patient.click("Messages", role="link")
    expect(patient.heading("Messages", level=1)).to_be_visible()
    message = sought(patient, SUBJECT[patient.words.language])
    expect(message).to_contain_text(CARER)
    patient.check()
    message.get_by_role("link", name=patient.words("Who has access"), exact=True).click()
    expect(patient.page).to_have_url(re.compile("/my/access/"))


def test_a_message_that_was_read_is_no_longer_new(visitor: Visitor, site: Site) -> None:
    # whatever other tests told: one message is new, and the newest
    site.ask("UPDATE notices.notice SET seen_at = now() WHERE seen_at IS NULL")
    site.ask("UPDATE notices.notice SET seen_at = NULL, at = now() WHERE kind = 'federal'")
    patient = visitor("rita.goossens", language="fr")
    expect(patient.page.locator("#told")).to_be_visible()
    patient.check()
    patient.page.goto("/my/messages/")
    expect(patient.page.locator(".news li .tag").first).to_have_text(patient.words("new"))
    patient.page.reload()
    expect(patient.page.locator(".news li .tag")).to_have_count(0)
    patient.page.goto("/my/")
    expect(patient.page.locator("#told")).to_have_count(0)


def test_the_patient_chooses_how_and_cannot_switch_off_what_is_about_access(patient: Visit) -> None:
    patient.page.goto("/my/messages/choose/")
    expect(patient.heading("How do you want to be told?", level=1)).to_be_visible()
    security = patient.page.get_by_role("group", name=patient.words("Access given or ended"), exact=True)
    quiet = patient.page.get_by_role("group", name=patient.words("An access was renewed"), exact=True)
    only_here = patient.words("Only here")
    expect(security.get_by_label(only_here, exact=True)).to_have_count(0)
    patient.check()
    for way in (only_here, patient.words("E-mail")):
        quiet.get_by_label(way, exact=True).check()
        patient.page.get_by_role("button", name=patient.words("Save"), exact=True).click()
        expect(
            patient.page.locator(".notice", has_text=patient.words("Your choice is saved."))
        ).to_be_visible()
        expect(quiet.get_by_label(way, exact=True)).to_be_checked()


def test_the_mail_is_in_the_mailbox_and_names_no_carer(visitor: Visitor) -> None:
    visit = visitor(language="nl")

    def there() -> bool:
        visit.page.goto(f"/mailbox/?to={RITA}")
        return visit.page.locator("article", has_text=SUBJECT["nl"]).count() > 0

    wait_until(there, what="the mail")
    mail = visit.page.locator("article", has_text=SUBJECT["nl"]).first
    expect(mail).to_contain_text(RITA)
    expect(mail).not_to_contain_text(CARER)
    expect(mail.get_by_role("link")).to_have_count(1)
    visit.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_printed_and_posted(visitor: Visitor, site: Site, language: str) -> None:
    site.ask(
        "UPDATE notices.dispatch SET state = 'waiting', tries = 0, done_at = NULL, done_by = NULL WHERE way = 'letter'"
    )
    desk = visitor("inschrijving", language=language)
    desk.click("Letters", role="link")
    letter = desk.page.locator("tbody tr", has_text="Maria Peeters").filter(has_text=SUBJECT[language])
    to = letter.first
    expect(to).to_contain_text(SUBJECT[language])
    desk.check()
    to.get_by_role("checkbox").check()
    with desk.page.expect_download() as started:
        desk.page.get_by_role("button", name=desk.words("Print those chosen"), exact=True).click()
    assert started.value.path().read_bytes().startswith(b"%PDF")
    desk.page.goto("/desk/letters/?state=printed")
    row = letter.first
    expect(row).to_contain_text("Tom Willems")
    desk.check()
    row.get_by_role("checkbox").check()
    desk.page.get_by_role("button", name=desk.words("Those chosen were posted"), exact=True).click()
    expect(desk.page).to_have_url(re.compile("state=posted"))
    expect(letter.first).to_be_visible()
    desk.check()


def test_printing_nothing_says_so(visitor: Visitor) -> None:
    desk = visitor("inschrijving", language="nl")
    desk.page.goto("/desk/letters/?state=posted")
    if desk.page.get_by_role("button", name=desk.words("Print those chosen again")).count():
        desk.page.get_by_role("button", name=desk.words("Print those chosen again"), exact=True).click()
        expect(
            desk.page.locator(".notice", has_text=desk.words("Choose at least one letter."))
        ).to_be_visible()


def _in_force(site: Site) -> int:
    ((count,),) = site.ask(
        "SELECT count(*) FROM relations.exclusion WHERE source = 'federal' AND (until_at IS NULL OR until_at > now())"
    )
    return int(count)


@pytest.mark.parametrize("language", ["nl", "de"])
def test_no_mood_of_the_platform_ends_an_exclusion(
    visitor: Visitor, site: Site, language: str
) -> None:  # EXC-8
    visit = visitor(language=language)
    before = _in_force(site)
    assert before >= 5
    moods = ("empty", "half", "late", "repeated", "older", "reordered", "away", "well")
    visit.page.goto("/federal/")
    visit.check()
    for mood in moods:
        visit.page.locator("select[name=mood]").select_option(mood)
        visit.page.get_by_role("button", name=visit.words("Set"), exact=True).click()
        for what in ("Take over what changed, now", "Take over everything, now"):
            visit.page.get_by_role("button", name=visit.words(what), exact=True).click()
            expect(visit.page.locator(".notice").first).to_be_visible()
        assert _in_force(site) == before, mood
    desk = visitor("dpo", language=language)
    desk.page.goto("/desk/federal/")
    expect(desk.page.locator("tbody tr").first).to_be_visible()
    desk.check()


def test_an_exclusion_made_and_ended_at_the_platform_holds_between(
    visitor: Visitor, site: Site
) -> None:  # EXC-3, EXC-5
    visit = visitor(language="nl")
    before = _in_force(site)
    ((patient,),) = site.ask(
        "SELECT value FROM registry.patient_identifier i JOIN registry.patient p ON p.id = i.patient_id WHERE p.family = 'Kessler' AND system LIKE '%%/ssin'"
    )
    ((carer,),) = site.ask(
        "SELECT value FROM registry.person_identifier i JOIN registry.person p ON p.id = i.person_id WHERE p.family = 'Warnier' AND system LIKE '%%nihdi%%'"
    )
    visit.page.goto("/federal/")
    visit.page.get_by_label(visit.words("National number of the patient")).fill("123")
    visit.page.get_by_role("button", name=visit.words("Register"), exact=True).click()
    expect(visit.page.locator(".field__error").first).to_be_visible()
    visit.check()
    visit.page.get_by_label(visit.words("National number of the patient")).fill(patient)
    visit.page.get_by_label(visit.words("NIHDI number of the carer")).fill(carer)
    visit.page.get_by_role("button", name=visit.words("Register"), exact=True).click()
    take = visit.page.get_by_role("button", name=visit.words("Take over what changed, now"), exact=True)
    take.click()
    wait_until(lambda: _in_force(site) == before + 1, what="the exclusion")
    visit.page.locator("tbody tr", has_text=patient).first.get_by_role("button").click()
    take.click()
    wait_until(lambda: _in_force(site) == before, what="its end")
