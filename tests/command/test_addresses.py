"""Where the demo is opened, as the command and the README say it."""

import time
from pathlib import Path

from unidossier.command.demo import _announce
from unidossier.command.told import out


def test_the_demo_names_both_addresses_and_why() -> None:
    with out.capture() as told:
        _announce(8123, since=time.monotonic())
    lines = told.get().splitlines()
    assert any("http://127.0.0.1:8123" in line for line in lines)
    (passkeys,) = [line for line in lines if "passkey" in line]
    assert "http://localhost:8123" in passkeys


def test_the_readme_says_it_too() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text()
    assert "http://127.0.0.1:8000" in text
    assert any("passkey" in line and "http://localhost:8000" in line for line in text.splitlines())
