"""The log's tree in a backup, and what a restore makes of a tree that survived outside (LOG-3)."""

import shutil
import threading
from pathlib import Path

import psycopg
import pytest

from tests.gate.server import Dsns, make_database
from tests.log.sequencer.place import Place, place_on
from tests.log.sequencer.test_grow import check_whole
from unidossier.database.backup import BackupUnreadable, back_up, restore
from unidossier.database.home import Home
from unidossier.database.keys import make_first_keys
from unidossier.database.log_copy import leaves_outside
from unidossier.database.server import EmbeddedServer
from unidossier.log.sequencer.keys import open_keys


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, int]:
    """A backup of 300 entries; the home it was made of, which went on to 500 and was lost but for its log; the entries at the backup."""
    folder = tmp_path_factory.mktemp("saved")
    with EmbeddedServer(Home(folder / "home")) as server:
        dsns = Dsns.of(server)
        make_database(dsns, maintenance_dsn=server.dsn())
        place = place_on(dsns, folder / "home")
        make_first_keys(place.home)
        place.add(300)
        size = place.catch_up().size
        back_up(place.home, server=server, target=folder / "backup.tar")
        place.add(200)
        place.catch_up()
    return folder / "backup.tar", place.home.path, size


def restored_place(home: Home, server: EmbeddedServer) -> Place:
    return place_on(Dsns.of(server), home.path)


def test_a_backup_brings_its_own_tree_and_keys(saved: tuple[Path, Path, int], tmp_path: Path) -> None:
    backup, original, size = saved
    home = Home(tmp_path / "new")
    restore(home, source=backup)
    assert {path.stat().st_mode & 0o777 for path in home.signing.iterdir()} == {0o600}
    assert home.signing.stat().st_mode & 0o777 == home.log_folder.stat().st_mode & 0o777 == 0o700
    assert open_keys(home).keys[0].signer.verifier == open_keys(Home(original)).keys[0].signer.verifier
    with EmbeddedServer(home) as server:
        place = restored_place(home, server)
        assert place.rows("SELECT count(*) FROM log.restored") == [(0,)]
        place.add(5)
        place.catch_up()
        assert check_whole(place) == size + 5, "in a new cluster, whose transactions count from the beginning"
        assert place.rows("SELECT count(*) FROM log.restored") == [(0,)]


def test_a_tree_that_survived_and_is_newer_stays(saved: tuple[Path, Path, int], tmp_path: Path) -> None:
    backup, original, size = saved
    home = Home(tmp_path / "same")
    home.prepare()
    shutil.copytree(original / "log", home.log_folder)
    head = (home.log_folder / "2026/checkpoint") if (home.log_folder / "2026").exists() else None
    head = head or next(home.log_folder.glob("*/checkpoint"))
    before = head.read_bytes()
    restore(home, source=backup)
    assert head.read_bytes() == before
    assert leaves_outside(home) == size + 200, "which the command tells"
    with EmbeddedServer(home) as server:
        place = restored_place(home, server)
        place.add(5)
        place.catch_up()
        assert check_whole(place) == size + 200 + 5 + 1
        assert place.rows("SELECT from_position, to_position, lost FROM log.restored") == [
            (size, size + 200, 200)
        ]


def test_an_older_tree_is_replaced_by_that_of_the_backup(
    saved: tuple[Path, Path, int], tmp_path: Path
) -> None:
    backup, original, size = saved
    home = Home(tmp_path / "older")
    home.prepare()
    year = next((original / "log").glob("*/checkpoint")).parent.name
    (home.log_folder / year).mkdir(parents=True)
    text = (original / "log" / year / "checkpoint").read_text().split("\n")
    (home.log_folder / year / "checkpoint").write_text("\n".join([text[0], "3", *text[2:]]))
    restore(home, source=backup)
    with EmbeddedServer(home) as server:
        place = restored_place(home, server)
        place.catch_up()
        assert check_whole(place) == size


def test_a_restore_that_fails_leaves_the_tree_that_survived(
    saved: tuple[Path, Path, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, original, _ = saved
    home = Home(tmp_path / "failing")
    home.prepare()
    shutil.copytree(original / "log", home.log_folder)
    cut = tmp_path / "cut.tar"
    cut.write_bytes(backup.read_bytes()[:-20_000])
    with pytest.raises(BackupUnreadable):
        restore(home, source=cut)
    assert list(home.log_folder.glob("*/checkpoint"))
    assert not home.signing.exists()


def test_a_backup_beside_a_working_sequencer_is_whole(tmp_path: Path) -> None:
    with EmbeddedServer(Home(tmp_path / "home")) as server:
        dsns = Dsns.of(server)
        make_database(dsns, maintenance_dsn=server.dsn())
        place = place_on(dsns, tmp_path / "home")
        make_first_keys(place.home)
        place.catch_up()
        stop = threading.Event()

        def work() -> None:
            with place.sequencer(batch=7) as sequencer:
                while not stop.is_set():
                    place.add(7)
                    sequencer.step()

        worker = threading.Thread(target=work)
        worker.start()
        try:
            back_up(place.home, server=server, target=tmp_path / "backup.tar")
        finally:
            stop.set()
            worker.join()
    home = Home(tmp_path / "new")
    restore(home, source=tmp_path / "backup.tar")
    with EmbeddedServer(home) as other:
        restored = restored_place(home, other)
        restored.catch_up()
        assert check_whole(restored) > 0
        with psycopg.connect(restored.dsns.root) as connection:
            assert connection.execute("SELECT sum(lost) FROM log.restored").fetchone() != (0,)
