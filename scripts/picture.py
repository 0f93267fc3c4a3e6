"""Take the pictures of the README from a running demo: `.venv/bin/python scripts/picture.py [ADDRESS]`.

Signs in by one click, opens a page as a person would, saves docs/picture/ward.png and my.png, each under 300 kB.
"""

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.chromium import chromium  # noqa: E402  (the script is run by its path: the root is not searched before)

FOLDER = ROOT / "docs/picture"
LARGEST = 300_000  # bytes: the README is read over slow lines too
WIDE = {"width": 1440, "height": 900}


class TooLarge(Exception):
    """A picture stays above the limit with 32 colours."""


def ward(page: Page) -> None:
    """The long record on the ward, with an image read beside the list."""
    page.get_by_role("link", name="Goossens").first.click()
    page.locator("#items a").filter(has_text=re.compile(r"\b1 image\b")).first.click()
    page.locator("#pane img").first.wait_for()


def my(page: Page) -> None:
    """The first page of a patient."""
    page.locator("main h1").first.wait_for()


PICTURES = {"ward": ("an.verlinden", ward), "my": ("rita.goossens", my)}


def take(browser: Browser, address: str, *, name: str) -> None:
    """Sign in, go where the picture is, and save it."""
    account, go = PICTURES[name]
    page = browser.new_page(base_url=address, locale="en", viewport=WIDE, color_scheme="light")
    page.goto("/sign-in")
    page.locator(f"form:has([value='{account}']) button, button[value='{account}']").first.click()
    page.wait_for_url("**/{}/**".format("my" if name == "my" else "ward"))
    go(page)
    # the network is never idle: a stream tells of changed rights
    page.evaluate(
        "Promise.all([document.fonts.ready, ...[...document.images].map(one => one.decode().catch(() => null))])"
    )
    page.evaluate("scrollTo(0, 0)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(small(page.screenshot()))
    page.context.close()


def small(png: bytes) -> bytes:
    """Return the picture with as many colours as the limit allows. Raises TooLarge."""
    for colours in (256, 128, 64, 32):
        target = io.BytesIO()
        Image.open(io.BytesIO(png)).convert("RGB").quantize(colours).save(target, "PNG", optimize=True)
        if len(target.getvalue()) <= LARGEST:
            return target.getvalue()
    raise TooLarge(f"{len(png)} bytes as taken")


def main() -> None:
    """Take every picture."""
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name in PICTURES:
            take(browser, address, name=name)
            print(f"docs/picture/{name}.png  {(FOLDER / f'{name}.png').stat().st_size} bytes")
        browser.close()


if __name__ == "__main__":
    main()
