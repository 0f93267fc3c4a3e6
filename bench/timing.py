"""Percentiles, rounds taken in turn, and how much of the processor went to whom."""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of `values` lie, by nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def median(values: Sequence[float]) -> float:
    """Return the 50th percentile."""
    return percentile(values, 0.5)


def timed_ms(work: Callable[[], object], *, times: int) -> list[float]:
    """Run `work` `times` times; return how long each took, in milliseconds."""
    taken = []
    gc.collect()
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def pace_ms() -> float:
    """Return how long a fixed piece of Python takes now: of one machine it tells whether its neighbours let it run."""
    return min(timed_ms(lambda: sum(nth * nth % 7 for nth in range(100_000)), times=5))


def in_turn(contestants: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, tuple[float, ...]]:
    """Run all contestants `rounds` times, one after the other in each round; return every value of each.

    In turn: what disturbs the machine for a while then disturbs all of them, not one.
    """
    values: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            values[name].append(run())
    return {name: tuple(taken) for name, taken in values.items()}


@dataclass
class Strangers:
    """How many cores programs that are not ours used meanwhile."""

    cores: float = 0.0


@contextmanager
def watching() -> Iterator[Strangers]:
    """Measure during the block what programs outside this process and its children took."""
    told = Strangers()
    began, busy, ours = time.monotonic(), _busy_s(), tree_cpu_s(os.getpid())
    yield told
    passed = time.monotonic() - began
    foreign = (_busy_s() - busy) - (tree_cpu_s(os.getpid()) - ours)
    told.cores = max(0.0, foreign / passed) if passed else 0.0


def tree_cpu_s(root: int) -> float:
    """Return the processor time of a process and all below it, those that ended and were waited for included."""
    parents, spent = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (found := _stat(folder)):
            parents[int(folder.name)], spent[int(folder.name)] = found
    ours, grew = {root}, True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        ours |= more
        grew = bool(more)
    return sum(spent.get(pid, 0) for pid in ours) * TICK_S


def _stat(folder: Path) -> tuple[int, int] | None:
    try:
        # the name of the program stands in brackets and may hold blanks: proc(5)
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return None
    return int(fields[1]), sum(int(ticks) for ticks in fields[11:15])


def _busy_s() -> float:
    user, nice, system, _idle, _iowait, irq, softirq, *_ = (
        int(ticks) for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) * TICK_S
