"""Attachments on a real disk: round trip, binding to the patient, every kind of damage, a full disk."""

import errno
import os
from pathlib import Path
from uuid import UUID

import pytest

from unidossier.database.home import Home
from unidossier.database.keys import ATTACHMENTS
from unidossier.record import blobs

PATIENT = UUID("01890000-0000-7000-8000-000000000001")
OTHER_PATIENT = UUID("01890000-0000-7000-8000-000000000002")
REPORT = b"%PDF-1.7 the report of one patient " * 400


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def stored_files(home: Home) -> list[Path]:
    return [path for path in home.attachments.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [REPORT, b"", b"\x00" * 1_000_000], ids=["report", "empty", "a megabyte"])
def test_what_was_put_is_what_is_got(home: Home, content: bytes) -> None:
    sha256 = blobs.put(PATIENT, data=content, home=home)
    assert blobs.get(PATIENT, sha256=sha256, home=home) == content


def test_the_disk_shows_neither_content_nor_patient_nor_digest(home: Home) -> None:
    sha256 = blobs.put(PATIENT, data=REPORT, home=home)
    (stored,) = stored_files(home)
    assert REPORT[:20] not in stored.read_bytes()
    assert sha256[:16] not in str(stored)
    assert PATIENT.hex not in str(stored).replace("-", "")
    assert stored.stat().st_mode & 0o777 == 0o600
    assert stored.parent.stat().st_mode & 0o777 == 0o700


def test_another_patient_does_not_get_it(home: Home) -> None:
    sha256 = blobs.put(PATIENT, data=REPORT, home=home)
    with pytest.raises(blobs.AttachmentMissing):
        blobs.get(OTHER_PATIENT, sha256=sha256, home=home)


def test_a_file_moved_to_another_patient_does_not_open(home: Home) -> None:
    sha256 = blobs.put(PATIENT, data=REPORT, home=home)
    (first,) = stored_files(home)
    blobs.put(OTHER_PATIENT, data=REPORT, home=home)
    (second,) = set(stored_files(home)) - {first}
    first.replace(second)
    with pytest.raises(blobs.AttachmentDamaged):
        blobs.get(OTHER_PATIENT, sha256=sha256, home=home)


def test_any_changed_byte_is_found(home: Home) -> None:
    sha256 = blobs.put(PATIENT, data=b"short", home=home)
    (stored,) = stored_files(home)
    whole = stored.read_bytes()
    for place in range(len(whole)):
        stored.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(blobs.AttachmentDamaged):
            blobs.get(PATIENT, sha256=sha256, home=home)


@pytest.mark.parametrize("kept", [0, 3, 50, 100])
def test_a_cut_file_is_damaged_and_never_empty(home: Home, kept: int) -> None:
    sha256 = blobs.put(PATIENT, data=REPORT, home=home)
    (stored,) = stored_files(home)
    stored.write_bytes(stored.read_bytes()[:kept])
    with pytest.raises(blobs.AttachmentDamaged):
        blobs.get(PATIENT, sha256=sha256, home=home)


def test_putting_again_repairs_a_damaged_file(home: Home) -> None:
    sha256 = blobs.put(PATIENT, data=REPORT, home=home)
    (stored,) = stored_files(home)
    stored.write_bytes(b"rubbish")
    assert blobs.put(PATIENT, data=REPORT, home=home) == sha256
    assert blobs.get(PATIENT, sha256=sha256, home=home) == REPORT


def test_another_key_does_not_open_it(home: Home) -> None:
    sha256 = blobs.put(PATIENT, data=REPORT, home=home)
    (stored,) = stored_files(home)
    sealed = stored.read_bytes()
    (home.keys / ATTACHMENTS).write_bytes(b"k" * 32)
    place = blobs._path(home, PATIENT, sha256)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(sealed)
    with pytest.raises(blobs.AttachmentDamaged):
        blobs.get(PATIENT, sha256=sha256, home=home)


@pytest.mark.parametrize("name", ["0" * 64, "../../keys/attachments", "", "Z" * 64])
def test_a_name_that_was_never_given_is_missing(home: Home, name: str) -> None:
    with pytest.raises(blobs.AttachmentMissing):
        blobs.get(PATIENT, sha256=name, home=home)


def test_a_full_disk_is_told_and_leaves_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    blobs.put(OTHER_PATIENT, data=b"makes the key", home=home)
    before = stored_files(home)
    with monkeypatch.context() as full_disk:
        full_disk.setattr(os, "fsync", no_room)
        with pytest.raises(blobs.StorageFull):
            blobs.put(PATIENT, data=REPORT, home=home)
    assert stored_files(home) == before


def test_one_byte_over_the_limit_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "LIMIT_BYTES", 1000)
    blobs.put(PATIENT, data=b"x" * 1000, home=home)
    with pytest.raises(blobs.AttachmentTooLarge):
        blobs.put(PATIENT, data=b"x" * 1001, home=home)
