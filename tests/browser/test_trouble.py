"""The database dies while people read and write: nobody is shown an empty record, nothing acknowledged is lost (ALL-5)."""

import os
import secrets
import signal
import threading
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.crawl import Reader
from tests.browser.record_page import RecordPage
from tests.browser.site import Site, wait_until
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser


@dataclass
class Scribe:
    """A physician who writes one report after the other, and notes which were acknowledged."""

    reader: Reader
    patient: str
    acknowledged: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)  # answers other than stored, and could not be read
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Write until told to stop."""
        while not self.stopped.is_set():
            title = f"Noodproef {secrets.token_hex(6)}"
            try:
                status, leads_to = self.reader.post(
                    f"/ward/patient/{self.patient}/report/",
                    {
                        "kind": "progress-note",
                        "title": title,
                        "at": "2026-01-05T10:00",
                        "text": "Blijft.",
                        "expected": "0",
                        "deed": "validate",
                    },
                )
            except httpx.TransportError:
                continue
            if status == 302 and "?item=" in leads_to:
                self.acknowledged.append(title)
            elif status != 503:
                self.strange.append(f"{status} {leads_to}")

    def wait_for(self, number: int) -> None:
        """Wait until so many reports were acknowledged. A strange answer fails at once."""
        wait_until(lambda: len(self.acknowledged) >= number or self.strange, what=f"{number} reports")
        assert self.strange == []


def kill_database(site: Site) -> int:
    """Kill the database server as a power cut would, and return its process number."""
    killed = site.postmaster
    os.kill(killed, signal.SIGKILL)
    return killed


def wait_recovered(site: Site, killed: int) -> None:
    """Wait until another server answers and the whole site is well."""

    def is_new() -> bool:
        try:
            return site.postmaster != killed and site.health() == 200
        except (OSError, ValueError):
            return False  # the file is being written

    wait_until(is_new, what="the recovery of the site", within_s=90)


def test_a_record_is_unreadable_or_whole_but_never_empty(breaking: Site, visitor: Visitor) -> None:
    visit = visitor("an.verlinden")
    visit.open_patient("Goossens Rita")
    record = RecordPage(visit.page)
    whole = record.count
    killed = kill_database(breaking)
    answer = visit.page.reload()
    assert answer is not None
    if answer.status == 503:
        expect(visit.heading("The record could not be read")).to_be_visible()
        assert visit.page.locator(".item").count() == 0
        assert visit.page.get_by_text(visit.words("Nothing is recorded here yet.")).count() == 0
        visit.check()
        visit.forgive("503")
    else:
        assert record.count == whole
    wait_recovered(breaking, killed)
    visit.page.reload()
    assert record.count == whole


def test_no_acknowledged_report_is_lost_when_the_database_is_killed(breaking: Site, visitor: Visitor) -> None:
    [(rita,)] = breaking.ask("SELECT id FROM registry.patient WHERE family = 'Goossens'")
    scribe = Scribe(Reader(breaking.address, "an.verlinden", "nl"), str(rita))
    writing = threading.Thread(target=scribe.run)
    writing.start()
    try:
        scribe.wait_for(5)
        killed = kill_database(breaking)
        wait_recovered(breaking, killed)
        scribe.wait_for(len(scribe.acknowledged) + 1)
    finally:
        scribe.stopped.set()
        writing.join()
        scribe.reader.close()
    assert scribe.strange == []
    stored = {
        title
        for (title,) in breaking.ask(
            "SELECT title FROM record.item WHERE patient_id = %s AND status = 'final'", rita
        )
    }
    assert set(scribe.acknowledged) <= stored
    visit: Visit = visitor("an.verlinden")
    visit.page.goto(f"/ward/patient/{rita}/?q={scribe.acknowledged[-1].split()[-1]}")
    expect(RecordPage(visit.page).rows).to_have_count(1)
