"""A site for the proof alone: it plants in it, and the log of that site rightly never gets over it."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import shared
from tests.browser.share import SharedSite
from tests.browser.site import Site
from tests.canary.proof import Proof

__all__ = ["shared"]


@pytest.fixture(scope="module")
def proof(shared: SharedSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    """A proof that has begun."""
    site = Site.start(shared.copy(tmp_path_factory.mktemp("canary") / "home"))
    try:
        yield Proof.begin(site)
    finally:
        site.stop()
