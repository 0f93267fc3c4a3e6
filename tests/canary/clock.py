"""Time tells nothing either: what is closed answers as fast as what is not there (ACD-8).

All are asked in turn, many times, so that a busy moment hits them alike; medians are compared. How far two series of the
same absent address lie apart is the noise of the moment.
"""

import statistics
import time
from dataclasses import dataclass

from tests.canary.ask import Asker
from tests.canary.survey import ABSENT
from unidossier.kernel.uuid7 import new_id

ALLOWANCE = 0.15  # of the median
NOISES = 3.0
ABSENT_AGAIN = str(new_id())


@dataclass(frozen=True)
class Timed:
    """Medians in milliseconds, by what was asked for."""

    address: str
    medians: dict[str, float]

    @property
    def noise(self) -> float:
        """How far the two series of nothing lie apart, as a part of the first."""
        return abs(self.medians["absent"] - self.medians["absent again"]) / self.medians["absent"]

    @property
    def apart(self) -> float:
        """How far the farthest lies from absence, as a part of it."""
        absent = self.medians["absent"]
        return max(abs(one - absent) / absent for one in self.medians.values())

    def is_even(self) -> bool:
        return self.apart <= max(ALLOWANCE, NOISES * self.noise)

    def __str__(self) -> str:
        told = ", ".join(f"{what} {median:.1f}" for what, median in self.medians.items())
        return f"{self.address}: {told} ms"


def timed(asker: Asker, address: str, ids: dict[str, str], *, rounds: int) -> Timed:
    """Ask for `address` (with {} in the place of the id) of everything in turn."""
    asked = {"absent": ABSENT, **ids, "absent again": ABSENT_AGAIN}
    series: dict[str, list[float]] = {what: [] for what in asked}
    for _ in range(rounds):
        for what, one in asked.items():
            began = time.perf_counter()
            asker.answer("GET", address.format(one))
            series[what].append((time.perf_counter() - began) * 1000)
    return Timed(address, {what: statistics.median(taken[2:]) for what, taken in series.items()})
