"""One hash over all static files: it stands in their addresses, so a browser may keep them and never shows old ones.

One hash of the whole tree, not one a file: modules and style sheets name each other by relative address.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path


def tree_hash(folders: Sequence[Path]) -> str:
    """Return 12 hex digits that change with any name or byte of any file below `folders`."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(str(path.relative_to(folder)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
