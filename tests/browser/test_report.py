"""The life of a report, seen by who writes it, by the GP outside and by the patient (REC-2, REC-5, REC-6, REC-10)."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.record_page import RecordPage
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def title() -> str:
    """A title that no other report has."""
    return f"Zaalronde {secrets.token_hex(4)}"


@pytest.fixture(params=LANGUAGES)
def author(visitor: Visitor, request: pytest.FixtureRequest) -> Visit:
    """The cardiologist in the record of a patient on her ward."""
    made = visitor("an.verlinden", language=request.param)
    made.open_patient("Goossens Rita")
    return made


@pytest.fixture
def gp(visitor: Visitor, author: Visit) -> Visit:
    """The GP of that patient, in Consult, in the same record."""
    made = visitor("hilde.lemmens", language=author.words.language)
    made.open_patient("Goossens Rita")
    return made


@pytest.fixture
def patient(visitor: Visitor, author: Visit) -> Visit:
    """The patient, in My, in the list of everything."""
    made = visitor("rita.goossens", language=author.words.language)
    made.page.goto("/my/record/")
    return made


def seen_by(reader: Visit, title: str) -> int:
    """Return how many items of this title the reader finds, asking the server anew."""
    base = reader.page.url.split("?")[0]
    reader.page.goto(f"{base}?q={title.split()[-1]}")
    return RecordPage(reader.page).rows.filter(has_text=title).count()


def write(author: Visit, title: str, text: str, *, deed: str) -> None:
    """Fill the editor and press one of its buttons."""
    author.page.get_by_label(author.words("Title")).fill(title)
    author.page.get_by_label(author.words("Text"), exact=True).fill(text)
    author.click(deed)


def test_an_incomplete_report_is_refused_in_words_and_nothing_is_lost(author: Visit, title: str) -> None:
    author.click("Write a report", role="link")
    expect(author.heading("New report")).to_be_visible()
    author.check()
    author.page.get_by_label(author.words("Text"), exact=True).fill("Rustige nacht.")
    author.click("Validate")
    summary = author.page.get_by_role("alert")
    expect(summary).to_contain_text(author.words("Give the report a title, for example: Ward round."))
    expect(summary).to_be_focused()
    expect(author.page.get_by_label(author.words("Title"))).to_have_attribute("aria-invalid", "true")
    expect(author.page.get_by_label(author.words("Text"), exact=True)).to_have_value("Rustige nacht.")
    author.check()
    author.page.get_by_label(author.words("Date and time")).fill("2099-01-01T10:00")
    author.page.get_by_label(author.words("Title")).fill(title)
    author.click("Validate")
    expect(summary).to_contain_text(
        author.words("This moment has not come yet. A report is about what was done.")
    )
    assert seen_by(author_record(author), title) == 0


def author_record(author: Visit) -> Visit:
    """Lead the author back to the record."""
    author.click("Back to the record", role="link")
    return author


def test_a_draft_stays_inside_and_what_is_validated_is_seen_at_once(
    author: Visit, gp: Visit, patient: Visit, title: str
) -> None:
    author.click("Write a report", role="link")
    write(author, title, "Eerste woorden.", deed="Keep as draft")
    pane = RecordPage(author.page).pane
    expect(pane.locator(".doc__bar .tag--draft")).to_be_visible()
    expect(pane).to_contain_text("Eerste woorden.")
    author.check()
    assert (seen_by(gp, title), seen_by(patient, title)) == (0, 0)

    author.click("Go on writing", role="link")
    write(author, title, "Laatste woorden.", deed="Validate")
    expect(pane.locator(".doc__bar .tag--final")).to_be_visible()
    assert (seen_by(gp, title), seen_by(patient, title)) == (1, 1)
    for reader in (gp, patient):
        shown = RecordPage(reader.page)
        shown.open(shown.rows.first)
        expect(shown.pane).to_contain_text("Laatste woorden.")
        # the version that was a draft is not theirs to read, nor that there was one
        expect(shown.pane).not_to_contain_text("Eerste woorden.")
        expect(shown.pane.locator(".versions")).to_have_count(0)


def test_an_amendment_needs_a_reason_and_the_slower_of_two_windows_is_told(
    author: Visit, gp: Visit, title: str
) -> None:
    author.click("Write a report", role="link")
    write(author, title, "Linkerknie.", deed="Validate")
    author.click("Amend", role="link")
    expect(author.heading("Amend the report")).to_be_visible()
    author.check()
    slower = author.page.context.new_page()
    slower.goto(author.page.url)
    author.page.get_by_label(author.words("Text"), exact=True).fill("Rechterknie.")
    author.click("Validate the amendment")
    expect(author.page.get_by_role("alert")).to_contain_text(author.words("Say why the report is amended."))
    author.page.get_by_label(author.words("Reason for the amendment")).fill("Verkeerde zijde")
    author.click("Validate the amendment")
    pane = RecordPage(author.page).pane
    expect(pane.locator(".doc__bar .tag--amended")).to_be_visible()
    expect(pane).to_contain_text("Rechterknie.")

    slower.get_by_label(author.words("Text"), exact=True).fill("Beide knieën.")
    slower.get_by_label(author.words("Reason for the amendment")).fill("Ook links")
    slower.get_by_role("button", name=author.words("Validate the amendment")).click()
    expect(slower.get_by_role("alert")).to_contain_text(
        author.words(
            "Somebody stored another version meanwhile. Open the report again in a second window, compare, then save yours anew."
        )
    )
    expect(slower.get_by_label(author.words("Text"), exact=True)).to_have_value("Beide knieën.")
    assert seen_by(gp, title) == 1
    shown = RecordPage(gp.page)
    shown.open(shown.rows.first)
    expect(shown.pane).to_contain_text("Rechterknie.")
    expect(shown.pane.locator(".versions li")).to_have_count(2)
    expect(shown.pane.locator(".versions")).to_contain_text("Verkeerde zijde")


def test_a_withdrawn_report_is_struck_through_and_every_version_stays_readable(
    author: Visit, patient: Visit, title: str
) -> None:
    author.click("Write a report", role="link")
    write(author, title, "Bij de verkeerde patiënt geschreven.", deed="Validate")
    author.click("Amend", role="link")
    author.click("Withdraw …", role="link")
    expect(author.heading("Withdraw this report?")).to_be_visible()
    author.check()
    author.click("Withdraw the report")
    expect(author.page.get_by_role("alert")).to_contain_text(author.words("Say why the report is withdrawn."))
    author.page.get_by_label(author.words("Reason"), exact=True).fill("Verkeerde patiënt")
    author.click("Withdraw the report")
    expect(RecordPage(author.page).pane).to_contain_text(
        author.words("This item was withdrawn. It is kept so that everybody can see what was read before.")
    )
    author.check()
    for reader in (author, patient):
        assert seen_by(reader, title) == 1
        shown = RecordPage(reader.page)
        text = shown.rows.first.locator(".item__text")
        expect(text).to_have_css("text-decoration-line", "line-through")
        shown.open(shown.rows.first)
        expect(shown.pane.locator(".versions")).to_contain_text("Verkeerde patiënt")
        shown.pane.locator(".versions a").last.click()
        expect(shown.pane.locator(".prose")).to_contain_text("Bij de verkeerde patiënt geschreven.")


def test_a_withdrawn_draft_stays_where_the_draft_was(
    author: Visit, gp: Visit, patient: Visit, title: str
) -> None:  # REC-5: what never was validated was never anybody else's to read
    author.click("Write a report", role="link")
    write(author, title, "In het verkeerde dossier begonnen.", deed="Keep as draft")
    author.click("Go on writing", role="link")
    author.click("Withdraw …", role="link")
    expect(author.heading("Withdraw this report?")).to_be_visible()
    expect(author.page.get_by_role("main")).to_contain_text(
        author.words(
            "Carers of this institution see that it was withdrawn. Neither the patient nor another institution ever sees it."
        )
    )
    author.check()
    author.page.get_by_label(author.words("Reason"), exact=True).fill("Verkeerde patiënt")
    author.click("Withdraw the report")
    expect(RecordPage(author.page).pane).to_contain_text(
        author.words(
            "This draft was withdrawn before it was validated. Only carers of this institution see it."
        )
    )
    author.check()
    assert (seen_by(author, title), seen_by(gp, title), seen_by(patient, title)) == (1, 0, 0)
