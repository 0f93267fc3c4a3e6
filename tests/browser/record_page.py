"""The record page as a test speaks of it."""

import re

from playwright.sync_api import Locator, Page, expect


class RecordPage:
    """The list, the filters and the reading pane of a record on the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def rows(self) -> Locator:
        """The rows of the list."""
        return self.page.locator("#items .item")

    @property
    def pane(self) -> Locator:
        """The reading pane."""
        return self.page.locator("#pane")

    @property
    def count(self) -> int:
        """How many items the list holds, as it says itself."""
        return int(re.sub(r"\D", "", self.page.locator(".list__count b").inner_text()))

    def titles(self) -> list[str]:
        """The rows as text."""
        return self.rows.all_inner_texts()

    def search(self, text: str) -> None:
        """Type into the search of the record and wait until the address bar holds it."""
        self.page.locator("#search").fill(text)
        self.page.wait_for_url(re.compile(rf"[?&]q={re.escape(text)}(&|$)"))
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def choose(self, menu: str, value: str) -> None:
        """Tick one choice of a menu of the filters and wait until the address bar holds it."""
        self.page.locator("summary", has_text=menu).click()
        box = self.page.locator(f"input[type=checkbox][value='{value}']")
        name = box.get_attribute("name")
        box.check()
        self.page.wait_for_url(re.compile(rf"[?&]{name}={value}(&|$)"))
        expect(self.page.locator(".htmx-request")).to_have_count(0)
        self.page.keyboard.press("Escape")

    def open(self, row: Locator) -> None:
        """Click a row and wait for its text in the pane."""
        href = row.locator("a").get_attribute("href")
        row.locator("a").click()
        expect(self.pane.locator(f"[data-chosen='{href}']")).to_be_visible()
