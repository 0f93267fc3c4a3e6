"""The accessibility engine as published: `python -m tests.browser.vendor` fetches it anew (needs npm and the network)."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).with_name("vendor")
MANIFEST = FOLDER / "MANIFEST"
PACKAGE, VERSION, LICENCE = "axe-core", "4.14.1", "MPL-2.0"
FILES = ("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt")
HEADER = "# file\tpackage\tversion\tlicence\tsha256\n"


def sha256(path: Path) -> str:
    """Return the hex digest of the file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest() -> str:
    """Return what MANIFEST must say of the files that are here."""
    rows = ("\t".join((name, PACKAGE, VERSION, LICENCE, sha256(FOLDER / name))) for name in FILES)
    return HEADER + "".join(f"{row}\n" for row in rows)


def fetch() -> None:
    """Fetch the package once, copy its files, and write MANIFEST anew."""
    npm = shutil.which("npm") or sys.exit("npm is needed to fetch the engine: install Node.js first")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        for name in FILES:
            shutil.copyfile(Path(folder) / "package" / name, FOLDER / name)
    MANIFEST.write_text(manifest())


if __name__ == "__main__":
    fetch()
