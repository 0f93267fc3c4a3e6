"""The folder of an installation: where it is, and that nobody else can read it."""

import os
from pathlib import Path

import pytest

from unidossier.database.home import Home, HomeNotOurs, HomeNotWritable
from unidossier.database.lock import HomeInUse, HomeLock


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_every_folder_is_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        home = Home(tmp_path / "home").prepare()
    finally:
        os.umask(before)
    folders = (home.path, home.run, home.attachments, home.keys, home.logs)
    assert {mode(folder) for folder in folders} == {0o700}


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    given.chmod(0o755)
    (given / "something of the user").touch()
    home = Home(given).prepare()
    assert mode(given) == 0o755
    assert mode(home.keys) == 0o700


def test_the_setting_comes_first_then_the_user_s_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("UNIDOSSIER_HOME", raising=False)
    assert Home.find().path == tmp_path / "xdg" / "unidossier"
    monkeypatch.setenv("UNIDOSSIER_HOME", str(tmp_path / "named"))
    assert Home.find().path == tmp_path / "named"
    assert Home.find(tmp_path / "given").path == tmp_path / "given"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    with pytest.raises(HomeNotOurs, match="belongs to user 65534"):
        Home(theirs).prepare()


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeNotWritable, match="UNIDOSSIER_HOME"):
        Home(tmp_path / "file" / "home").prepare()


def test_the_second_holder_learns_who_the_first_is(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").prepare()
    first, second = HomeLock(home), HomeLock(home)
    first.acquire()
    with pytest.raises(HomeInUse, match=f"process {os.getpid()}") as refusal:
        second.acquire()
    assert refusal.value.pid == os.getpid()
    first.release()
    second.acquire()
    second.release()
