"""`python -m bench.fhir [--quick] [--only NAME]`: figures of the API, each beside pgbench on the same statements; exit 1 if one falls short.

Gate, committed entry, row security, validation, history and search values are all on; one worker, as the product serves. The last line tells all.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import fhir_load
from bench.fhir_growth import measure_growth
from bench.fhir_load import message
from bench.fhir_people import fill, make_house
from bench.fhir_pieces import PIECES
from bench.fhir_rounds import Rounds, say
from bench.figure import Figure, print_table
from bench.place import installation
from bench.timing import watching

RECORDS, LONG = 300, 10_000
QUICK_RECORDS, QUICK_LONG = 20, 1_200
SECONDS, QUICK_SECONDS = 5, 2
QUIET_CORES = 0.3
START_LIMIT_S = 60
GROWTH = "growth"
MOST_MB = 100.0  # issue: memory of a worker


@dataclass(frozen=True)
class Server:
    """The API as the product serves it."""

    port: int
    pid: int

    def memory_mb(self) -> float:
        """Return what the largest of its processes holds."""
        sizes = [_status_kb(pid, "VmRSS") for pid in (self.pid, *_children(self.pid))]
        return max(sizes) / 1024


@contextmanager
def serving() -> Iterator[Server]:
    """Run the API's process, with the front door before it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "unidossier.supervisor.serve", "api"],
        env=os.environ
        | {"UNIDOSSIER_PORT": str(port), "DJANGO_SETTINGS_MODULE": "unidossier.config.settings"},
    )
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def main() -> int:
    """Measure what is asked for."""
    asked = _asked()
    pieces = tuple(one for one in PIECES if not asked.only or one.name in asked.only)
    seconds = QUICK_SECONDS if asked.quick else SECONDS
    with tempfile.TemporaryDirectory(prefix="unidossier-bench-") as name, watching() as strangers:
        os.chmod(name, 0o711)  # the database's own account passes through it
        with installation(Path(name)) as place, serving() as server:
            say("sending records ...")
            house = make_house(place)
            sizes = (QUICK_RECORDS, QUICK_LONG) if asked.quick else (RECORDS, LONG)
            people = fill(house, server.port, records=sizes[0], long=sizes[1])
            rounds = Rounds(place=place, server=server, people=people, seconds=seconds)
            figures = list(rounds.measure(pieces))
            if pieces:
                figures.append(
                    Figure(name="memory of a worker", value=server.memory_mb(), unit="MB", at_most=MOST_MB)
                )
            if not asked.only or GROWTH in asked.only:
                say(f"{GROWTH} ...")
                figures += measure_growth(place, house, server.port, quick=asked.quick, seconds=seconds)
            house.world.close()
    print_table(figures)
    if strangers.cores > QUIET_CORES:
        print(
            f"Other programs took {strangers.cores:.1f} cores meanwhile: on a quiet machine the figures are better."
        )
    short = [one for one in figures if one.is_short]
    shown = [one for one in figures if one.target or "share" in one.name]
    verdict = f"FALLS SHORT ({len(short)})" if short else "REACHED"
    print(f"bench-fhir {verdict} | " + " | ".join(map(str, shown)))
    return 1 if short else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fhir", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=[*(one.name for one in PIECES), GROWTH], help="measure this alone"
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_RECORDS} records, {QUICK_SECONDS} s a round"
    )
    return parser.parse_args()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            fhir_load.ask_once(port, message("GET", "/fhir/metadata", token=""))
            return
        except (OSError, fhir_load.Unanswered):
            time.sleep(0.1)
    raise fhir_load.Unanswered("the API did not start")


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _status_kb(int(folder.name), "PPid") == pid:
            found.append(int(folder.name))
    return found


def _status_kb(pid: int, name: str) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it ended meanwhile
        return 0
    return int((text.partition(f"{name}:")[2].split() or ["0"])[0])


if __name__ == "__main__":
    sys.exit(main())
