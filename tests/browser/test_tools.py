"""The tools of these tests notice what they are there to notice."""

import pytest
from playwright.sync_api import Browser

from tests.browser import vendor
from tests.browser.crawl import Visited, kind_of
from tests.browser.html_page import HtmlPage
from tests.browser.test_every_page import LARGEST_PAGE, _faults
from tests.browser.visit import RUN_AXE, axe
from tests.browser.words import NotTranslated, Words


def test_the_engine_is_the_file_of_the_manifest() -> None:
    assert vendor.MANIFEST.read_text() == vendor.manifest()


@pytest.mark.browser
def test_the_engine_finds_a_picture_without_words(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main><img src='data:,'></main>")
    page.evaluate(axe())
    assert any(found.startswith("image-alt") for found in page.evaluate(RUN_AXE))
    page.close()


@pytest.mark.browser
def test_the_engine_does_not_judge_a_page_that_is_given_anew(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main><h1>Read</h1></main>")
    page.evaluate(axe())
    page.evaluate("void setTimeout(() => document.body.toggleAttribute('data-blank', true))")
    assert page.evaluate(RUN_AXE) is None
    page.close()


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        pytest.param("<p>Sign out</p>", True, id="a text of the interface in English"),
        pytest.param("<p>Read this with care</p>", True, id="an English sentence of no template"),
        pytest.param("<button aria-label='Sign out'>Weg</button>", True, id="an English name of a button"),
        pytest.param("<p lang='en'>Read this with care</p>", False, id="a document marked as English"),
        pytest.param("<p>Afmelden</p>", False, id="Dutch"),
        pytest.param(f"<p>{'a' * LARGEST_PAGE}</p>", True, id="too heavy"),
    ],
)
def test_what_a_page_must_not_hold_is_found(body: str, faulty: bool) -> None:
    text = f"<html lang='nl'><body>{body}</body></html>"
    visited = Visited(path="/", status=200, size=len(text), leads_to="", page=HtmlPage(text))
    assert bool(list(_faults(visited, "nl"))) is faulty


def test_addresses_of_one_kind_are_known_as_such() -> None:
    one, other = ("/my/record/?item=" + digit * 8 + "-1111-1111-1111-111111111111" for digit in "ab")
    assert kind_of(one) == kind_of(other) == "/my/record/?item"
    assert kind_of("/my/record/?item=1&version=2") != kind_of(one)


def test_a_text_without_translation_is_an_error() -> None:
    with pytest.raises(NotTranslated):
        Words("nl")("No interface says this")
