"""Where the browser of the tests is: Chromium as the system has it, or as Playwright keeps it."""

import os
import shutil
import subprocess
from pathlib import Path

# the one without windows first: a third of the work of the other for the same pages
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "apt-get install -y chromium"


class NoChromium(Exception):
    """No browser was found; the message names the command that installs one."""

    def __init__(self) -> None:
        super().__init__(f"Chromium is missing: the browser tests need it. Install it with: {INSTALL}")


def chromium() -> str:
    """Return the path of a Chromium that starts: CHROMIUM, else the first of `NAMES`, else Playwright's own.

    Raises NoChromium.
    """
    for candidate in (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), *_playwrights()):
        if candidate and _starts(candidate):
            return candidate
    raise NoChromium


def _playwrights() -> list[str]:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    return sorted(map(str, cache.glob("chromium-*/chrome-linux*/chrome")), reverse=True)


def _starts(program: str) -> bool:
    # Ubuntu installs a script of this name that only tells to install a snap: being there is not enough
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
