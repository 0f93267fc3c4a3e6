"""A page that is open goes blank within five seconds when the right to see it ends (ACD-7); what was typed is kept when it does not."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site, wait_until
from tests.browser.visit import Visit
from tests.supervisor.site_process import descendants

pytestmark = pytest.mark.browser
AT_ONCE_MS = 5_000


class Rights:
    """Changes of rights, committed as the administrator, and taken back at the end."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.undone = ExitStack()

    def patient(self, family: str, given: str) -> UUID:
        [(found,)] = self.site.ask(
            "SELECT id FROM registry.patient WHERE family = %s AND given = %s", family, given
        )
        return UUID(str(found))

    def person(self, username: str) -> UUID:
        [(found,)] = self.site.ask("SELECT person_id FROM account WHERE username = %s", username)
        return UUID(str(found))

    def exclude(self, patient: UUID, person: UUID) -> None:
        """The patient excludes a carer."""
        made = uuid4()
        self.undone.callback(
            self.site.ask, "UPDATE relations.exclusion SET until_at = now() WHERE id = %s", made
        )
        self.site.ask(
            "INSERT INTO relations.exclusion (patient_id, id, person_id, source, absolute, entry_id) VALUES (%s, %s, %s, 'local', false, 0)",
            patient, made, person,
        )  # fmt: skip

    def suspend(self, patient: UUID, person: UUID) -> None:
        """The ombuds service suspends a representative."""
        where = "WHERE patient_id = %s AND person_id = %s"
        [(before,)] = self.site.ask(f"SELECT state FROM relations.representation {where}", patient, person)
        put = f"UPDATE relations.representation SET state = %s {where}"
        self.undone.callback(self.site.ask, put, before, patient, person)
        self.site.ask(put, "suspended", patient, person)


@pytest.fixture
def rights(breaking: Site) -> Iterator[Rights]:
    made = Rights(breaking)
    with made.undone:
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_record_goes_blank_when_its_reader_is_excluded(
    visitor: Visitor, rights: Rights, language: str
) -> None:
    visit = visitor("an.verlinden", language=language)
    visit.open_patient("Goossens Rita")
    shown = visit.page.locator("main .item").first
    expect(shown).to_be_visible()
    rights.exclude(rights.patient("Goossens", "Rita"), rights.person("an.verlinden"))
    expect(shown).to_be_hidden(timeout=AT_ONCE_MS)
    expect(visit.heading("You have no access to this record")).to_be_visible()
    assert "Goossens" not in visit.page.title() + visit.page.locator("body").inner_text()
    visit.forgive("404")


def test_an_excluding_patient_leaves_an_open_list_and_the_others_stay(
    visitor: Visitor, rights: Rights
) -> None:
    visit = visitor("an.verlinden")
    names = visit.page.locator("main .patient__name")
    excluding, before = names.filter(has_text="Goossens"), names.count()
    expect(excluding.first).to_be_visible()
    gone = excluding.count()
    rights.exclude(rights.patient("Goossens", "Rita"), rights.person("an.verlinden"))
    expect(excluding).to_have_count(0, timeout=AT_ONCE_MS)
    expect(names).to_have_count(before - gone)


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_goes_blank_when_a_representative_is_suspended(
    visitor: Visitor, rights: Rights, language: str
) -> None:
    father = visitor("bart.vermeiren", language=language)
    father.page.get_by_role("button", name="Lotte").click()
    father.page.wait_for_url("**/my/")
    banner = father.page.get_by_role("region", name=father.words("Patient"), exact=True)
    expect(banner).to_contain_text("Lotte")
    child = rights.site.ask(
        """SELECT p.id FROM registry.patient p JOIN relations.representation r ON r.patient_id = p.id
           WHERE p.given = 'Lotte' AND r.person_id = %s""",
        rights.person("bart.vermeiren"),
    )[0][0]
    rights.suspend(child, rights.person("bart.vermeiren"))
    expect(banner.filter(has_text="Lotte")).to_have_count(0, timeout=AT_ONCE_MS)
    wait_until(lambda: not father.page.locator("body[data-blank]").count(), what="the server's answer")
    assert father.page.locator(".news li, .tile, .item").count() == 0
    if any("404" in one for one in father._complaints):
        father.forgive("404")


def carried(visit: Visit) -> str:
    return visit.page.locator("body").get_attribute("data-still") or ""


def test_a_text_half_written_survives_a_change_that_does_not_concern_its_writer(
    visitor: Visitor, rights: Rights
) -> None:
    visit = visitor("an.verlinden")
    visit.open_patient("Goossens Rita")
    visit.click("Write a report", role="link")
    text: Locator = visit.page.get_by_label(visit.words("Text"), exact=True)
    text.fill("Half geschreven.")
    before = carried(visit)
    rights.exclude(rights.patient("Goossens", "Rita"), rights.person("hilde.lemmens"))
    wait_until(lambda: carried(visit) != before, what="the page to be checked", within_s=10)
    expect(text).to_be_visible()
    expect(text).to_have_value("Half geschreven.")
    expect(text).to_be_focused()
    visit.page.get_by_label(visit.words("Title")).fill("Zaalronde")  # the form works as before
    rights.exclude(rights.patient("Goossens", "Rita"), rights.person("an.verlinden"))
    expect(text).to_be_hidden(timeout=AT_ONCE_MS)
    expect(visit.heading("You have no access to this record")).to_be_visible()
    visit.forgive("404")


def api_of(site: Site) -> int:
    """Return the process number of the server that holds the lines."""
    return next(
        pid
        for pid in sorted(descendants(site.pid))
        if b"supervisor.serve\0api" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def test_a_line_that_was_cut_is_opened_again_and_misses_nothing(
    visitor: Visitor, rights: Rights, breaking: Site
) -> None:
    visit = visitor("an.verlinden")
    visit.open_patient("Goossens Rita")
    shown = visit.page.locator("main .item").first
    expect(shown).to_be_visible()
    killed = api_of(breaking)
    os.kill(killed, signal.SIGKILL)
    rights.exclude(rights.patient("Goossens", "Rita"), rights.person("an.verlinden"))
    began = time.monotonic()
    wait_until(lambda: breaking.health() == 200 and api_of(breaking) != killed, what="another server")
    expect(shown).to_be_hidden(timeout=AT_ONCE_MS)
    expect(visit.heading("You have no access to this record")).to_be_visible()
    assert time.monotonic() - began < 60
    visit.forgive("404")
    if any("ERR_" in one for one in visit._complaints):
        visit.forgive("ERR_")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_without_its_line_says_so_until_it_is_back(visitor: Visitor, language: str) -> None:
    visit = visitor("an.verlinden", language=language)
    visit.page.route("**/still", lambda route: route.abort())
    visit.open_patient("Goossens Rita")
    words = visit.page.get_by_text(
        visit.words("There is no connection. What you see may be out of date. It is checked again by itself.")
    )
    expect(words).to_be_hidden()
    expect(words).to_be_visible(timeout=25_000)
    expect(visit.page.locator("main .item").first).to_be_visible()
    visit.check()
    visit.page.unroute("**/still")
    expect(words).to_be_hidden(timeout=10_000)
    visit.forgive("ERR_FAILED")


def test_a_page_that_the_browser_kept_is_checked_before_it_is_shown_again(
    visitor: Visitor, rights: Rights
) -> None:
    visit = visitor("an.verlinden")
    visit.page.route("**/still", lambda route: route.abort())  # as while it was not shown
    visit.open_patient("Goossens Rita")
    shown = visit.page.locator("main .item").first
    expect(shown).to_be_visible()
    rights.exclude(rights.patient("Goossens", "Rita"), rights.person("an.verlinden"))
    visit.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(shown).to_be_hidden(timeout=AT_ONCE_MS)
    expect(visit.heading("You have no access to this record")).to_be_visible()
    visit.forgive("404")
    visit.forgive("ERR_FAILED")
