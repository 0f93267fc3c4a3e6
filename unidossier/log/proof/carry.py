"""The verifier as one file that a stranger carries away: a zip of the very modules that run here (`python verify.pyz BUNDLE`)."""

import io
import zipfile
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent.parent
MODULES = (
    "log/tree/merkle.py",
    "log/tree/note.py",
    "log/proof/strict.py",
    "log/proof/entry.py",
    "log/proof/bundle.py",
    "log/proof/check.py",
    "log/proof/words.py",
    "log/proof/verify.py",
)
ROOMS = ("", "log/", "log/tree/", "log/proof/")
START = """import sys

if sys.version_info < (3, 10):
    print("UNREADABLE: this program needs Python 3.10 or newer")
    sys.exit(2)

from unidossier.log.proof.verify import main

sys.exit(main())
"""
ALWAYS = (1980, 1, 1, 0, 0, 0)  # the same modules make the same bytes: whoever has one can compare


@cache
def verifier() -> bytes:
    """Return the zip. It can be unpacked and read: nothing in it is compiled."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for room in ROOMS:
            _add(file, f"unidossier/{room}__init__.py", "")
        for name in MODULES:
            _add(file, f"unidossier/{name}", (PACKAGE / name).read_text(encoding="utf-8"))
        _add(file, "__main__.py", START)
    return content.getvalue()


def _add(file: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, ALWAYS)
    info.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(info, text)
