"""Prove the gate: `python -m tests.prove_gate`. Its last line holds the figures; exit 1 if one is short."""

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.gate.facts import COMBINATIONS

GATE_TESTS = Path(__file__).parent / "gate"


@dataclass(eq=False)  # pytest wants to hash its plugins
class Figures:
    """A pytest plugin that adds up the figures which the proofs record, over all tests."""

    sums: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.failed:
            self.outcomes[report.outcome] += 1
        if report.failed and "test_attacks" in report.nodeid:
            self.sums["attacks_passed"] += 1
        if report.when == "call":
            for name, figure in report.user_properties:
                self.sums[name] += int(str(figure))


# figure -> the least that proves something; what the tests count as wrong must be 0
LONG = {"RACE_TOGGLES": "300", "RACE_READS": "3000"}  # of each change: the suite's races are shorter
AT_LEAST = {
    "combinations": COMBINATIONS,
    "invariants": 20,
    "attacks": 150,
    "faults_found": 12,
    "mutants_killed": 60,
    "toggles": 1_000,
    "reads": 10_000,
    "plans": 10,
}
EXACTLY_NONE = (
    "differences",
    "attacks_passed",
    "findings",
    "mutants_alive",
    "stale_reads",
    "sequential_scans",
)


def shortfalls(figures: Figures, *, exit_code: int) -> list[str]:
    """Name each figure that falls short; empty when the gate is proven."""
    short = [
        f"{name} {figures.sums[name]} < {least}"
        for name, least in AT_LEAST.items()
        if figures.sums[name] < least
    ]
    short += [f"{name} {figures.sums[name]}" for name in EXACTLY_NONE if figures.sums[name]]
    if exit_code:
        short.append(f"tests failed: {figures.outcomes['failed']}")
    return short


def main() -> int:
    for name, size in LONG.items():  # before the tests are read
        os.environ.setdefault(name, size)
    figures = Figures()
    started = time.monotonic()
    exit_code = pytest.main(["-q", "-p", "no:cacheprovider", str(GATE_TESTS)], plugins=[figures])
    short = shortfalls(figures, exit_code=int(exit_code))
    shown = [f"{name}={figures.sums[name]}" for name in (*AT_LEAST, *EXACTLY_NONE)]
    verdict = f"FALLS SHORT: {'; '.join(short)}" if short else "PROVEN"
    print(f"prove-gate {verdict} | {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
