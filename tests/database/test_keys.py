"""Keys of an installation: made once, never replaced, never readable by others."""

import threading
from pathlib import Path

import pytest

from unidossier.database.home import Home
from unidossier.database.keys import FIRST_KEYS, KeyExposed, KeyMissing, key, make_first_keys


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def test_the_first_keys_are_random_and_closed(home: Home) -> None:
    make_first_keys(home)
    values = {key(home, name=name) for name in FIRST_KEYS}
    assert len(values) == len(FIRST_KEYS)
    assert {len(value) for value in values} == {32}
    assert {(home.keys / name).stat().st_mode & 0o777 for name in FIRST_KEYS} == {0o600}


def test_a_key_stays_what_it_was(home: Home) -> None:
    assert key(home, "one") == key(home, "one")


def test_a_lost_key_is_told_and_not_made_anew(home: Home) -> None:
    key(home, "one")
    (home.keys / "one").unlink()
    with pytest.raises(KeyMissing, match="Restore it from a backup"):
        key(home, "one")


def test_a_key_that_others_can_read_is_refused(home: Home) -> None:
    key(home, "one")
    (home.keys / "one").chmod(0o640)
    with pytest.raises(KeyExposed, match="chmod 600"):
        key(home, "one")


def test_processes_that_ask_at_once_get_the_same_key(home: Home) -> None:
    start, got = threading.Barrier(8), []

    def ask() -> None:
        start.wait()
        got.append(key(home, "contended"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


@pytest.mark.parametrize("name", ["../escape", "", "UPPER", "a/b"])
def test_a_name_that_is_no_name_is_refused(home: Home, name: str) -> None:
    with pytest.raises(ValueError, match="no name of a key"):
        key(home, name)
