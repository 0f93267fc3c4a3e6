"""`unidossier log`: verify needs nothing of ours, audit and export read the database as its administrator (LOG-3)."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.log.proof.small_log import SmallLog, written
from tests.log.sequencer.conftest import place, template
from tests.log.sequencer.place import Place
from unidossier.command import log
from unidossier.command.arguments import fresh
from unidossier.command.told import tell_failure
from unidossier.database.home import Home

__all__ = ["place", "template"]


def _log(*arguments: str | Path, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "UNIDOSSIER_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "unidossier.command", "log", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**kept, "UNIDOSSIER_HOME": str(home), **settings},
    )


def _whole(place: Place) -> dict[str, str]:
    place.add(20)
    place.catch_up()
    return {"DATABASE_URL": place.dsns.app, "DATABASE_MIGRATE_URL": place.dsns.migrate}


@pytest.mark.parametrize("command", log.SUBCOMMANDS, ids=lambda one: one.NAME)
def test_every_sub_command_explains_itself(command: object, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)  # type: ignore[attr-defined]
    assert command.__doc__ and command.HELP and parser.format_help()  # type: ignore[attr-defined]


def test_a_file_that_cannot_be_made_is_told_before_any_entry_is_written(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").touch()
    for path, words in (("lines.csv", "is there already"), ("no/lines.csv", "check the folder")):
        with pytest.raises(argparse.ArgumentTypeError, match=words):
            fresh(str(tmp_path / path))
    assert fresh(str(tmp_path / "new.csv")) == tmp_path / "new.csv"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (FileNotFoundError(2, "No such file", "a.pyz"), "a.pyz is not there: check the name"),
        (FileExistsError(17, "File exists", "a.pyz"), "a.pyz is there already: name a file"),
        (PermissionError(13, "Permission denied", "a.pyz"), "check the rights"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_fault_of_a_file_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: OSError, words: str
) -> None:
    tell_failure(fault, home=Home(tmp_path))
    told = capsys.readouterr().err
    assert words in told and "Errno" not in told and "details" not in told


def test_a_bundle_is_verified_without_home_or_database(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    made = SmallLog(folder)
    made.add(*(written(number) for number in range(9)))
    path, home = tmp_path / "bundle.json", tmp_path / "nowhere" / "home"
    path.write_bytes(made.bundle([2, 8]))
    done = _log(
        "verify", path, "--keys", folder / "keys", home=home, DATABASE_URL="postgresql://nobody@192.0.2.1/x"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("GOOD: 2 entries")
    assert not home.exists()
    path.write_bytes(path.read_bytes().replace(b"Jo Doe 2", b"Al Roe 2"))
    done = _log("verify", path, home=home)
    assert (done.returncode, done.stdout.splitlines()[-1][:4]) == (1, "BAD:")
    assert _log("verify", tmp_path, home=home).returncode == 2
    assert _log("verify", home=home).returncode == 2


def test_the_program_to_carry_away_is_written(tmp_path: Path) -> None:
    path = tmp_path / "verify.pyz"
    assert _log("verifier", path, home=tmp_path / "home").returncode == 0
    done = subprocess.run([sys.executable, path, tmp_path], capture_output=True, text=True, check=False)
    assert (done.returncode, "UNREADABLE" in done.stdout) == (2, True)


def test_an_audit_passes_and_names_what_was_changed(place: Place) -> None:
    settings = _whole(place)
    done = _log("audit", home=place.home.path, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "GOOD: everything fits."
    with place.root() as connection:
        connection.execute(
            "UPDATE log.entry SET verb = 'sign-in' WHERE id = (SELECT entry_id FROM log.leaf WHERE position = 7)"
        )
    done = _log("audit", home=place.home.path, **settings)
    assert done.returncode == 1
    assert (
        "position 7: the entry was changed" in done.stdout
        and done.stdout.splitlines()[-1] == "BAD: 1 faults."
    )
    assert _log("audit", "--files-alone", home=place.home.path, **settings).returncode == 0, (
        "the files are as they were"
    )


def test_an_audit_of_nothing_is_no_good_news(tmp_path: Path, place: Place) -> None:
    for arguments in (
        ["--files-alone"],
        ["--export", str(tmp_path / "none")],
        ["--keys", str(tmp_path / "none")],
    ):
        done = _log("audit", *arguments, home=tmp_path / "home")
        assert (done.returncode, "UNREADABLE" in done.stdout) == (2, True), done.stdout + done.stderr


def test_an_export_with_names_is_an_entry_with_a_ground(place: Place, tmp_path: Path) -> None:
    settings, path = _whole(place), tmp_path / "log.jsonl"
    assert _log("export", path, home=place.home.path, **settings).returncode == 0
    assert "Jo Doe" not in path.read_text()
    assert place.rows("SELECT count(*) FROM log.entry WHERE verb = 'export-log'") == [(0,)]
    assert _log("audit", "--export", path, home=tmp_path / "home").returncode == 0
    named = tmp_path / "named.jsonl"
    done = _log("export", named, "--fields", home=place.home.path, **settings)
    assert (done.returncode, "--ground" in done.stderr, named.exists()) == (1, True, False)
    done = _log(
        "export", named, "--fields", "--ground", "asked by the court", home=place.home.path, **settings
    )
    assert done.returncode == 0, done.stderr
    assert "Jo Doe" in named.read_text()
    ((detail,),) = place.rows("SELECT detail FROM log.entry WHERE verb = 'export-log' AND permitted")
    assert detail["ground"] == "asked by the court"
    assert _log("audit", "--export", named, home=tmp_path / "home").returncode == 0
    lines = named.read_text().splitlines(keepends=True)
    lines[4] = json.dumps(json.loads(lines[4]) | {"leaf": "00" * 32}) + "\n"
    named.write_text("".join(lines))
    assert _log("audit", "--export", named, home=tmp_path / "home").returncode == 1
    assert _log("export", named, home=place.home.path, **settings).returncode == 2, "nothing is overwritten"
