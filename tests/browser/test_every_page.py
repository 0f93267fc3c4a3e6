"""Every address as every person of the cast: no fault, no heavy page, no text that was forgotten in translation."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.browser.crawl import Reader, Visited, kind_of
from tests.browser.roles import with_a_face
from tests.browser.share import SharedSite
from tests.browser.site import Site
from tests.browser.words import catalogue

pytestmark = pytest.mark.browser
LARGEST_PAGE = 100_000  # bytes of HTML
GUIDES = (
    "an.verlinden",
    "hilde.lemmens",
    "rita.goossens",
    "bart.vermeiren",
)  # who finds the addresses of a face
ANSWERS = {200, 302, 404, 405, 403}  # 403: a page that this function does not have, said in words
# words of English that none of the other languages has
ENGLISH = re.compile(r"\b(the|your|you|and|with|this|that|from|please|cannot)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def addresses(running_site: Site, shared: SharedSite) -> dict[str, str]:
    """One address of each kind, as people of the three faces find them: {kind: address}."""
    found: dict[str, str] = {}
    with shared.used():
        for username in GUIDES:
            reader = Reader(running_site.address, username, "nl")
            for visited in reader.walk():
                found.setdefault(kind_of(visited.path), visited.path)
            reader.close()
    assert len(found) >= 30, sorted(found)
    return found


@pytest.fixture
def reader(site: Site, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """The person of the test, in the language of his account."""
    username, _, language = request.param
    made = Reader(site.address, username, language)
    made.language = language
    yield made
    made.close()


@pytest.mark.parametrize("reader", with_a_face(), ids=lambda told: told[0], indirect=True)
def test_every_address_answers_properly_to_this_person(reader: Reader, addresses: dict[str, str]) -> None:
    own = {kind_of(visited.path): visited for visited in reader.walk()}
    others = [reader.ask(path) for kind, path in addresses.items() if kind not in own]
    # a representative's home leads to the choice for whom he acts; everything else that is linked is there
    astray = [(one.path, one.status) for one in own.values() if one.status != 200 and not one.leads_to]
    assert astray == []
    faults = [fault for one in (*own.values(), *others) for fault in _faults(one, reader.language)]
    assert faults == []


def _faults(visited: Visited, language: str) -> Iterator[str]:
    if visited.status not in ANSWERS:
        yield f"{visited.path}: {visited.status}"
    if visited.page is None:
        return
    if visited.size > LARGEST_PAGE:
        yield f"{visited.path}: {visited.size} bytes"
    if language != "en":
        for text, marked in visited.page.texts:
            if marked == language and (text in forgotten(language) or ENGLISH.search(text)):
                yield f"{visited.path}: {language}: {text}"


@cache
def forgotten(language: str) -> frozenset[str]:
    """Return the English texts that have other words in this language, but for what happens to be right in it too."""
    words = catalogue(language)
    return frozenset(text for text, told in words.items() if told != text) - frozenset(words.values())
