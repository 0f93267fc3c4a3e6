"""The files of the product, as version control knows them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "unidossier"
OTHERS = {".venv", ".git", "__pycache__", "node_modules", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the product; outside a clone (an unpacked archive), every file that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not OTHERS & set(path.parts)]
    # a file may be deleted, or renamed, and that not yet told
    return tuple(sorted(path for path in paths if path.is_file()))


def with_suffix(*suffixes: str, under: Path = ROOT) -> tuple[Path, ...]:
    """Return the files of our own hand with one of `suffixes` under a folder; what others wrote is left out."""
    return tuple(
        path
        for path in tracked()
        if path.suffix in suffixes and path.is_relative_to(under) and "vendor" not in path.parts
    )


def shown(path: Path) -> str:
    """Return the path as a person at the root of the clone writes it."""
    return str(path.relative_to(ROOT))


@cache
def is_text(path: Path) -> bool:
    """Tell whether the file is text."""
    try:
        path.read_text()
    except UnicodeDecodeError:
        return False
    return True
