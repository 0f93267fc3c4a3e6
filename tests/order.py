"""In which order the files of a run begin: what takes long first, and those in front of the shared site spread among the others.

Two journeys share a site and both processors; a journey beside a test of the database shares neither. A file stays whole.
"""

from itertools import groupby

import pytest

FIRST = ("state", "canary")
HEAVY = ("trouble", "supervisor", "fhir", "still", "desk", "signin", "portals", "command")


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests, a file at a time: the long ones evenly among the others, the quick ones at the end."""
    files = [list(found) for _, found in groupby(items, key=lambda item: item.path)]
    slow = [found for found in files if _room(found) == "browser"]
    rest = [found for found in files if _room(found) != "browser"]
    rest.sort(key=lambda found: (_room(found) not in FIRST, _room(found) not in HEAVY))
    # the last fifth of the others fills the gaps at the end
    begin, step = min(len(rest), 3), 0.7 * len(rest) / max(1, len(slow))
    placed = [(begin + step * nth, found) for nth, found in enumerate(slow)]
    ordered = sorted(
        [*placed, *((float(nth), found) for nth, found in enumerate(rest))], key=lambda one: one[0]
    )
    return [item for _, found in ordered for item in found]


def _room(found: list[pytest.Item]) -> str:
    return found[0].path.parent.name
