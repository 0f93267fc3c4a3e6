"""Break the whole product in every way we know: `python -m tests.trouble`. Its last line holds the figures; exit 1 if one is short."""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# figure -> the least that proves something
AT_LEAST = {"starts": 2, "kills": 20, "cuts": 3, "acknowledged": 200, "reads_whole": 100, "attachments": 1}


@dataclass
class Figures:
    """A pytest plugin that adds up the figures which the tests record."""

    sums: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the figures of a test that ran, and count how it ended."""
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1
        if report.when == "call":
            for name, figure in report.user_properties:
                self.sums[name] += int(str(figure))


def main() -> int:
    """Run everything, the long proofs too."""
    figures, started = Figures(), time.monotonic()
    arguments = ["-q", "-m", "prove or not prove", str(Path(__file__).parent), *sys.argv[1:]]
    code = pytest.main(arguments, plugins=[figures])
    short = [
        f"{name} {figures.sums[name]} < {least}"
        for name, least in AT_LEAST.items()
        if figures.sums[name] < least
    ]
    if code:
        short.append(f"tests failed: {figures.outcomes['failed']}")
    shown = [
        f"{name}={figure}"
        for name, figure in (*sorted(figures.outcomes.items()), *sorted(figures.sums.items()))
    ]
    verdict = f"FALLS SHORT: {'; '.join(short)}" if short else "PROVEN"
    print(f"prove-trouble {verdict} | {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
