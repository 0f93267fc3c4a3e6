"""Fixtures: a home that the demo filled from nothing, made once for all tests, and copies of it that may be broken.

TROUBLE=folder keeps that home there between runs, for whoever writes a test and does not want to wait.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.trouble.first_start import FirstStart, copied
from tests.trouble.first_start import first_start as first_start_in
from tests.trouble.installation import Installation

HERE = Path(__file__).parent
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long proofs to `python -m tests.trouble`, which names their mark."""
    if "prove" in (config.option.markexpr or ""):
        return
    long = [item for item in items if HERE in item.path.parents and item.get_closest_marker("prove")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """The home of a first start, which the site of the browser tests is a copy of too."""
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return first_start_in(Path(os.environ.get("TROUBLE", run / "first-start")))


@pytest.fixture
def copy_of_home(first_start: FirstStart, tmp_path: Path) -> Callable[[str], Path]:
    """Make copies of the filled home, each under its name."""
    return lambda name: copied(first_start.home, to=tmp_path / name)


@pytest.fixture
def filled(copy_of_home: Callable[[str], Path]) -> Iterator[Installation]:
    """An installation on a copy of its own, not started yet."""
    made = Installation(copy_of_home("home"))
    try:
        yield made
    finally:
        made.end()
        for large in ("pg", "attachments"):  # the logs stay, for whoever looks for a fault
            shutil.rmtree(made.home / large, ignore_errors=True)
