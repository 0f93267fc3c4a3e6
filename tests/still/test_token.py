"""The token of a page: what it says, and that nobody else can make, change, read or keep it (ACD-7)."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from unidossier.gate.standing import Standing
from unidossier.kernel.uuid7 import new_id
from unidossier.signin.still import VALID_S, TokenRefused, make_token, read_token

SECRET = bytes(32)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC).timestamp()
LASTS = datetime(2026, 11, 22, 15, 0, 0, 250_000, tzinfo=UTC)
MARK = 12


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNIDOSSIER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def standing(*subjects: UUID, epochs: int = 7, lasts: datetime = LASTS) -> Standing:
    return Standing(subjects="{" + ",".join(map(str, subjects)) + "}", epochs=epochs, lasts=lasts)


def test_a_token_says_what_the_page_stands_on():
    patient, person, other = new_id(), new_id(), new_id()
    earlier = standing(other, person, epochs=3, lasts=LASTS - timedelta(hours=1))
    token = make_token([standing(patient, person), earlier], secret=SECRET, now=NOW)
    watched = read_token(token, now=NOW)
    assert dict(watched.sums) == {
        frozenset({str(patient), str(person)}): 7,
        frozenset({str(other), str(person)}): 3,
    }
    assert watched.lasts == earlier.lasts


def test_of_two_grants_about_the_same_the_later_counts():
    about = new_id()
    token = make_token([standing(about, epochs=1), standing(about, epochs=2)], secret=SECRET, now=NOW)
    assert read_token(token, now=NOW).sums == ((frozenset({str(about)}), 2),)


def test_a_page_without_a_grant_has_no_token():
    assert make_token([], secret=SECRET) == ""


def test_nobody_is_named_in_a_token():
    patient = new_id()
    token = make_token([standing(patient)], secret=SECRET, now=NOW)
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert patient.bytes not in raw and str(patient).encode() not in raw and SECRET not in raw


def test_the_mark_is_the_same_for_the_same_and_another_for_another():
    patient = new_id()
    mark = make_token([standing(patient)], secret=SECRET, now=NOW)[:MARK]
    assert make_token([standing(patient)], secret=SECRET, now=NOW + 60)[:MARK] == mark
    for other in (
        standing(patient, epochs=8),
        standing(new_id()),
        standing(patient, lasts=LASTS + timedelta(seconds=1)),
    ):
        assert make_token([other], secret=SECRET, now=NOW)[:MARK] != mark
    assert make_token([standing(patient)], secret=bytes(31) + b"x", now=NOW)[:MARK] != mark


@pytest.mark.parametrize("after_s", [0, VALID_S - 1, VALID_S])
def test_a_token_is_valid_for_half_a_day(after_s: int):
    token = make_token([standing(new_id())], secret=SECRET, now=NOW)
    assert read_token(token, now=NOW + after_s)


@pytest.mark.parametrize("after_s", [VALID_S + 1, 10 * VALID_S, -10 * VALID_S])
def test_an_older_token_is_refused(after_s: int):
    token = make_token([standing(new_id())], secret=SECRET, now=NOW)
    with pytest.raises(TokenRefused):
        read_token(token, now=NOW + after_s)


def test_a_token_with_any_byte_changed_is_refused():
    token = make_token([standing(new_id())], secret=SECRET, now=NOW)
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(TokenRefused):
            read_token(urlsafe_b64encode(changed).decode().rstrip("="), now=NOW)


@pytest.mark.parametrize("text", ["", "a", "abc", "é", "A" * 20, "A" * 400, "{}"])
def test_what_is_no_token_is_refused(text: str):
    with pytest.raises(TokenRefused):
        read_token(text, now=NOW)


def test_a_token_of_another_installation_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch):
    token = make_token([standing(new_id())], secret=SECRET, now=NOW)
    monkeypatch.setenv("UNIDOSSIER_HOME", str(home) + "-other")
    with pytest.raises(TokenRefused):
        read_token(token, now=NOW)
    monkeypatch.setenv("UNIDOSSIER_HOME", str(home))
    assert read_token(token, now=NOW)
    assert (Path(os.environ["UNIDOSSIER_HOME"]) / "keys" / "still").stat().st_mode & 0o077 == 0
