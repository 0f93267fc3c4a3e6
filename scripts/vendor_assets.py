"""Copy the listed files of the pinned npm packages into static/vendor and write its MANIFEST.

Needs `npm` and the network; the product itself needs neither, because the files are kept in the repository.
Run: python scripts/vendor_assets.py          (fetch, copy, write MANIFEST)
     python scripts/vendor_assets.py --check  (only compare the files with MANIFEST; no network)
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "unidossier/portals/shared/static/vendor"
MANIFEST = VENDOR / "MANIFEST"
HEADER = "# file\tpackage\tversion\tlicence\tsha256\n"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file of one published package, and where it is kept (both paths relative)."""

    package: str
    version: str
    licence: str
    source: str
    target: str


def _font(source: str, target: str) -> Asset:
    # the subsets as published: 29 kB for the first page instead of 170 kB for the whole family
    return Asset(
        package="@fontsource-variable/source-sans-3",
        version="5.3.0",
        licence="OFL-1.1",
        source=source,
        target=f"source-sans-3/{target}",
    )


def _htmx(source: str, target: str) -> Asset:
    return Asset(package="htmx.org", version="2.0.11", licence="0BSD", source=source, target=f"htmx/{target}")


ASSETS = (
    _htmx("dist/htmx.min.js", "htmx.min.js"),
    _htmx("LICENSE", "LICENSE"),
    _font("files/source-sans-3-latin-wght-normal.woff2", "latin.woff2"),
    _font("files/source-sans-3-latin-ext-wght-normal.woff2", "latin-ext.woff2"),
    _font("files/source-sans-3-latin-wght-italic.woff2", "latin-italic.woff2"),
    _font("LICENSE", "LICENSE"),
)


def sha256(path: Path) -> str:
    """Return the hex digest of the file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def recorded() -> dict[str, str]:
    """Return {file relative to static/vendor: sha256} as MANIFEST states it."""
    rows = [line.split("\t") for line in MANIFEST.read_text().splitlines() if not line.startswith("#")]
    return {row[0]: row[4] for row in rows}


def differences() -> list[str]:
    """Name every file that is missing, changed, or present without a line in MANIFEST."""
    stated = recorded()
    present = {str(path.relative_to(VENDOR)): path for path in VENDOR.rglob("*") if path.is_file()}
    present.pop("MANIFEST", None)
    faults = [f"{name}: listed, but not there" for name in stated if name not in present]
    faults += [f"{name}: there, but not listed" for name in present if name not in stated]
    faults += [
        f"{name}: changed" for name, path in present.items() if stated.get(name, sha256(path)) != sha256(path)
    ]
    return sorted(faults)


def _unpack(asset: Asset, folder: Path) -> Path:
    spec = f"{asset.package}@{asset.version}"
    place = folder / spec.replace("/", "_")
    if not place.exists():
        place.mkdir()
        npm = shutil.which("npm") or sys.exit("npm is needed to fetch the assets: install Node.js first")
        subprocess.run([npm, "pack", "--silent", spec], cwd=place, check=True, capture_output=True)
        with tarfile.open(next(place.glob("*.tgz"))) as archive:
            archive.extractall(place, filter="data")
    return place / "package"


def vendor() -> None:
    """Fetch each package once, copy its listed files, and write MANIFEST anew."""
    lines = [HEADER]
    with tempfile.TemporaryDirectory() as folder:
        for asset in ASSETS:
            target = VENDOR / asset.target
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_unpack(asset, Path(folder)) / asset.source, target)
            row = (asset.target, asset.package, asset.version, asset.licence, sha256(target))
            lines.append("\t".join(row) + "\n")
    MANIFEST.write_text("".join(lines))


if __name__ == "__main__":
    if "--check" not in sys.argv:
        vendor()
    sys.exit("\n".join(differences()) or 0)
