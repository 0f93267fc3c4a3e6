"""Fixtures of the browser tests: the running site, a browser, and people in front of it.

BROWSER_SITE=home:port takes a demo that runs already, for whoever writes a test and does not want to wait.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.share import SharedSite
from tests.browser.site import Site
from tests.browser.visit import Visit
from tests.chromium import chromium

SILENT = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# the two languages of every journey; each also sees one of the two themes
LANGUAGES = ("nl", "fr")
HERE = Path(__file__).parent
THEMES = {"nl": "light", "fr": "dark", "de": "light", "en": "light"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a journey written for both languages take one, in turns, so that each story is seen in both; JOURNEYS=all takes all."""
    if os.environ.get("JOURNEYS") == "all":
        return
    seen: dict[tuple[object, ...], str] = {}
    of_file: Counter[object] = Counter()
    left = [item for item in items if not _is_this_turn(item, seen, of_file)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _is_this_turn(item: pytest.Item, seen: dict[tuple[object, ...], str], of_file: Counter[object]) -> bool:
    called = getattr(item, "callspec", None)
    told = [(name, value) for name, value in called.params.items() if value in LANGUAGES] if called else []
    if HERE not in item.path.parents or len(told) != 1:
        return True
    others = tuple(str(value) for name, value in called.params.items() if name != told[0][0])
    journey = (item.path, item.originalname, others)  # type: ignore[attr-defined]
    if journey not in seen:
        seen[journey] = LANGUAGES[of_file[item.path] % len(LANGUAGES)]
        of_file[item.path] += 1
    return bool(seen[journey] == told[0][1])


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SharedSite:
    """The folder of the run where its processes meet."""
    base = tmp_path_factory.getbasetemp()
    return SharedSite((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "browser")


@pytest.fixture(scope="session")
def running_site(shared: SharedSite) -> Iterator[Site]:
    """The site, for the whole session of this process."""
    given = os.environ.get("BROWSER_SITE")
    if given:
        home, port = given.rsplit(":", 1)
        yield Site(0, int(port), Path(home))
        return
    with shared.running() as site:
        yield site


@pytest.fixture
def site(running_site: Site, shared: SharedSite, request: pytest.FixtureRequest) -> Iterator[Site]:
    """The site, used together with other processes; a test that asks for `breaking` has it for itself."""
    held: AbstractContextManager[None] = nullcontext()
    if "BROWSER_SITE" not in os.environ:
        held = shared.alone() if "breaking" in request.fixturenames else shared.used()
    with held:
        yield running_site


@pytest.fixture
def breaking(site: Site) -> Site:
    """The site, for a test that breaks a part of it: nobody else uses it meanwhile."""
    return site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file of tests: its event loop must be gone before other tests of this process run."""
    with sync_playwright() as started:
        launched = started.chromium.launch(executable_path=chromium(), args=list(SILENT))
        yield launched
        launched.close()


Visitor = Callable[..., Visit]


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Visitor]:
    """`visitor("an.verlinden", language="fr")` gives a browser of that person's own; none may complain."""
    visits: list[Visit] = []

    def make(username: str = "", *, language: str = "nl", theme: str = "") -> Visit:
        visit = Visit.begin(browser, site, language=language, theme=theme or THEMES[language])
        visits.append(visit)
        if username:
            visit.enter(username)
        return visit

    yield make
    complaints = [one for visit in visits for one in visit.end()]
    assert complaints == []
