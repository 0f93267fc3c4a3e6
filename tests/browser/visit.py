"""One person at one browser: signs in, reads, and notes everything the browser complains of."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.browser.crawl import TOKEN
from tests.browser.site import Site
from tests.browser.words import Words

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
PATIENCE_MS = 15_000  # other tests may hold both processors
NARROW = {"width": 320, "height": 720}
WIDE = {"width": 1280, "height": 900}
# what the policy of the pages forbids must reach the console, whatever the browser's own wording
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation",
    (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""
# null when the page was given anew meanwhile, as it is when what it stands on changes (ACD-7): then it is looked at again
RUN_AXE = """async () => {
    let isRenewed = document.body.hasAttribute("data-blank");
    new MutationObserver(() => { isRenewed = true; }).observe(document.body, {attributeFilter: ["data-blank"]});
    const {violations} = await axe.run(document, {resultTypes: ["violations"]});
    await new Promise((done) => { setTimeout(done); });
    return isRenewed ? null : violations.map((one) => `${one.id}: ${one.help}: `
        + one.nodes.map((node) => node.target.join(" ") + " " + node.html.slice(0, 160)
        + " " + (node.any[0]?.message ?? "")).slice(0, 3).join(" | ")); }"""
expect.set_options(timeout=PATIENCE_MS)


class Visit:
    """A page in a context of its own. `words` speaks its language."""

    def __init__(self, page: Page, site: Site, language: str) -> None:
        self.page = page
        self.site = site
        self.words = Words(language)
        self._complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda told: self._complaints.append(f"{page.url}: {told}"))

    @classmethod
    def begin(cls, browser: Browser, site: Site, *, language: str, theme: str) -> "Visit":
        """Open a browser that has chosen its language and theme, as the header's buttons keep them."""
        context = browser.new_context(
            base_url=site.address, viewport=WIDE, locale=language, timezone_id="Europe/Brussels"
        )
        context.add_cookies(
            [
                {"name": name, "value": value, "url": site.address}
                for name, value in (("language", language), ("theme", theme))
            ]
        )
        context.add_init_script(TELL_VIOLATIONS)
        context.set_default_timeout(PATIENCE_MS)
        return cls(context.new_page(), site, language)

    def enter(self, username: str) -> None:
        """Sign in as one of the cast, by the form behind the one click, and open his first page."""
        asking = self.page.context.request
        token = TOKEN.search(asking.get("/sign-in").text())
        assert token
        form = {"csrfmiddlewaretoken": token[1], "username": username}
        answer = asking.post("/sign-in/demo", form=form, max_redirects=0)
        assert answer.status == 302, f"{username} was not let in: {answer.status}"
        self.page.goto(answer.headers["location"])

    def heading(self, text: str, *, level: int | None = None, **told: object) -> Locator:
        """Return the heading with these words (given in English)."""
        more: dict[str, Any] = {} if level is None else {"level": level}
        return self.page.get_by_role("heading", name=self.words(text, **told), exact=True, **more)

    def click(self, text: str, *, role: Any = "button") -> None:
        """Click the button or link of these words (given in English)."""
        self.page.get_by_role(role, name=self.words(text), exact=True).click()

    def open_patient(self, name: str) -> None:
        """Open the record of one of the listed patients, by family and given name."""
        self.page.locator("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_url("**/patient/**")

    def check(self) -> None:
        """Let the accessibility engine find nothing, and see that the page fits a telephone."""
        found = None
        while found is None:
            self.page.wait_for_load_state()  # a link that was clicked may still be on its way
            expect(self.page.locator("body[data-blank]")).to_have_count(0)
            self.page.evaluate(axe())
            found = self.page.evaluate(RUN_AXE)
        assert found == [], f"{self.page.url}\n" + "\n".join(found)
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        assert width <= NARROW["width"], f"{self.page.url} is {width} px wide on a telephone"

    def forgive(self, text: str) -> None:
        """Take a complaint that the test brought about itself; it must have come."""
        kept = [one for one in self._complaints if text not in one]
        assert len(kept) < len(self._complaints), f"the console did not say {text!r}: {self._complaints}"
        self._complaints[:] = kept

    def end(self) -> list[str]:
        """Close the browser and return its complaints."""
        self.page.context.close()
        return self._complaints

    def _listen(self, told: ConsoleMessage) -> None:
        if told.type in ("error", "warning"):
            self._complaints.append(f"{self.page.url}: {told.text} {json.dumps(told.location)}")


@cache
def axe() -> str:
    """Return the engine; the page's policy lets no script of ours in, so it is run by the browser's own door."""
    return AXE.read_text()
