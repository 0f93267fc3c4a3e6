"""Prove the daily review: `python -m tests.cases.prove`. Its last line holds the figures; exit 1 when too few snoopers are found or too many others told of."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.prove_gate import Figures

LONG = {"SNOOP_STAFF": "200", "SNOOP_DAYS": "20", "SNOOP_EACH": "20"}
SHOWN = ("staff_days", "entries", "snoopers", "found", "false_signals")


def main() -> int:
    """Draw a month, let the review look at each of its days, and count."""
    os.environ |= LONG | {name: os.environ[name] for name in LONG if name in os.environ}
    started = time.monotonic()
    figures = Figures()
    proof = str(Path(__file__).with_name("test_month.py"))
    exit_code = int(pytest.main(["-q", "-p", "no:cacheprovider", proof], plugins=[figures]))
    sums = figures.sums
    shares = (
        f"recall={sums['found'] / max(1, sums['snoopers']):.3f}"
        f" false_a_thousand_days={1000 * sums['false_signals'] / max(1, sums['staff_days']):.2f}"
    )
    shown = " ".join(f"{name}={sums[name]}" for name in SHOWN)
    verdict = "FALLS SHORT" if exit_code else "PROVEN"
    print(f"prove-review {verdict} | {shown} {shares} seconds={time.monotonic() - started:.0f}")
    return 1 if exit_code else 0


if __name__ == "__main__":
    sys.exit(main())
