"""Technical logs of the processes: appended, mode 0600, the old one kept once when it grows."""

import os
from pathlib import Path

LIMIT_BYTES = 20 * 1024 * 1024


def open_log(path: Path) -> int:
    """Open `path` for appending and return the descriptor; a file over the limit becomes `<name>.1` first."""
    if path.exists() and path.stat().st_size > LIMIT_BYTES:
        path.replace(path.with_name(path.name + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
