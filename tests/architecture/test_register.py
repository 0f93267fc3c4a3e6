"""The register of rules is complete and fits the files: `make register` writes it."""

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.architecture.tracked import ROOT


@pytest.fixture(scope="module")
def register() -> ModuleType:
    """The script, as a module: it stands outside the packages."""
    told = importlib.util.spec_from_file_location("register_script", ROOT / "scripts" / "register.py")
    assert told is not None and told.loader is not None
    made = importlib.util.module_from_spec(told)

    sys.modules["register_script"] = made
    told.loader.exec_module(made)
    return made


def test_every_rule_has_code_a_test_and_a_screen_or_text(register: ModuleType) -> None:
    rows = register.register()
    assert len(rows) >= 70
    assert register.faults(rows) == []


def test_the_register_is_up_to_date(register: ModuleType) -> None:
    written = (ROOT / "docs" / "register.md").read_text()
    assert written == register.written(register.register()), "run `make register` and commit docs/register.md"


def test_a_rule_that_nobody_names_is_told(register: ModuleType) -> None:
    rows = register.register()
    first = next(one for one in rows.values() if not one.lacks)
    first.tests.clear()
    assert register.faults(rows) == [f"{first.id} lacks test"]
