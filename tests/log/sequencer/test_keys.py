"""The keys that sign: made once, closed to others, read by the sequencer alone, changed with an overlap (LOG-3)."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.architecture.tracked import PRODUCT
from tests.log.sequencer.place import Place
from unidossier.database.home import Home
from unidossier.log.sequencer.files import YearFiles
from unidossier.log.sequencer.keys import SigningKeyExposed, open_keys, publish, published, rotate
from unidossier.log.tree.note import Note, NotSigned, Verifier


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def signers_of(note: Note | None, known: tuple[Verifier, ...]) -> set[Verifier]:
    assert note is not None
    found = set()
    for one in known:
        try:
            note.signed_at(one)
        except NotSigned:
            continue
        found.add(one)
    return found


def test_the_first_start_makes_a_closed_key_and_later_ones_keep_it(home: Home) -> None:
    keys = open_keys(home)
    assert open_keys(home).keys[0].signer.verifier == keys.keys[0].signer.verifier
    assert home.signing.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.signing.iterdir()} == {0o600}
    assert re.fullmatch(r"unidossier-[0-9a-f]{8}/log", keys.name)


def test_the_name_can_be_chosen_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIDOSSIER_LOG_NAME", "epr.example.org")
    assert open_keys(home).name == "epr.example.org/log"
    monkeypatch.setenv("UNIDOSSIER_LOG_NAME", "other.example.org")
    assert open_keys(home).name == "epr.example.org/log"


def test_an_exposed_key_is_refused(home: Home) -> None:
    open_keys(home)
    path = next(home.signing.glob("*.key"))
    path.chmod(0o640)
    with pytest.raises(SigningKeyExposed, match="chmod 600"):
        open_keys(home)
    path.chmod(0o600)
    open_keys(home)


def test_both_keys_sign_during_the_overlap_and_the_old_one_stops(home: Home) -> None:
    key = open_keys(home).keys[0]
    first, changed = key.signer.verifier, key.begins + timedelta(days=100)
    second = rotate(home, overlap=timedelta(days=30), now=changed)
    keys = open_keys(home)

    def at(moment: datetime) -> list[Verifier]:
        return [one.verifier for one in keys.signers(moment)]

    instant = timedelta(microseconds=1)
    assert at(changed - instant) == [first]
    assert at(changed) == at(changed + timedelta(days=30) - instant) == [first, second]
    assert at(changed + timedelta(days=30)) == [second]
    third = rotate(home, overlap=timedelta(0), now=changed + timedelta(days=1))
    keys = open_keys(home)
    assert at(changed + timedelta(days=1)) == [third], "a key that leaked signs nothing from now on"
    publish(home, keys)
    assert published(home) == (first, second, third)


def test_a_clock_that_went_back_leaves_nothing_unsigned(home: Home) -> None:
    keys = open_keys(home)
    assert keys.signers(keys.keys[0].begins - timedelta(days=400)) == (keys.keys[0].signer,)


def test_a_running_sequencer_takes_up_the_new_key_and_the_log_tells_it(place: Place) -> None:
    place.add(3)
    with place.sequencer() as sequencer:
        sequencer.step()
        first = published(place.home)
        second = rotate(place.home, overlap=timedelta(days=30), now=datetime.now(UTC))
        place.add(1)
        while sequencer.step():
            pass
        assert published(place.home) == (*first, second)
        note = YearFiles(place.folder).note()
        assert signers_of(note, published(place.home)) == {*first, second}
    told = place.rows("SELECT detail -> 'new' FROM log.entry WHERE verb = 'log-key' ORDER BY id")
    assert told == [([str(first[0])],), ([str(second)],)]
    rotate(place.home, overlap=timedelta(0), now=datetime.now(UTC))
    place.catch_up()
    assert len(signers_of(YearFiles(place.folder).note(), published(place.home))) == 1


def test_a_lost_key_is_replaced_under_the_same_name_and_the_old_one_stays_known(place: Place) -> None:
    place.add(3)
    place.catch_up()
    first = published(place.home)
    for path in place.home.signing.iterdir():
        path.unlink()
    second = rotate(place.home, overlap=timedelta(0), now=datetime.now(UTC), lost=True)
    assert second.name == first[0].name and second != first[0]
    place.add(1)
    place.catch_up()
    assert published(place.home) == (*first, second)
    assert place.missing() == []


def test_no_other_module_reaches_the_signing_folder() -> None:
    readers = {
        str(path.relative_to(PRODUCT))
        for path in PRODUCT.rglob("*.py")
        if re.search(r"\.signing\b|UNIDOSSIER_SIGNING|[\"']signing[\"']", path.read_text())
    }
    # home.py names the folder, back_up.py tells its name; log_copy.py copies it whole into a backup, as every other key
    assert readers <= {
        "log/sequencer/keys.py",
        "database/home.py",
        "database/log_copy.py",
        "command/back_up.py",
    }
    assert "log/sequencer/keys.py" in readers
