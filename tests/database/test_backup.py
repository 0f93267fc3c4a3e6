"""A real installation saved, lost and restored: rows, rights, attachments and keys; and every refusal."""

import tarfile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from unidossier.database.backup import BackupFailed, BackupUnreadable, HomeNotEmpty, back_up, restore
from unidossier.database.connections import DATABASE
from unidossier.database.home import Home
from unidossier.database.lint import check
from unidossier.database.server import SUPERUSER, EmbeddedServer
from unidossier.database.setup import set_up
from unidossier.record import blobs

PATIENT = UUID("01890000-0000-7000-8000-000000000001")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int], str]:
    """A backup, the rows in it, and the digest of its one attachment."""
    folder = tmp_path_factory.mktemp("saved")
    home = Home(folder / "home")
    with pytest.MonkeyPatch.context() as settings, EmbeddedServer(home) as server:
        settings.setenv("UNIDOSSIER_HOME", str(home.path))
        settings.delenv("DATABASE_URL", raising=False)
        settings.delenv("DATABASE_MIGRATE_URL", raising=False)
        set_up(home, server=server)
        with psycopg.connect(server.dsn(SUPERUSER, DATABASE)) as connection:
            connection.execute("CREATE TABLE public.kept AS SELECT generate_series(1, 1234) AS number")
        sha256 = blobs.put(PATIENT, data=b"an attachment", home=home)
        rows = back_up(home, server=server, target=folder / "backup.tar")
    return folder / "backup.tar", rows, sha256


def test_a_restored_home_has_every_row_right_and_attachment(
    saved: tuple[Path, dict[str, int], str], tmp_path: Path
) -> None:
    backup, rows, sha256 = saved
    home = Home(tmp_path / "new")
    assert restore(home, source=backup) == rows
    assert rows["public.kept"] == 1234
    assert blobs.get(PATIENT, sha256=sha256, home=home) == b"an attachment"
    with EmbeddedServer(home) as server:
        assert check(server.dsn("unidossier_migrate", DATABASE)) == []
        with (
            psycopg.connect(server.dsn("unidossier_app", DATABASE)) as application,
            pytest.raises(psycopg.Error),
        ):
            application.execute("SELECT * FROM record.item")  # the gate came back with the rows
    assert home.path.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in home.keys.iterdir()} == {0o600}


def test_a_backup_is_closed_to_others_and_names_nobody(saved: tuple[Path, dict[str, int], str]) -> None:
    backup, _, sha256 = saved
    assert backup.stat().st_mode & 0o777 == 0o600
    with tarfile.open(backup) as tar:
        names = tar.getnames()
    assert {"manifest.json", "database.dump", "keys/attachments"} <= set(names)
    assert not any(sha256[:12] in name or PATIENT.hex[:12] in name for name in names)


def test_restoring_over_an_installation_is_refused(
    saved: tuple[Path, dict[str, int], str], tmp_path: Path
) -> None:
    home = Home(tmp_path / "used").prepare()
    (home.keys / "something").write_bytes(b"precious")
    with pytest.raises(HomeNotEmpty, match="empty folder"):
        restore(home, source=saved[0])
    assert (home.keys / "something").read_bytes() == b"precious"


@pytest.mark.parametrize("kept", [0, 600, 20_000, -30_000])
def test_a_cut_backup_is_refused_and_leaves_nothing(
    saved: tuple[Path, dict[str, int], str], tmp_path: Path, kept: int
) -> None:
    cut = tmp_path / "cut.tar"
    cut.write_bytes(saved[0].read_bytes()[:kept])
    home = Home(tmp_path / "new")
    with pytest.raises(BackupUnreadable):
        restore(home, source=cut)
    assert not home.pg.exists()
    assert not home.keys.exists()


def test_a_backup_cut_exactly_between_two_files_is_refused(
    saved: tuple[Path, dict[str, int], str], tmp_path: Path
) -> None:
    with tarfile.open(saved[0]) as tar:
        keys = tar.getmember("keys")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(saved[0].read_bytes()[: keys.offset])
    with pytest.raises(BackupUnreadable, match="not whole"):
        restore(Home(tmp_path / "new"), source=cut)


def test_a_backup_that_leads_out_of_the_home_is_refused(tmp_path: Path) -> None:
    crafted = tmp_path / "crafted.tar"
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"layout": 1, "rows": {}}')
    with tarfile.open(crafted, "w") as tar:
        tar.add(manifest, "manifest.json")
        tar.add(manifest, "keys/../../escaped")
    with pytest.raises(BackupUnreadable):
        restore(Home(tmp_path / "new"), source=crafted)
    assert not (tmp_path / "escaped").exists()


def test_a_backup_into_no_folder_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with EmbeddedServer(home) as server, pytest.raises(BackupFailed, match="could not be written"):
        back_up(home, server=server, target=tmp_path / "nowhere" / "backup.tar")
