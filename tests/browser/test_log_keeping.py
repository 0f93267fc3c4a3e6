"""Two officers erase the content of an entry of the log, from the search to the second signature (LOG-4); what the patient reads: tests/desk/test_log_keeping.py."""

import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.site import wait_until
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
NAME = "Thijs Walter"  # about whom nothing is running at the Desk


def opens_for_asking(officer: Visit, address: str) -> bool:
    """Load the page and tell whether the entry is in the tree already: then it may be asked for."""
    officer.page.goto(address)
    return officer.page.locator("form textarea").count() > 0


def test_an_entry_is_erased_by_two(visitor: Visitor) -> None:
    officer = visitor("dpo", language="nl")
    today = datetime.now(UTC).date()
    asked = {
        "why": "authority",
        "since": today - timedelta(days=1),
        "until": today + timedelta(days=1),
        "verb": "open-record",
    }
    carer = visitor("an.verlinden", language="nl")
    carer.page.locator("main").get_by_role("link", name=NAME).first.click()
    carer.page.wait_for_url("**/patient/**")
    officer.page.goto(f"/desk/log/?{urlencode(asked)}")
    way = officer.page.locator(".desk__entries tr", has_text=NAME).get_by_role(
        "link", name=officer.words("Erase")
    )
    address = str(way.first.get_attribute("href"))
    wait_until(lambda: opens_for_asking(officer, address), what="the entry in the tree")
    officer.check()
    officer.click("Ask a second person")
    expect(officer.page.locator(".error-summary")).to_be_visible()
    mark = secrets.token_hex(4)
    officer.page.get_by_label(officer.words("ordered by a court")).check()
    officer.page.get_by_label(officer.words("Reason")).fill(f"Vonnis van 3 mei {mark}")
    officer.click("Ask a second person")
    expect(officer.page.locator("main .notice[role=status]").first).to_contain_text(
        officer.words("Asked. A second person must confirm it: it stands in the work list.")
    )
    officer.check()
    second = visitor("veiligheid", language="nl")
    second.click("Log", role="link")
    second.click("Keeping of the log", role="link")
    line = second.page.locator("li", has_text=mark)
    second.check()
    line.get_by_role("link").click()
    second.page.get_by_label(second.words("Confirm"), exact=True).check()
    second.check()
    second.click("Keep the decision")
    expect(second.page.locator("li", has_text=mark)).to_contain_text(second.words("confirmed"))


def test_the_time_of_keeping_and_restores_are_shown(visitor: Visitor) -> None:
    second = visitor("veiligheid", language="fr")
    second.click("Log", role="link")
    second.click("Keeping of the log", role="link")
    second.click("How long the log is kept", role="link")
    expect(second.page.locator("main")).to_contain_text(second.words("the month is not over"))
    second.check()
    second.click("Propose another time", role="link")
    second.check()
    second.page.goto("/desk/log-keeping/restores/")
    expect(second.heading("Restores of the database")).to_be_visible()
    second.check()
