"""Run the small site in a process of its own, look at it and kill parts of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], Any], *, what: str) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := is_so()):
        assert time.monotonic() < deadline, f"waited {PATIENCE_S:.0f} s in vain for: {what}"
        time.sleep(0.05)
    return found


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> set[int]:
    """Return the numbers of the processes below `pid`."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found - {pid}


class SiteProcess:
    """The supervisor of the small site, and what it shows."""

    def __init__(self, home: Path, *, third: str | None = None) -> None:
        self.home, self.port = home, free_port()
        self.shown = home.with_name("shown.txt")
        # its own database, whatever other tests of this process named
        inherited = {name: told for name, told in os.environ.items() if not name.startswith("DATABASE_")}
        environment = {**inherited, "UNIDOSSIER_HOME": str(home), "UNIDOSSIER_PORT": str(self.port)}
        if third:
            environment["THIRD"] = third
        with self.shown.open("w") as shown:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.supervisor.small_site", "supervise"],
                stdout=shown,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=Path(__file__).parents[2],
            )

    def get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=40) as answer:
            return dict(json.load(answer))

    def health(self) -> tuple[int, dict[str, str]]:
        """Return the status of /healthz and its parts; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return answer.status, json.load(answer)["parts"]
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)["parts"]
        except OSError:
            return 0, {}

    def wait_ready(self) -> None:
        wait_until(
            lambda: "READY" in self.shown.read_text(), what=f"readiness; shown: {self.shown.read_text()}"
        )

    def wait_well(self) -> None:
        wait_until(lambda: self.health()[0] == 200, what="health")

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        return self.process.wait(60)
