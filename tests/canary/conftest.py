"""The site of the browser tests, for the proof alone while it runs: it plants in it, and takes out again what it planted."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import running_site, shared
from tests.browser.share import SharedSite
from tests.browser.site import Site
from tests.canary.plant import weed
from tests.canary.proof import Proof

__all__ = ["running_site", "shared"]


@pytest.fixture(scope="module")
def proof(running_site: Site, shared: SharedSite) -> Iterator[Proof]:
    """A proof that has begun."""
    with shared.alone():
        begun = Proof.begin(running_site)
        try:
            yield begun
        finally:
            weed(running_site, begun.planted)
