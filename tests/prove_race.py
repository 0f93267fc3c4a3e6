"""Prove the races: `python -m tests.prove_race`. Its last line holds the figures; exit 1 if one is short.

Exclusions and every other change that closes a record against reads of several connections, and many clients over few
connections: the long form of what the suite runs.
"""

import os
import sys
import time

import pytest

from tests.prove_gate import GATE_TESTS, Figures

PROOFS = ("test_epoch_race.py", "test_changes_race.py", "test_shared_connections.py")
LONG = {"RACE_TOGGLES": "1000", "RACE_READS": "10000", "SHARING_ROUNDS": "250"}
CHANGES = 7
AT_LEAST = {
    "changes": CHANGES,
    "toggles": (CHANGES + 1) * 1_000,
    "reads": (CHANGES + 1) * 10_000,
    "reads_served": CHANGES * 500,
    "shared_transactions": 40 * 250,
}
EXACTLY_NONE = ("stale_reads", "leaks")


def main() -> int:
    os.environ |= LONG  # before the tests are read
    started = time.monotonic()
    figures = Figures()
    proofs = [str(GATE_TESTS / name) for name in PROOFS]
    exit_code = int(pytest.main(["-q", "-p", "no:cacheprovider", *proofs], plugins=[figures]))
    short = [f"{name} < {least}" for name, least in AT_LEAST.items() if figures.sums[name] < least]
    short += [name for name in EXACTLY_NONE if figures.sums[name]]
    short += [f"tests failed: {figures.outcomes['failed']}"] if exit_code else []
    shown = [f"{name}={figures.sums[name]}" for name in (*AT_LEAST, *EXACTLY_NONE)]
    verdict = f"FALLS SHORT: {'; '.join(short)}" if short else "PROVEN"
    print(f"prove-race {verdict} | {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
