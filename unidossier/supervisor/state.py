"""What runs at this moment, written by the supervisor and read by the health check of the front door."""

import json
import os
from pathlib import Path

from unidossier.database.home import Home

NAME = "state.json"
# The log's own processes: without them grants go on (T35). What their absence comes to is told by the portals' part `log`.
MAY_BE_AWAY = ("sequencer", "log-feed", "witness-")


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


def are_enough(parts: dict[str, bool]) -> bool:
    """Tell whether every part runs that serving needs; there is more than one."""
    needed = {part: runs for part, runs in parts.items() if not part.startswith(MAY_BE_AWAY)}
    return len(needed) > 1 and all(needed.values())


def forget_state(home: Home) -> None:
    """Remove the text: nothing is supervised any more."""
    _path(home).unlink(missing_ok=True)


def _path(home: Home) -> Path:
    return home.run / NAME
