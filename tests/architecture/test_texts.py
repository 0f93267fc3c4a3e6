"""Texts of the product speak of the product alone."""

import json
import re
from pathlib import Path

import pytest

from tests.architecture.tracked import ROOT, is_text, shown, tracked

# A home folder, this clone's own place, folders of one machine: nobody else has them.
_OWN_PLACE = re.compile(re.escape(f"{ROOT}/") if len(ROOT.parts) > 2 else r"(?!)")
_HOME_FOLDER = re.compile(r"(?<![\w.~-])/(?:home|Users)/(?!you\b|user\b)\w+/|(?<![\w.-])/root/\w")
_LEFT_OPEN = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
_INDEX = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|://")


def _found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{shown(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.fixture(scope="module")
def ours() -> list[Path]:
    """Every text file but what others wrote."""
    found = [path for path in tracked() if is_text(path) and "vendor" not in path.parts]
    assert len(found) > 400
    return found


def test_no_file_names_a_folder_of_one_machine(ours: list[Path]) -> None:
    assert _found(_OWN_PLACE, ours) == []
    assert _found(_HOME_FOLDER, ours) == []


def test_nothing_is_left_open(ours: list[Path]) -> None:
    assert _found(_LEFT_OPEN, ours) == []


def test_the_lock_file_names_hashes_and_no_addresses() -> None:
    lock = ROOT / "requirements.lock"
    assert _found(_INDEX, [lock]) == []
    names = [line for line in lock.read_text().splitlines() if re.match(r"[a-zA-Z]", line)]
    assert len(names) > 50
    assert [line for line in names if not re.match(r"[\w.-]+==[\w.+!-]+( ;.*)? \\$", line)] == []
    assert lock.read_text().count("--hash=sha256:") >= len(names)


def test_the_lock_file_of_the_foreign_clients_too() -> None:
    lock = (ROOT / "tests/fhir/peers/js/package-lock.json").read_text()
    packages = [one for path, one in json.loads(lock)["packages"].items() if path]
    assert "://" not in lock
    assert len(packages) > 20
    assert [one for one in packages if not one["integrity"].startswith("sha512-")] == []


def test_the_proof_on_a_bare_machine_names_no_address(ours: list[Path]) -> None:
    assert _found(_INDEX, [ROOT / ".ci/run", ROOT / "Makefile"]) == []


def test_no_file_is_empty_by_accident(ours: list[Path]) -> None:
    empty = [
        shown(path)
        for path in ours
        if path.stat().st_size == 0 and path.name not in ("__init__.py", "py.typed")
    ]
    assert empty == []
