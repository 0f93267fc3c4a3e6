"""The Desk beyond registration: ombuds service, medical director, data protection and security officer (LOG-5, BTG-5, CON-11, ACS-1, LOG-6)."""

import secrets
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser

OMBUDS, DIRECTOR, OFFICER, SECURITY = "katrien.segers", "medische.directie", "dpo", "sicherheit"


def find(visit: Visit, name: str, way: str) -> None:
    """Find a patient and take one of the ways offered."""
    visit.page.goto("/desk/about/")
    visit.page.get_by_label(visit.words("National number or family name")).fill(name)
    visit.click("Search")
    visit.page.locator(".desk__found").get_by_role("link", name=visit.words(way)).first.click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_is_registered_shown_on_paper_and_answered(visitor: Visitor, language: str) -> None:
    """LOG-5: the overview as a numbered PDF; the patient reads the answer."""
    ombuds = visitor(OMBUDS, language=language)
    find(ombuds, "Goossens", "New request")
    ombuds.check()
    ombuds.click("Register the request")
    expect(ombuds.page.locator(".error-summary")).to_be_visible()
    mark = secrets.token_hex(4)
    ombuds.page.get_by_label(ombuds.words("The request in their words")).fill(f"Wie las mijn dossier? {mark}")
    ombuds.click("Register the request")
    expect(ombuds.page.locator("main .notice[role=status]").first).to_contain_text(
        ombuds.words("The request is registered. Its deadline stands in the work list.")
    )
    ombuds.page.goto("/desk/?kind=overview")
    ombuds.page.locator(".desk__tasks").get_by_role("link").last.click()
    expect(ombuds.page.locator("main")).to_contain_text(mark)
    ombuds.check()
    with ombuds.page.expect_download() as paper:
        ombuds.click("Overview of accesses (PDF)")
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")
    ombuds.click("Answer", role="link")
    ombuds.check()
    ombuds.page.get_by_label(ombuds.words("The answer"), exact=True).fill(f"Zie het overzicht. {mark}")
    ombuds.click("Send the answer")
    expect(ombuds.page.locator("main .notice[role=status]").first).to_contain_text(
        ombuds.words("The request is answered.")
    )
    patient = visitor("rita.goossens", language=language)
    patient.page.goto("/my/messages/")
    expect(patient.page.locator("main")).to_contain_text(mark)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patient_asks_and_the_ombuds_service_hands_over(visitor: Visitor, language: str) -> None:
    """MY-10, MY-18: from My to the Desk, and on to the medical director."""
    mark = secrets.token_hex(4)
    patient = visitor("rita.goossens", language=language)
    patient.page.goto("/my/ask/")
    patient.check()
    patient.page.get_by_label(patient.words("Something I expect is not in my record")).check()
    patient.click("Send the question")
    expect(patient.page.locator(".error-summary")).to_be_visible()
    patient.page.get_by_label(patient.words("Your question")).fill(f"De brief van mei {mark}")
    patient.click("Send the question")
    expect(patient.page.locator("main .notice[role=status]").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_gathers_entries_and_leaves_as_a_file(visitor: Visitor, language: str) -> None:
    """LOG-6, CON-11."""
    director = visitor(DIRECTOR, language=language)
    find(director, "Goossens", "New case")
    director.check()
    director.click("Nobody is known yet", role="link")
    mark = secrets.token_hex(4)
    director.page.get_by_label(director.words("What was found or told")).fill(f"Klacht per telefoon {mark}")
    director.click("Open the case")
    director.page.goto("/desk/?kind=case")
    director.page.locator(".desk__tasks").get_by_role("link").last.click()
    expect(director.page.locator("main")).to_contain_text(mark)
    director.page.locator(".desk__entries input[type=checkbox]").first.check()
    director.page.get_by_label(director.words("Why they belong to it")).fill("De dag van de klacht")
    director.click("Add the ticked entries to the case")
    expect(director.page.locator("main .notice[role=status]").first).to_contain_text("1")
    director.check()
    with director.page.expect_download() as packed:
        director.click("File for the Order (PDF and JSON)")
    with zipfile.ZipFile(packed.value.path()) as archive:
        assert archive.read("case.pdf").startswith(b"%PDF")
        assert mark in archive.read("case.json").decode()
        assert "Goossens" not in archive.read("case.json").decode()
    director.click("Close the case", role="link")
    director.check()
    director.page.get_by_label(director.words("Reason"), exact=True).fill("Alles was verklaard.")
    director.click("Close the case")
    expect(director.page.locator("main .notice[role=status]").first).to_contain_text(
        director.words("The case is closed.")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_setting_changes_with_a_reason_and_back(visitor: Visitor, language: str) -> None:
    """ACD-4: data with history; what is beyond the limits is refused beside its field."""
    officer = visitor(OFFICER, language=language)
    officer.page.goto("/desk/settings/")
    officer.check()
    officer.page.goto("/desk/settings/misses.a-day/")
    officer.check()
    was = officer.page.get_by_label(officer.words("Numbers tried in a day")).input_value()
    officer.page.get_by_label(officer.words("Numbers tried in a day")).fill("500")
    officer.page.get_by_label(officer.words("Reason"), exact=True).fill("Besluit van het comité")
    officer.click("Change the setting")
    expect(officer.page.locator(".field--error")).to_be_visible()
    for value in ("7", was):
        officer.page.goto("/desk/settings/misses.a-day/")
        officer.page.get_by_label(officer.words("Numbers tried in a day")).fill(value)
        officer.page.get_by_label(officer.words("Reason"), exact=True).fill(
            f"Besluit van het comité: {value}"
        )
        officer.click("Change the setting")
        expect(officer.page.locator(".desk__events").first).to_contain_text(
            f"Besluit van het comité: {value}"
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_function_table_is_read_by_all_and_changed_by_two(visitor: Visitor, language: str) -> None:
    """ACS-1: preview, proposal, confirmation by an officer of another hospital."""
    officer = visitor(OFFICER, language=language)
    officer.page.goto("/desk/rights/change/?function=dietician&action=read")
    officer.check()
    box = officer.page.locator("input[name=categories][value='13']")
    box.set_checked(not box.is_checked())
    officer.page.get_by_label(officer.words("Reason"), exact=True).fill(
        f"Netwerkbesluit {secrets.token_hex(3)}"
    )
    officer.click("Show what it would change")
    expect(officer.page.locator("form .notice--warning")).to_be_visible()
    officer.check()
    officer.click("Propose the change")
    expect(officer.page.locator("main .notice[role=status]").first).to_contain_text(
        officer.words("The change waits for a second data protection officer.")
    )
    second = visitor("protection.donnees", language=language)
    second.page.goto("/desk/?kind=rights-change")
    second.page.locator(".desk__tasks").get_by_role("link").last.click()
    second.click("Decide", role="link")
    second.check()
    second.page.get_by_label(second.words("Confirm"), exact=True).check()
    second.click("Keep the decision")
    expect(second.page.locator("main .notice[role=status]").first).to_contain_text(
        second.words("The decision is kept.")
    )
    for username, face in (("an.verlinden", "ward"), ("hilde.lemmens", "consult"), ("rita.goossens", "my")):
        reader = visitor(username, language=language)
        reader.page.goto(f"/{face}/rights/")
        expect(reader.page.locator(".rights__versions li")).not_to_have_count(1)
        reader.check()


@pytest.mark.parametrize(("language", "username"), [("nl", OFFICER), ("fr", "protection.donnees")])
def test_signals_are_looked_for_and_judged(visitor: Visitor, language: str, username: str) -> None:
    """LOG-6: the button; a signal of the demo, one at each hospital, is explained."""
    officer = visitor(username, language=language)
    officer.page.goto("/desk/signals/")
    officer.check()
    officer.click("Look through the accesses")
    expect(officer.page.locator("main .notice[role=status]").first).to_be_visible()
    officer.page.goto("/desk/?kind=signal")
    signal = officer.page.locator(".desk__tasks").get_by_role("link").first
    expect(signal).to_be_visible()
    signal.click()
    officer.check()
    officer.click("Judge", role="link")
    officer.page.get_by_label(officer.words("Explained")).check()
    officer.page.get_by_label(officer.words("Who was asked, and what was found")).fill(
        "Navraag bij de dienst gedaan."
    )
    officer.click("Keep the judgement")
    expect(officer.page.locator("main .notice[role=status]").first).to_contain_text(
        officer.words("The judgement is kept.")
    )


def test_the_security_officer_reads_and_changes_nothing(visitor: Visitor) -> None:
    security = visitor(SECURITY, language="de")
    for page in ("system", "settings", "rights"):
        security.page.goto(f"/desk/{page}/")
        security.check()
    expect(security.page.locator("form button[value=propose]")).to_have_count(0)
    answer = security.page.context.request.get("/desk/settings/sms/")
    assert answer.status == 403
