"""What the product needs of the federal platform, whatever messages bring it (XCH-2). Reading only (EXC-3)."""

from typing import Protocol

from unidossier.relations.federal import Feed


class PlatformAway(Exception):
    """The platform does not answer, or not with a feed; the message says how. What is known stays in force (EXC-8)."""


class FederalPlatform(Protocol):
    """One way to ask the platform. What comes in pieces is returned as a Feed with its `fault`, never cut short."""

    def full(self) -> Feed:
        """Return every exclusion and consent. Raises PlatformAway."""
        ...

    def delta(self, *, since: int) -> Feed:
        """Return every line changed after the change numbered `since`. Raises PlatformAway."""
        ...
