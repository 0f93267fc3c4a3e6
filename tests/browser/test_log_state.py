"""The state of the log at the Desk (LOG-3): signed and witnessed by two hospitals; and what is said when nobody watches."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site, wait_until
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
OFFICERS = {"nl": "sicherheit", "fr": "dpo"}


def shows(visit: Visit, text: str) -> bool:
    """Load the page anew and tell whether these words (given in English) stand on it."""
    visit.page.goto("/desk/log-state/")
    return visit.words(text) in visit.page.locator("main").inner_text()


def metric(site: Site, line: str) -> str:
    with suppress(urllib.error.HTTPError):  # who asks without the token learns where it is; it is made then
        urllib.request.urlopen(f"http://127.0.0.1:{site.port}/metrics", timeout=20).close()
    token = (site.home / "metrics-token").read_text().strip()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{site.port}/metrics", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        told = dict(one.rsplit(" ", 1) for one in answer.read().decode().splitlines() if one[0] != "#")
    return str(told[line])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_sees_that_two_hospitals_cosign(visitor: Visitor, language: str) -> None:
    visit = visitor(OFFICERS[language], language=language)
    visit.click("Log", role="link")
    visit.click("State of the log", role="link")
    wait_until(lambda: shows(visit, "All is well"), what="a witnessed log")
    table = visit.page.get_by_role("table", name=visit.words("Witnesses"))
    witnesses = table.get_by_role("rowheader").all_inner_texts()
    assert sorted(witnesses) == ["witness.sainte-aldegonde.example", "witness.scheldedal.example"]
    assert table.get_by_text(visit.words("cosigns"), exact=True).count() == 2
    visit.check()


@pytest.fixture
def policy(breaking: Site) -> Iterator[Path]:
    """The policy of the witnesses, put back afterwards."""
    path = breaking.home / "log" / "policy"
    text = path.read_text()
    yield path
    path.write_text(text)


def test_what_is_wrong_is_told_on_the_page_and_in_the_metrics(
    visitor: Visitor, site: Site, policy: Path
) -> None:
    officer = visitor("sicherheit", language="de")
    wait_until(lambda: shows(officer, "All is well"), what="a witnessed log")
    assert metric(site, 'unidossier_log_alarm{kind="policy"}') == "0"
    policy.write_text("quorum of-nobody\n")
    assert shows(officer, "The list of witnesses cannot be read")
    officer.check()
    assert metric(site, 'unidossier_log_alarm{kind="policy"}') == "1"
    officer.page.goto("/desk/")
    assert officer.words("The list of witnesses cannot be read") in officer.page.locator("main").inner_text()
    officer.check()
    assert site.health() == 200  # access goes on (T35)
