"""What runs at this moment, written by the supervisor and read by the health check of the front door."""

import json
import os
from pathlib import Path

from unidossier.database.home import Home

NAME = "state.json"


def write_state(home: Home, *, running: dict[str, bool]) -> None:
    """Write which parts run; readers see the old or the new text, never half of one."""
    aside = home.run / f".{NAME}"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"supervisor": os.getpid(), "running": running}, file)
    aside.replace(_path(home))


def read_state(home: Home) -> dict[str, bool]:
    """Return which parts run, empty when no supervisor lives."""
    try:
        written = json.loads(_path(home).read_text())
        os.kill(written["supervisor"], 0)
    except (OSError, ValueError, KeyError):
        return {}
    return dict(written["running"])


def forget_state(home: Home) -> None:
    """Remove the text: nothing is supervised any more."""
    _path(home).unlink(missing_ok=True)


def _path(home: Home) -> Path:
    return home.run / NAME
