"""The registration desk at the browser: find and register, identity, mandates, exclusions, duplicates, a death that was none (REC-8, REP-1, EXC-4, DTH-4)."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.visit import Visit
from unidossier.kernel.ssin import check_digits

pytestmark = pytest.mark.browser

CLERK, SECOND = "inschrijving", "inschrijving.twee"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
LETTERS = str.maketrans("0123456789", "ghijklmnop")


def family() -> str:
    """A family name that nobody has."""
    return "Zq" + secrets.token_hex(4).translate(LETTERS)


def fill(visit: Visit, label: str, value: str) -> None:
    """Fill in one field by its label (given in English)."""
    visit.page.get_by_label(visit.words(label)).first.fill(value)


def done(visit: Visit, text: str) -> None:
    """See the plain message after a deed."""
    expect(visit.page.locator("main .notice[role=status]").first).to_contain_text(visit.words(text))


def register(visit: Visit, name: str, *, given: str = "Ann", birth: str = "1984-05-06") -> str:
    """Register a patient; return the address of the file."""
    visit.page.goto("/desk/register/")
    fill(visit, "Family name", name)
    fill(visit, "Given names", given)
    fill(visit, "Birth date", birth)
    visit.click("Register")
    return visit.page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patient_is_registered_found_and_changed(visitor: Visitor, language: str) -> None:  # REC-8, MY-12
    clerk, name = visitor(CLERK, language=language), family()
    clerk.check()  # the work list
    clerk.click("Find a patient", role="link")
    clerk.check()
    clerk.click("Register a new patient", role="link")
    clerk.click("Register")
    expect(clerk.page.locator(".error-summary")).to_be_focused()
    clerk.check()
    file = register(clerk, name)
    done(clerk, "The patient is registered.")
    clerk.check()
    clerk.page.goto(f"/desk/find/?q={name}")
    clerk.page.locator("main").get_by_role("link", name=name).click()
    clerk.page.wait_for_url(file)
    clerk.page.locator("main").get_by_role("link", name=clerk.words("Change"), exact=True).click()
    clerk.check()
    fill(clerk, "Telephone", "02 000 00 07")
    fill(clerk, "Reason", "telephoned by the family")
    clerk.click("Store the change")
    done(clerk, "The change is stored. What was before stays in the history.")
    expect(clerk.page.locator("main")).to_contain_text("telephoned by the family")
    clerk.page.goto(f"{file}numbers/")
    clerk.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guardian_is_registered_with_a_scan_and_suspended(
    visitor: Visitor, language: str
) -> None:  # REP-1, REP-4
    clerk = visitor(CLERK, language=language)
    file = register(clerk, family())
    clerk.page.goto(f"{file}mandate/")
    clerk.check()
    clerk.click("Register")
    expect(clerk.page.locator(".error-summary")).to_be_visible()
    clerk.page.locator("select[name=kind]").select_option("legal")
    first = f"800101{secrets.randbelow(900) + 50:03}"
    fill(clerk, "National number of this person", first + check_digits(first, century=1900))
    clerk.page.locator("input[name=family]").fill(family())
    clerk.page.locator("input[name=given]").fill("Els")
    fill(clerk, "What proves it", "beschikking van 3 maart 2026")
    scan = clerk.page.locator("input[name=scan]")
    scan.set_input_files({"name": "note.pdf", "mimeType": "application/pdf", "buffer": b"no scan at all"})
    clerk.click("Register")
    expect(clerk.page.locator(".error-summary")).to_contain_text(
        clerk.words("This is no PDF, JPEG or PNG. Scan the paper, or take a picture of it.")
    )
    scan.set_input_files({"name": "act.pdf", "mimeType": "application/pdf", "buffer": PDF})
    clerk.click("Register")
    done(clerk, "The file is registered, with its document. The patient is told.")
    clerk.check()
    clerk.page.locator(".desk__ways").get_by_role("link", name=clerk.words("Suspend")).click()
    clerk.check()
    fill(clerk, "Reason", "the family disputes it")
    clerk.click("Suspend")
    done(clerk, "The access is suspended.")
    expect(clerk.page.locator(".tag--warning").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_works_here_is_excluded_by_form(visitor: Visitor, language: str) -> None:  # EXC-4
    clerk = visitor(CLERK, language=language)
    file = register(clerk, family())
    clerk.page.goto(f"{file}exclude/")
    clerk.check()
    clerk.page.locator("main input[name=q]").fill("Verlinden")
    clerk.click("Find")
    clerk.page.locator(".desk__line").get_by_role("link").first.click()
    clerk.check()
    clerk.page.get_by_label(clerk.words("Also in emergencies")).check()
    clerk.click("Exclude")
    done(clerk, "The exclusion is registered and in force. The patient is told.")
    expect(clerk.page.locator("main")).to_contain_text("Verlinden")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_records_are_compared_merged_and_parted_again(visitor: Visitor, language: str) -> None:  # REC-8
    clerk, name = visitor(CLERK, language=language), family()
    register(clerk, name, given="Marieke")
    register(clerk, name, given="Mariekke")
    expect(clerk.heading("Register a new patient")).to_be_visible()  # somebody alike is known
    clerk.check()
    clerk.page.get_by_label(clerk.words("I checked: this is another person")).check()
    clerk.click("Register")
    done(clerk, "The patient is registered.")
    clerk.click("Duplicates", role="link")
    clerk.check()
    clerk.page.locator(".desk__pairs li", has_text=name).get_by_role("link").click()
    clerk.check()
    clerk.page.get_by_role("radio").first.check()
    clerk.page.locator("form").filter(has=clerk.page.get_by_role("radio")).locator("textarea").fill(
        "same identity card"
    )
    clerk.click("Merge …")
    clerk.check()
    clerk.click("Merge the two records")
    done(clerk, "The two records are one. You can undo it here, in the section of merged records.")
    clerk.page.locator(".desk__ways").get_by_role("link", name=clerk.words("Undo the merge")).click()
    clerk.check()
    fill(clerk, "Reason", "two people after all")
    clerk.click("Undo the merge")
    done(clerk, "The two records are parted again.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_false_death_takes_two_people(visitor: Visitor, language: str) -> None:  # DTH-1, DTH-4
    clerk, name = visitor(CLERK, language=language), family()
    file = register(clerk, name)
    clerk.page.goto(f"{file}death/")
    clerk.check()
    at = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    fill(clerk, "Date and time of death", at)
    fill(clerk, "Who told of it", "family")
    clerk.click("Record the death")
    done(clerk, "The death is recorded. The accesses are closed.")
    clerk.click("This death is not true …", role="link")
    fill(clerk, "Reason", "a namesake has died")
    clerk.click("Ask for it")
    done(clerk, "Asked. A colleague must confirm it: it stands in the work list.")
    clerk.check()
    second = visitor(SECOND, language=language)
    second.page.goto(f"/desk/?kind=death-reversal&q={name}")
    second.page.locator(".desk__tasks").get_by_role("link").click()
    expect(second.page.locator("main")).to_contain_text("a namesake has died")
    second.check()
    second.click("Confirm the reversal", role="link")
    second.check()
    second.click("Reverse the death")
    done(second, "The death is reversed. The accesses are as they were before.")
    clerk.page.goto(file)
    expect(clerk.page.locator("main .tag--entered-in-error")).to_have_count(0)
