"""`unidossier log rotate-key`: a new key, how long the old one signs, and the way out when the keys are gone (LOG-3)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.command.test_command import assert_told, unidossier
from unidossier.database.home import Home
from unidossier.log.sequencer.keys import open_keys, publish
from unidossier.log.tree.note import Verifier


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose log was signed before."""
    made = Home(tmp_path / "home").prepare()
    publish(made, open_keys(made))
    return made


def days_left(home: Home) -> list[int | None]:
    """How many days each key still signs."""
    now = datetime.now(UTC)
    return [key.until and round((key.until - now) / timedelta(days=1)) for key in open_keys(home).keys]


@pytest.mark.parametrize(
    ("options", "left"), [((), 30), (("--overlap-days", "7"), 7), (("--overlap-days", "0"), 0)]
)
def test_a_new_key_takes_over_after_the_overlap(home: Home, options: tuple[str, ...], left: int) -> None:
    done = unidossier("log", "rotate-key", *options, home=home.path)
    assert done.returncode == 0, done.stderr
    assert Verifier.parse(done.stdout.splitlines()[0]) == open_keys(home).keys[1].signer.verifier
    assert days_left(home) == [left, None]
    assert "Give the line above to the witnesses." in done.stdout
    assert done.stdout.count("\n") == 2


@pytest.mark.parametrize("told", ["-1", "x", "99999", "1.5"])
def test_an_overlap_that_is_no_number_of_days_is_refused(home: Home, told: str) -> None:
    done = unidossier("log", "rotate-key", f"--overlap-days={told}", home=home.path)
    assert done.returncode == 2
    assert "number of days" in done.stderr
    assert days_left(home) == [None]


def test_lost_keys_are_replaced_when_one_says_so(home: Home) -> None:
    for path in home.signing.iterdir():
        path.unlink()
    assert_told(unidossier("log", "rotate-key", home=home.path), sentence="log rotate-key --lost")
    done = unidossier("log", "rotate-key", "--lost", home=home.path)
    assert done.returncode == 0, done.stderr
    assert len(open_keys(home).keys) == len(open_keys(home).lost) == 1
