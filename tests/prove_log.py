"""Prove the log: `python -m tests.prove_log`, which `make prove-log` calls. Its last line holds the figures; exit 1 if one is short.

Tampering as administrator, a rewriting operator against a witness, two verifiers that share no line, kills of the sequencer, of the
database and of the server, aborted requests. Sizes by variable, each the long form unless given:
LOG_TAMPERINGS (1000), UNIDOSSIER_LOG_KILLS (100), LOG_ABORTS (10000), LOG_SERVER_KILLS (100), LOG_WITNESS_KILLS (50).
"""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.prove_gate import Figures

LOG_TESTS = Path(__file__).parent / "log"
LONG = {
    "LOG_TAMPERINGS": "1000",
    "UNIDOSSIER_LOG_KILLS": "100",
    "LOG_ABORTS": "10000",
    "LOG_SERVER_KILLS": "100",
    "LOG_WITNESS_KILLS": "50",
}
PROOFS = ("tree", "sequencer", "witness", "proof", "completeness")
AT_LEAST = (
    "tamperings",
    "rewritten",
    "refused_by_witness",
    "sequencer_kills",
    "aborted",
    "server_kills",
    "witness_kills",
    "verifiers_agree",
)
EXACTLY_NONE = ("rows_without_entry", "entries_lost")


def least() -> dict[str, int]:
    """Give what each figure must reach with the sizes that were asked for."""
    tamperings = int(os.environ["LOG_TAMPERINGS"])
    return {
        "tamperings": tamperings,
        "rewritten": tamperings // 9,
        "refused_by_witness": tamperings // 9,
        "sequencer_kills": int(os.environ["UNIDOSSIER_LOG_KILLS"]),
        "aborted": int(os.environ["LOG_ABORTS"]),
        "server_kills": int(os.environ["LOG_SERVER_KILLS"]),
        "witness_kills": int(os.environ["LOG_WITNESS_KILLS"]),
        "verifiers_agree": 60,
    }


def main() -> int:
    for name, size in LONG.items():  # before the tests are read
        os.environ.setdefault(name, size)
    started = time.monotonic()
    figures = Figures()
    proofs = [str(LOG_TESTS / name) for name in PROOFS]
    exit_code = int(pytest.main(["-q", "-p", "no:cacheprovider", *proofs], plugins=[figures]))
    short = [
        f"{name} {figures.sums[name]} < {most}" for name, most in least().items() if figures.sums[name] < most
    ]
    short += [f"{name} {figures.sums[name]}" for name in EXACTLY_NONE if figures.sums[name]]
    short += [f"tests failed: {figures.outcomes['failed']}"] if exit_code else []
    shown = [f"{name}={figures.sums[name]}" for name in (*AT_LEAST, *EXACTLY_NONE)]
    verdict = f"FALLS SHORT: {'; '.join(short)}" if short else "PROVEN"
    print(f"prove-log {verdict} | {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
