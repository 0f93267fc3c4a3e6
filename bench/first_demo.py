"""`unidossier demo`: from an empty home to a working page, and the second start on the same data."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.place import command

FIRST_S, SECOND_S = 90.0, 10.0  # issue
LIMIT_S = 240
STOP_LIMIT_S = 60


class DemoDidNotStart(Exception):
    """The demo ended, or did not answer in time; the message holds its last words."""


def measure_first_demo(folder: Path) -> Iterator[Figure]:
    """Give both starts. The environment (`make install`) is there already: what it takes is the package index's affair."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("UNIDOSSIER_", "DATABASE_"))
    } | {"UNIDOSSIER_HOME": str(folder / "demo")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    first = _start(environment, folder / "first.log")
    yield Figure(name="demo: first start to a working page", value=first, unit="s", at_most=FIRST_S)
    second = min(_start(environment, folder / "second.log") for _ in range(2))
    yield Figure(name="demo: second start", value=second, unit="s", at_most=SECOND_S)


def _start(environment: dict[str, str], log: Path) -> float:
    """Start, wait for /healthz, stop; return the seconds to the first 200."""
    port = _free_port()
    with log.open("w") as out:
        began = time.monotonic()
        demo = subprocess.Popen(command("demo", "--port", str(port)), env=environment, stdout=out, stderr=out)
        try:
            while not _is_well(port):
                if demo.poll() is not None or time.monotonic() - began > LIMIT_S:
                    raise DemoDidNotStart(f"the demo did not start: {log.read_text()[-500:]}")
                time.sleep(0.05)
            return time.monotonic() - began
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(STOP_LIMIT_S)


def _is_well(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
