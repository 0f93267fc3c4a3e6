"""The demo as somebody who is nobody special: no right of root is needed, and no other account may look inside."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trouble.conftest import linux_only
from tests.trouble.installation import ROOT, Installation
from tests.trouble.visitor import Visitor, rows
from unidossier.demo.fill.ids import patient_id

pytestmark = [linux_only, pytest.mark.prove]

# accounts of every Linux under which nothing runs; initdb wants one that has a name
NAMES = ("games", "daemon")
UID = next((one.pw_uid for one in pwd.getpwall() if one.pw_name in NAMES), 0)
SITE_PACKAGES = Path(pytest.__file__).parents[1]


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that the ordinary user reaches: those of tests are closed."""
    folder = Path("/tmp") / f"unidossier-trouble-{os.getpid()}"
    folder.mkdir(mode=0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ordinary(open_folder: Path) -> Iterator[Installation]:
    """An installation of the ordinary user, who runs the interpreter from a place that he may read."""
    if os.geteuid() != 0 or not UID:
        pytest.skip("everything here runs as an ordinary user already, or there is none")
    tools = {name: shutil.which(name) for name in ("unshare", "mount", "setpriv", "sh")}
    if None in tools.values():
        pytest.skip("unshare, mount and setpriv are needed to become somebody else")
    python = open_folder / "python"
    python.mkdir()
    own = open_folder / "own"
    own.mkdir(mode=0o700)
    os.chown(own, UID, UID)
    # a mount of this process tree alone: the interpreter may lie in a folder that is closed to others
    become = (
        f'mount --bind "{sys.base_prefix}" "{python}" && '
        f'exec setpriv --reuid={UID} --regid={UID} --clear-groups --inh-caps=-all "{python}/bin/python3" '
        '-P -m unidossier.command "$@"'
    )
    prefix = [
        str(tools["unshare"]),
        "--mount",
        "--propagation",
        "private",
        str(tools["sh"]),
        "-c",
        become,
        "sh",
    ]
    settings = {"PYTHONPATH": f"{ROOT}:{SITE_PACKAGES}", "HOME": str(own), "PYTHONDONTWRITEBYTECODE": "1"}
    settings["LD_LIBRARY_PATH"] = str(
        python / "lib"
    )  # its own library, which it else looks for in the closed folder
    made = Installation(own / "home", prefix=prefix, settings=settings)
    made.shown_in = open_folder / "shown.txt"
    probe = made.run("--help")
    if probe.returncode != 0:
        pytest.skip(f"nobody else can run the interpreter here: {probe.stderr.strip()[-200:]}")
    try:
        yield made
    finally:
        made.end()


def test_an_ordinary_user_runs_the_demo(ordinary: Installation) -> None:
    ordinary.start()
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in ordinary.family()}
    assert owners == {UID}, owners
    with Visitor(ordinary.port) as visitor:
        visitor.sign_in("an.verlinden")
        assert rows(visitor.get(f"/ward/patient/{patient_id('p-000001')}/").text) >= 20
    found = [path for path in ordinary.home.rglob("*") if not path.is_symlink()]
    assert len(found) > 100
    assert {path.stat().st_uid for path in found} == {UID}
    assert [path for path in found if path.stat().st_mode & 0o077] == []
    assert stat.S_IMODE(ordinary.home.stat().st_mode) == 0o700
    assert ordinary.stop() == 0
    assert not list(Path("/tmp").glob(f"unidossier-{UID}-*")), "a folder for sockets was left behind"


def test_root_is_told_not_to_use_the_home_of_another(ordinary: Installation) -> None:
    done = ordinary.run("migrate")
    assert done.returncode == 0, done.stdout + done.stderr
    as_root = Installation(ordinary.home)
    as_root.shown_in = ordinary.shown_in
    done = as_root.run("check")
    assert done.returncode == 1
    assert f"belongs to user {UID}" in " ".join(done.stderr.split())
    assert (
        subprocess.run(["find", str(ordinary.home), "!", "-uid", str(UID)], capture_output=True).stdout == b""
    )
