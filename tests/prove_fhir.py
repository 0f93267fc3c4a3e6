"""Prove the API: `python -m tests.prove_fhir`, which `make prove-fhir` calls. Its last line holds the figures; exit 1 if one is short.

Everything in tests/fhir in its long form, and every `prove.py` of its folders: foreign clients of Python and JavaScript, all collected
examples there and back, the fuzzer. Long forms read FHIR_PROOF=long; a test tells a figure with `record_property`.
FUZZ (5000) requests; FHIR_CLIENTS, the folder of the clients of JavaScript; UNIDOSSIER_DATA, the collected examples.
"""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.prove_gate import Figures

FHIR_TESTS = Path(__file__).parent / "fhir"
# figure -> the least that proves something
AT_LEAST = {
    "fuzzed": int(os.environ.get("FUZZ", "5000")),
    "examples": 80,
    "resources_back": 7000,
    "everything": 7000,
    "steps_fhir_kit": 13,
    "steps_fhirclient_js": 4,
}
EXACTLY_NONE = ("differences", "server_errors")


def main() -> int:
    os.environ["FHIR_PROOF"] = "long"
    os.environ.setdefault("FUZZ", str(AT_LEAST["fuzzed"]))
    started = time.monotonic()
    figures = Figures()
    # files named prove.py are of the long form alone
    files = ["-o", "python_files=test_*.py prove.py"]
    options = ["-q", "-p", "no:cacheprovider", "--durations=10", *files, str(FHIR_TESTS)]
    exit_code = int(pytest.main(options, plugins=[figures]))
    short = [
        f"{name} {figures.sums[name]} < {least}"
        for name, least in AT_LEAST.items()
        if figures.sums[name] < least
    ]
    short += [f"{name} {figures.sums[name]}" for name in EXACTLY_NONE if figures.sums[name]]
    short += [f"tests failed: {figures.outcomes['failed']}"] if exit_code else []
    others = sorted(set(figures.sums) - set(AT_LEAST) - set(EXACTLY_NONE) - {"attacks_passed"})
    shown = [f"{name}={figures.sums[name]}" for name in (*AT_LEAST, *EXACTLY_NONE, *others)]
    verdict = f"FALLS SHORT: {'; '.join(short)}" if short else "PROVEN"
    passed = figures.outcomes["passed"]
    print(f"prove-fhir {verdict} | tests={passed} {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
