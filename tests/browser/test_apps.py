"""Apps by hand: from Ward for the patient on the screen, and from the patient's own page, until he ends it (XCH-1, ACD-7)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_physician_opens_an_app_for_the_patient_on_the_screen(visitor: Visitor, language: str) -> None:
    physician = visitor("an.verlinden", language=language)
    physician.open_patient("Goossens Rita")
    physician.click("Apps …", role="link")
    expect(physician.heading("Open an app", level=1)).to_be_visible()
    physician.check()
    physician.page.get_by_role("button", name="Koortscurve").click()
    expect(physician.heading("Let %(name)s in?", level=1, name="Koortscurve")).to_be_visible()
    expect(physician.page.get_by_text("Goossens Rita")).to_be_visible()
    physician.check()
    physician.click("Let it in")
    physician.page.wait_for_url("**/apps/koortscurve/back**")
    expect(physician.page.get_by_role("status")).to_contain_text("Goossens")
    expect(physician.page.get_by_role("listitem").nth(3)).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patient_lets_an_app_in_and_ends_it(visitor: Visitor, language: str) -> None:
    patient = visitor("isabelle.marchal", language=language)
    patient.page.goto("/apps/dagboek/")
    patient.click("Fetch my data")
    expect(patient.heading("Let %(name)s in?", level=1, name="Gezondheidsdagboek")).to_be_visible()
    patient.check()
    patient.click("Let it in")
    expect(patient.page.get_by_role("status")).to_contain_text("Marchal")
    patient.page.goto("/my/access/")
    patient.click("Apps", role="link")
    expect(patient.page.get_by_role("heading", name="Gezondheidsdagboek").first).to_be_visible()
    patient.check()
    patient.page.get_by_role("link", name=patient.words("End the access")).first.click()
    patient.check()
    patient.click("End the access")
    expect(patient.page.get_by_text(patient.words("The access of the app is ended."))).to_be_visible()
    expect(patient.heading("No app sees anything through you.")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_refuses_lets_nothing_in(visitor: Visitor, language: str) -> None:
    patient = visitor("isabelle.marchal", language=language)
    patient.page.goto("/apps/dagboek/")
    patient.click("Fetch my data")
    patient.click("Refuse")
    expect(patient.page.get_by_role("status")).to_have_text(patient.words("You did not let this app in."))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_security_officer_reads_which_apps_there_are(visitor: Visitor, language: str) -> None:
    officer = visitor("veiligheid", language=language)
    officer.click("Apps", role="link")
    expect(officer.heading("Apps", level=1)).to_be_visible()
    officer.check()
    officer.click("Register an app", role="link")
    officer.check()


@pytest.mark.parametrize("language", LANGUAGES[:1])
def test_a_security_officer_changes_an_app_and_keeps_the_addresses(visitor: Visitor, language: str) -> None:
    # XCH-1, T29
    officer = visitor("veiligheid", language=language)
    officer.page.goto("/desk/apps/")
    officer.page.get_by_role("link", name=officer.words("Change")).first.click()
    officer.page.get_by_label(officer.words("What it is for")).fill("Metingen en allergieën.")
    officer.click("Store the change")
    officer.check()  # the reason is missing
    officer.page.get_by_label(officer.words("Reason")).fill("Gevraagd door de maker.")
    officer.click("Store the change")
    expect(officer.page.get_by_text(officer.words("The app is changed."))).to_be_visible()
    officer.page.locator(".desk__out summary").first.click()
    expect(officer.page.get_by_text("Gevraagd door de maker.")).to_be_visible()
    officer.check()
    officer.click("Addresses for notices", role="link")
    officer.check()
    officer.click("Allow an address", role="link")
    officer.page.get_by_label(officer.words("Address"), exact=True).fill("pakket")
    officer.page.get_by_label(officer.words("Reason")).fill("Pakket van een praktijk")
    officer.click("Allow it")
    officer.check()  # no address
    officer.page.get_by_label(officer.words("Address"), exact=True).fill("https://praktijk.example")
    officer.click("Allow it")
    line = officer.page.get_by_role("listitem").filter(has_text="praktijk.example")
    line.get_by_role("link").click()
    officer.check()
    officer.click("Take it off")
    expect(line).to_have_count(0)
