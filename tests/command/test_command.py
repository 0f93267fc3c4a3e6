"""The command line as a person meets it: help, each refusal in one sentence, the commands that need no portals."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from unidossier.command import SUBCOMMANDS
from unidossier.database.home import Home
from unidossier.database.server import EmbeddedServer
from unidossier.database.setup import set_up


def unidossier(*arguments: str | Path, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return subprocess.run(
        [sys.executable, "-m", "unidossier.command", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**kept, "UNIDOSSIER_HOME": str(home), **settings},
    )


def assert_told(done: subprocess.CompletedProcess[str], *, sentence: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert sentence in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with roles and schema, its server stopped."""
    home = Home(tmp_path_factory.mktemp("command") / "home")
    with pytest.MonkeyPatch.context() as settings, EmbeddedServer(home) as server:
        settings.setenv("UNIDOSSIER_HOME", str(home.path))
        settings.delenv("DATABASE_URL", raising=False)
        settings.delenv("DATABASE_MIGRATE_URL", raising=False)
        set_up(home, server=server)
    return home.path


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_help_names_every_subcommand(tmp_path: Path) -> None:
    done = unidossier("--help", home=tmp_path / "home")
    assert done.returncode == 0
    names = {
        *("demo", "serve", "migrate", "import", "check", "token", "backup", "restore", "worker", "roles"),
        *("machine", "log", "sequencer", "log-feed", "witness", "breach-scope"),
    }
    assert {subcommand.NAME for subcommand in SUBCOMMANDS} == names
    assert names <= {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")}
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("subcommand", SUBCOMMANDS, ids=lambda subcommand: subcommand.NAME)
def test_every_subcommand_has_help_of_its_own(subcommand: object, tmp_path: Path) -> None:
    done = unidossier(subcommand.NAME, "--help", home=tmp_path / "home")
    assert done.returncode == 0
    assert "--home FOLDER" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["demo", "--port", "0"], "from 1 to 65535"),
        (["demo", "--port", "²"], "from 1 to 65535"),
        (["demo", "--patients", "100001"], "from 1 to 100000"),
        (["import", "/no/such/file"], "/no/such/file does not exist"),
        (["restore", "/no/such/file"], "/no/such/file does not exist"),
        (["import"], "PATH"),
        ([], "COMMAND"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], told: str, tmp_path: Path) -> None:
    done = unidossier(*arguments, home=tmp_path / "home")
    assert done.returncode == 2
    assert told in done.stderr


@pytest.mark.parametrize("arguments", [["check"], ["backup", "b.tar"], ["token", "an.verlinden"]])
def test_an_empty_home_is_told_and_stays_empty(arguments: list[str], tmp_path: Path) -> None:
    assert_told(unidossier(*arguments, home=tmp_path / "home"), sentence="There is no installation in")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_is_told_before_anything_is_made(command: str, installed: Path, taken_port: int) -> None:
    done = unidossier(command, "--port", str(taken_port), home=installed)
    assert_told(done, sentence=f"Port {taken_port} cannot be used: Address already in use")
    assert f"PORT={taken_port + 1}" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_home_in_use_is_told(command: str, installed: Path) -> None:
    with EmbeddedServer(Home(installed)):
        assert_told(unidossier(command, home=installed), sentence="Unidossier already runs on")


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    nowhere = f"postgresql://app@/unidossier?host={tmp_path}"
    done = unidossier("check", home=tmp_path / "home", DATABASE_URL=nowhere)
    assert_told(done, sentence="The database could not be reached")


def test_check_finds_nothing_in_a_new_installation(installed: Path) -> None:
    done = unidossier("check", home=installed)
    assert (done.returncode, done.stdout) == (0, "No fault found.\n")


def test_check_finds_an_open_folder_and_an_open_key(installed: Path) -> None:
    (installed / "logs").chmod(0o755)
    (installed / "keys" / "attachments").chmod(0o644)
    try:
        done = unidossier("check", home=installed)
    finally:
        (installed / "logs").chmod(0o700)
        (installed / "keys" / "attachments").chmod(0o600)
    assert done.returncode == 1
    assert f"chmod 700 {installed / 'logs'}" in done.stdout
    assert f"chmod 600 {installed / 'keys' / 'attachments'}" in done.stdout
    assert "2 faults." in done.stdout


def test_backup_and_restore_give_the_installation_back(installed: Path, tmp_path: Path) -> None:
    saved = unidossier("backup", tmp_path / "saved.tar", home=installed)
    assert saved.returncode == 0, saved.stderr
    restored = unidossier("restore", tmp_path / "saved.tar", home=tmp_path / "new")
    assert restored.returncode == 0, restored.stderr
    rows = saved.stdout.split(" rows of ")[0].removeprefix("Saved ")
    assert restored.stdout.startswith(f"Restored {rows} rows of ")
    assert unidossier("check", home=tmp_path / "new").stdout == "No fault found.\n"


def test_a_backup_while_the_service_runs(installed: Path, tmp_path: Path) -> None:
    with EmbeddedServer(Home(installed)) as server:
        assert unidossier("backup", tmp_path / "saved.tar", home=installed).returncode == 0
        assert server.is_ready()


def test_a_file_that_is_no_backup_is_told(tmp_path: Path) -> None:
    (tmp_path / "holiday.tar").write_text("not a tar")
    done = unidossier("restore", tmp_path / "holiday.tar", home=tmp_path / "home")
    assert_told(done, sentence="cannot be read as a backup")


def test_an_unexpected_error_is_one_sentence_and_its_traceback_is_logged(
    installed: Path, tmp_path: Path
) -> None:
    done = unidossier("roles", "not a connection string", home=installed)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    log = installed / "logs" / "command.log"
    assert str(log) in done.stderr.replace("\n", "")
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_machine_account_is_made_once_and_is_an_entry(installed: Path) -> None:  # ACS-5, EXC-3, LOG-1
    told = [
        unidossier("machine", "ehealth", "--federal", *more, home=installed)
        for more in ((), ("--name", "eHealth"), ())
    ]
    assert_told(told[0], sentence="No institution has the key ehealth")
    assert [one.returncode for one in told[1:]] == [0, 0], told[1].stderr
    assert "is made" in told[1].stdout and "UNIDOSSIER_FEDERAL_MACHINE=ehealth" in told[1].stdout
    assert "nothing to do" in told[2].stdout
    with EmbeddedServer(Home(installed)) as server, psycopg.connect(server.dsn(dbname="unidossier")) as root:
        assert root.execute(
            "SELECT i.network, e.function, t.value FROM registry.institution i JOIN registry.employment e ON e.institution_id = i.id "
            "JOIN registry.institution_setting t ON t.institution_id = i.id WHERE i.key = 'ehealth'"
        ).fetchall() == [(False, "machine", "on")]
        made = root.execute("SELECT rule, permitted FROM log.entry WHERE verb = 'make-machine'").fetchall()
        assert made == [("ACS-5.machine-made", True)]
