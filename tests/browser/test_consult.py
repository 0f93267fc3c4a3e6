"""Consult: a carer outside makes a link, renews, lets a colleague in, and asks for an account; by hand, in a browser."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.actions.consult_people import PDF
from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site
from tests.relations.outside import number
from unidossier.kernel.nihdi import check_digits

pytestmark = pytest.mark.browser
# one patient a language whose carer is another: the journeys change him
STRANGERS = {"nl": ("Haddad", "Mariam"), "fr": ("Kessler", "Stefan")}
SCAN = {"name": "form.pdf", "mimeType": "application/pdf", "buffer": PDF}


def number_of(site: Site, family: str, given: str) -> str:
    """Return the national number of a patient, as he would say it."""
    rows = site.ask(
        """SELECT n.value FROM registry.patient p JOIN registry.patient_identifier n ON n.patient_id = p.id AND n.institution_id IS NULL
        WHERE p.family = %s AND p.given = %s""",
        family,
        given,
    )
    return str(rows[0][0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_from_the_number_to_the_open_record(
    site: Site, visitor: Visitor, language: str
) -> None:  # CON-6
    family, given = STRANGERS[language]
    visit = visitor("hilde.lemmens", language=language)
    page, words = visit.page, visit.words
    for digits, name in ((number(), "Jan Nergens"), (number_of(site, family, given), f"{given} {family}")):
        visit.page.goto("/consult/")
        page.get_by_label(words("National number")).fill(digits)
        visit.click("Make a link")
        page.get_by_label(words("Name of the patient")).fill(name)
        visit.click("Make the link")
        # nothing is made before the patient is informed; what was typed stays
        expect(page.locator(".error-summary")).to_contain_text(
            words("Inform the patient first, then tick this.")
        )
        expect(page.get_by_label(words("Name of the patient"))).to_have_value(name)
        page.get_by_label(words("The patient is informed and agrees that I consult his record")).check()
        visit.check()
        visit.click("Make the link")
        expect(visit.heading("Link with %(name)s", name=name)).to_be_visible()
        with page.expect_download() as paper:
            visit.click("Consent form (PDF)", role="link")
        assert paper.value.suggested_filename.endswith(".pdf")
        page.get_by_label(words("Scan of the signed form")).set_input_files(SCAN)  # type: ignore[arg-type]
        visit.check()
        visit.click("The patient has signed")
        told = "The signed form is declared; keep it. When the record opens, the patient is in your list."
        expect(page.get_by_text(words(told))).to_be_visible()
    # the unknown one stays among the pending; the known one is a patient like any other
    expect(page.get_by_role("link", name="Jan Nergens").first).to_contain_text(
        words("form declared; no record is open")
    )
    visit.check()
    visit.open_patient(family)
    expect(page.get_by_role("heading", level=1)).to_contain_text(family)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_waits_for_the_patient(visitor: Visitor, language: str) -> None:  # CON-5
    visit = visitor("leen.cools", language=language)
    page, words, digits = visit.page, visit.words, number()
    visit.page.goto("/consult/")
    page.get_by_label(words("National number")).fill(digits)
    visit.click("Ask for access")
    page.get_by_label(words("Name of the patient")).fill("Piet Nergens")
    page.get_by_label(words("Why do you need the record?")).fill("te kort")
    visit.click("Send the request")
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label(words("Why do you need the record?")).fill("kinesitherapie na een operatie")
    visit.check()
    visit.click("Send the request")
    expect(page.get_by_role("link", name="Piet Nergens").first).to_contain_text(
        words("waiting for an answer")
    )
    page.get_by_role("link", name="Piet Nergens").first.click()
    visit.check()


def test_an_access_that_ends_soon_is_renewed(site: Site, visitor: Visitor) -> None:  # CON-7, CON-12
    visit = visitor("hilde.lemmens", language="nl")
    renewing = visit.page.get_by_role("link", name=visit.words("Renew"))
    before = renewing.count()
    assert before >= 1
    renewing.first.click()
    visit.check()
    visit.click("Renew the access")
    expect(visit.page).to_have_url(f"{site.address}/consult/")
    expect(renewing).to_have_count(before - 1)


def test_the_gp_lets_a_colleague_in(site: Site, visitor: Visitor) -> None:  # ACD-3
    visit = visitor("philippe.collard", language="fr")
    page, words = visit.page, visit.words
    visit.open_patient("Servais")
    visit.click("Give a colleague access", role="link")
    page.get_by_label(words("Name or NIHDI number of the colleague")).fill("benali")
    visit.click("Find")
    page.get_by_role("radio", name="Fatima Benali").check()
    page.get_by_label(words("Reason")).fill("soins à domicile")
    visit.check()
    visit.click("Give access")
    expect(page.get_by_text(words("The colleague has access. The patient is told."))).to_be_visible()


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_form_that_a_hospital_asks_for(visitor: Visitor, language: str) -> None:  # CON-9
    visit = visitor("markus.lentz", language=language)
    expect(visit.page.get_by_text(visit.words("Suspended: signed form asked for"))).to_be_visible()
    visit.page.get_by_role("link", name="Nicole Thiry").first.click()
    visit.check()
    visit.page.get_by_label(visit.words("Scan of the signed form")).set_input_files(SCAN)  # type: ignore[arg-type]
    visit.click("Send the form")
    expect(
        visit.page.get_by_text(visit.words("The form is sent. The access opens again when it is accepted."))
    ).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_no_account_asks_for_one(site: Site, visitor: Visitor, language: str) -> None:  # CON-2
    visit = visitor(language=language)
    page, words = visit.page, visit.words
    page.goto("/sign-in")
    visit.click("Apply for an account", role="link")
    visit.click("Send the application")
    expect(page.locator(".error-summary")).to_be_visible()
    visit.check()
    six = f"5{uuid4().int % 100_000:05}"
    family = f"Test{uuid4().hex[:8]}"
    told = {
        "First name": "Lies", "Family name": family, "NIHDI number": f"{six}{check_digits(six)}527", "Name of your practice": "Kine Test",
        "Address of your practice": "Teststraat 1", "E-mail": f"{family}@test.example",
    }  # fmt: skip
    for label, value in told.items():
        page.get_by_label(words(label), exact=True).fill(value)
    page.get_by_label(words("Profession"), exact=True).select_option("physiotherapist")
    page.locator("#id_institution").select_option(index=1)
    page.get_by_label(words("Proof of your profession")).set_input_files(SCAN)  # type: ignore[arg-type]
    visit.click("Send the application")
    expect(visit.heading("Your application is sent")).to_be_visible()
    visit.check()
    assert site.ask("SELECT state FROM registry.applicant WHERE family = %s", family) == [("waiting",)]
