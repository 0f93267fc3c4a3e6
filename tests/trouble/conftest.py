"""Fixtures: a home that the demo filled from nothing, made once for all tests, and copies of it that may be broken.

TROUBLE=folder keeps that home there between runs, for whoever writes a test and does not want to wait.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from tests.trouble.installation import Installation

HERE = Path(__file__).parent
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")


@dataclass(frozen=True)
class FirstStart:
    """The first start of all: the stopped home, and what was seen."""

    home: Path
    seconds: float
    began_at: str  # of the database's clock, after the fill
    exit_code: int
    shown: str
    accounts: int
    relations: int
    versions: dict[str, str]  # digest by "item version"


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
    """Run the demo from nothing, end it by Ctrl-C, and keep its home; other test processes use the same."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "trouble"
    shared = Path(os.environ.get("TROUBLE", shared))
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = shared / "first_start.json"
        if not told.exists():
            made = _start_from_nothing(shared / "home")
            told.write_text(json.dumps(asdict(made), default=str))
        kept = json.loads(told.read_text())
    return FirstStart(**{**kept, "home": Path(kept["home"])})


def _start_from_nothing(home: Path) -> FirstStart:
    installation = Installation(home)
    try:
        seconds = installation.start()
        ((began_at,),) = installation.query("SELECT now()::text")
        accounts, relations, versions = installation.counted()
        code = installation.stop()
    finally:
        installation.end()
    return FirstStart(
        home=home,
        seconds=seconds,
        began_at=began_at,
        exit_code=code,
        shown=installation.shown,
        accounts=accounts,
        relations=relations,
        versions=versions,
    )


@pytest.fixture
def copy_of_home(first_start: FirstStart, tmp_path: Path) -> Callable[[str], Path]:
    """Make copies of the filled home, each under its name."""
    return lambda name: copied(first_start.home, to=tmp_path / name)


def copied(home: Path, *, to: Path) -> Path:
    """Copy a stopped home with owners and modes."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(home), str(to)], check=True)
    return to


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
