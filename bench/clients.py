"""Sixteen clients at once: two processes of eight threads, as the portals serve (unidossier/supervisor/serve.py)."""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

PROCESSES, THREADS = 2, 8
CLIENTS = PROCESSES * THREADS
WARM_UP_S = 0.5

Ask = Callable[[random.Random], object]


@dataclass(frozen=True, kw_only=True)
class Round:
    """Latencies of one round, in milliseconds, and how many requests a second all clients made together."""

    latencies_ms: list[float]
    per_second: float


class Clients:
    """Client processes that stay for all rounds. `made_by` names a function "module:name" of (number, given) -> Ask.

    It is called once in each thread, with the thread's number (0 to 15) and `given`, which must be picklable.
    """

    def __init__(self, made_by: str, given: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for number in range(PROCESSES):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, made_by, number, given), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        for pipe in self._pipes:
            _answer(pipe)  # ready: everything is imported and connected

    def run(self, seconds: float) -> Round:
        """Let all clients ask for `seconds` seconds; raises what a client raised."""
        for pipe in self._pipes:
            pipe.send(seconds)
        told = [_answer(pipe) for pipe in self._pipes]
        latencies = [one for part in told for one in part]
        return Round(latencies_ms=latencies, per_second=len(latencies) / seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(10)


class ClientFailed(Exception):
    """A client met an error: a rate with errors in it measures nothing."""


def _answer(pipe: Connection) -> Any:
    told = pipe.recv()
    if isinstance(told, str):
        raise ClientFailed(told)
    return told


def _serve(pipe: Connection, made_by: str, number: int, given: Any) -> None:
    module, _, name = made_by.partition(":")
    try:
        make = getattr(import_module(module), name)
        asks = [make(number * THREADS + thread, given) for thread in range(THREADS)]
        _round(asks, WARM_UP_S)
        pipe.send([])
        while (seconds := pipe.recv()) is not None:
            pipe.send(_round(asks, seconds))
    except Exception as fault:  # noqa: BLE001  (told to the parent, which raises)
        pipe.send(f"{type(fault).__name__}: {fault}")


def _round(asks: list[Ask], seconds: float) -> list[float]:
    taken: list[list[float]] = [[] for _ in asks]
    faults: list[BaseException] = []
    ends = time.perf_counter() + seconds

    def work(ask: Ask, latencies: list[float]) -> None:
        chance = random.Random()
        try:
            while (began := time.perf_counter()) < ends:
                ask(chance)
                latencies.append((time.perf_counter() - began) * 1000)
        except Exception as fault:  # noqa: BLE001  (raised below, in the thread that waits)
            faults.append(fault)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(asks, taken, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return [one for part in taken for one in part]
