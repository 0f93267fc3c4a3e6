"""Start-up checks of the home: what must be true on the disk before records are kept there."""

import shutil
from pathlib import Path

from unidossier.database.home import SUBFOLDERS, Home
from unidossier.database.keys import FIRST_KEYS, KeyExposed, KeyMissing, key
from unidossier.database.lint import Finding

LEAST_FREE_BYTES = 1024**3


def home_faults(home: Home) -> list[Finding]:
    """Return everything that is wrong with the folders and keys of `home`; empty when all is well."""
    return [*_open_folders(home), *_bad_keys(home), *_short_disk(home)]


def _open_folders(home: Home) -> list[Finding]:
    folders = [home.path / name for name in SUBFOLDERS if (home.path / name).exists()]
    return [
        Finding("folders are closed to others", f"{path}, do: chmod 700 {path}")
        for path in folders
        if _is_open(path)
    ]


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


def _bad_keys(home: Home) -> list[Finding]:
    faults = []
    for name in FIRST_KEYS:
        try:
            key(home, name)
        except (KeyMissing, KeyExposed) as fault:
            faults.append(Finding("keys are there, and closed", str(fault)))
    return faults


def _short_disk(home: Home) -> list[Finding]:
    free = shutil.disk_usage(home.path).free
    if free >= LEAST_FREE_BYTES:
        return []
    return [Finding("the disk has room", f"{free // 1024**2} MB are left under {home.path}")]
