"""My details: contact data, an address that proves itself by a code, another general practitioner (MY-12); a mistyped link taken back (CON-6)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.site import Site, wait_until
from tests.browser.visit import Visit
from unidossier.kernel.ssin import check_digits

pytestmark = pytest.mark.browser
CODE = re.compile(r"\b(\d{4}) (\d{4})\b")
NUMBERS = {
    "nl": "900201001" + check_digits("900201001", century=1900),
    "de": "900201003" + check_digits("900201003", century=1900),
}
OF_RITA = "SELECT id FROM registry.patient WHERE family = 'Goossens' AND given = 'Rita'"


@pytest.fixture(params=["nl", "fr"])
def patient(visitor: Visitor, site: Site, request: pytest.FixtureRequest) -> Visit:
    """Rita Goossens at home; what other tests changed of her address and her wishes is put back."""
    site.ask(f"DELETE FROM registry.email_change WHERE patient_id = ({OF_RITA})")
    site.ask(
        f"UPDATE cases.task SET state = 'done', done_at = now() WHERE kind = 'gp-change' AND patient_id = ({OF_RITA})"
    )
    return visitor("rita.goossens", language=request.param)


def notice(visit: Visit, text: str) -> None:
    expect(visit.page.locator(".notice", has_text=visit.words(text))).to_be_visible()


def test_contact_data_are_changed_from_the_first_page(patient: Visit, site: Site) -> None:
    patient.page.goto("/my/")
    patient.page.locator(".entries a", has_text=patient.words("My details")).click()
    expect(patient.heading("My details", level=1)).to_be_visible()
    patient.check()
    phone = patient.page.get_by_label(re.compile(re.escape(patient.words("Telephone"))))
    before = phone.input_value()
    phone.fill("ring me")
    patient.click("Save")
    expect(patient.page.locator(".error-summary")).to_be_focused()
    patient.check()
    phone.fill(f"0470 55 99 {'11' if before.endswith('01') else '01'}")
    patient.click("Save")
    notice(patient, "Your details are saved.")
    patient.check()


def test_a_new_address_proves_itself_by_the_code_in_its_mailbox(patient: Visit, site: Site) -> None:
    language = patient.words.language
    address = f"rita.{language}@nieuw.example"
    ((before,),) = site.ask(f"SELECT contact ->> 'email' FROM registry.patient WHERE id = ({OF_RITA})")
    patient.page.goto("/my/details/email/")
    patient.check()
    patient.page.locator("input[type=email]").fill(address)
    patient.click("Send the code")
    expect(patient.heading("Type the code", level=1)).to_be_visible()
    patient.check()
    confirming = patient.page.url

    def code() -> str:
        patient.page.goto(f"/mailbox/?to={address}")
        found = CODE.search(patient.page.locator("main").inner_text())
        return "".join(found.groups()) if found else ""

    wait_until(lambda: bool(code()), what="the code")
    sent = code()
    patient.page.goto(confirming)
    patient.page.locator("input[name=code]").fill(sent)
    patient.click("Confirm the address")
    expect(patient.page.locator("main")).to_contain_text(address)
    wait_until(lambda: _told(patient, before), what="the mail to the address of before")
    site.ask(
        f"UPDATE registry.patient SET contact = contact || jsonb_build_object('email', '{before}') WHERE id = ({OF_RITA})"
    )


def _told(visit: Visit, address: str) -> bool:
    subject = {"nl": "Uw e-mailadres is gewijzigd", "fr": "Votre adresse e-mail a été modifiée"}
    visit.page.goto(f"/mailbox/?to={address}")
    return any(visit.page.locator("article", has_text=one).count() for one in subject.values())


def test_another_practitioner_is_asked_for_and_the_desk_says_no(
    patient: Visit, visitor: Visitor, site: Site
) -> None:
    patient.page.goto("/my/details/gp/?q=fontaine")
    patient.check()
    patient.page.locator(".ways a").first.click()
    patient.check()
    patient.click("Send the request")
    expect(patient.page.locator("main")).to_contain_text("Fontaine")
    patient.check()
    ((task, desk),) = site.ask(
        f"""SELECT t.id, i.key FROM cases.task t JOIN registry.institution i ON i.id = t.institution_id
        WHERE t.kind = 'gp-change' AND t.state = 'open' AND t.patient_id = ({OF_RITA})"""
    )
    site.ask(
        "UPDATE cases.task SET institution_id = (SELECT id FROM registry.institution WHERE key = 'scheldedal') WHERE id = %s",
        task,
    )
    clerk = visitor("inschrijving", language=patient.words.language)
    clerk.page.goto(f"/desk/gp-change/{task}/")
    clerk.check()
    clerk.page.get_by_role("link", name=clerk.words("It cannot be done"), exact=True).click()
    clerk.check()
    clerk.page.locator("textarea").fill("Deze praktijk neemt niemand meer aan.")
    clerk.click("Send the answer")
    notice(clerk, "The task is done. The patient reads your answer.")
    assert desk in ("aldegonde", "linde", "scheldedal")


@pytest.mark.parametrize("language", ["nl", "de"])
def test_a_practitioner_reads_his_messages_and_takes_a_link_back(visitor: Visitor, language: str) -> None:
    carer = visitor("hilde.lemmens", language=language)
    carer.page.goto("/consult/messages/")
    expect(carer.page.locator(".news li").first).to_be_visible()  # BTG-4
    carer.check()
    carer.page.goto("/consult/link/")
    carer.page.locator("input[name=number]").fill(NUMBERS[language])
    carer.page.locator("input[name=name]").fill(f"Jan Proef {language}")
    carer.page.locator("input[name=informed]").check()
    carer.click("Make the link")
    carer.page.get_by_role("link", name=carer.words("Wrong number? Take this link back"), exact=True).click()
    carer.check()
    carer.click("Take it back")
    notice(carer, "It is taken back. You can begin again with the right number.")
    expect(carer.page.locator("main")).not_to_contain_text(f"Jan Proef {language}")
