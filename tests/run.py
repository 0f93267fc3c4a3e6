"""The whole suite: `python -m tests.run`, which `make test` calls. Arguments go on to pytest.

Style, import contracts and tests, each with its time; every step runs even when an earlier one failed.
The closing line of pytest comes last; the exit code is 0 only when every step passed.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chromium import NoChromium, chromium

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
WORKERS = max(
    2, min(4, (os.cpu_count() or 2) + 1)
)  # each holds a database server of its own; much of the time is waiting
SLOWEST = 12


@dataclass(frozen=True)
class Step:
    """One program of the suite: how it is called, and what its run gave."""

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    """How a step ended, after how many seconds, and its last line."""

    name: str
    passed: bool
    seconds: float
    last_line: str


def steps(pytest_arguments: list[str]) -> tuple[Step, ...]:
    """Return the steps in order; the tests come last."""
    # loadfile: tests of one file share fixtures that are dear to make; -n 0 on the command line runs them in one process
    pytest = ("-m", "pytest", "-q", f"--durations={SLOWEST}", "-n", str(WORKERS))
    spread = ("--dist", "loadfile", "--no-loadscope-reorder")  # the order is ours: tests/order.py
    return (
        Step("ruff check", (str(BIN / "ruff"), "check", "--quiet", ".")),
        Step("ruff format", (str(BIN / "ruff"), "format", "--check", "--output-format", "concise", ".")),
        Step("import contracts", (str(BIN / "lint-imports"), "--no-logo")),
        Step("pytest", (sys.executable, *pytest, *spread, *pytest_arguments)),
    )


def run(step: Step) -> Ran:
    """Run one step; what it says goes to the terminal as it comes."""
    # the suite starts hundreds of processes: each would compile everything anew
    environment = {name: told for name, told in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    print(f"--- {step.name}", flush=True)
    started = time.monotonic()
    last_line = ""
    with subprocess.Popen(
        step.argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            last_line = line.strip() or last_line
    return Ran(step.name, process.returncode == 0, time.monotonic() - started, last_line)


def main() -> int:
    """Run everything. Exit 0 when all passed, 1 when a step failed, 2 when no browser is here."""
    try:
        os.environ["CHROMIUM"] = chromium()
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 2
    ran = [run(step) for step in steps(sys.argv[1:])]
    print("--- times")
    for one in ran:
        print(f"{one.seconds:7.1f} s  {'passed' if one.passed else 'FAILED'}  {one.name}")
    print(f"{sum(one.seconds for one in ran):7.1f} s  in all")
    print(ran[-1].last_line)
    return 0 if all(one.passed for one in ran) else 1


if __name__ == "__main__":
    sys.exit(main())
