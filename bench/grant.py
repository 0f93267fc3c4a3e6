"""A committed grant and the read under it, at sixteen clients: in Python, over HTTP, and by pgbench as the limit."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from bench import web_clients
from bench.clients import Clients, Round
from bench.crowd import Crowd
from bench.door_clients import Given
from bench.figure import Figure
from bench.pgbench import run_pgbench
from bench.timing import percentile, tree_cpu_s

ROUNDS, SECONDS = 4, 3
LONGEST_MS = 10.0  # issue: p95 of the grant at 16 clients
SHARE = 1 / 3  # issue: of what pgbench reaches


def measure_grant(crowd: Crowd, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Give rates, latencies and the shares of pgbench's rate. Rounds in turn, the best of each."""
    with ExitStack() as stack:
        taken: dict[str, list[Round]] = {}
        cpu: dict[str, list[tuple[float, float]]] = {}  # milliseconds a grant: application, database
        contestants = _contestants(crowd, stack)
        for _ in range(rounds):
            for name, run in contestants.items():
                one, spent = _watched(crowd, run)
                taken.setdefault(name, []).append(one)
                cpu.setdefault(name, []).append(spent)
                _purge(crowd)
    best = {name: max(several, key=lambda one: one.per_second) for name, several in taken.items()}
    limit = best.get("pgbench")
    for name, one in best.items():
        rates = tuple(round(each.per_second, 1) for each in taken[name])
        p95s = tuple(round(percentile(each.latencies_ms, 0.95), 2) for each in taken[name])
        yield Figure(name=f"grant, {name}: a second", value=one.per_second, unit="/s", rounds=rates)
        yield Figure(name=f"grant, {name}: p50", value=percentile(one.latencies_ms, 0.5), unit="ms")
        yield Figure(
            name=f"grant, {name}: p95", value=min(p95s), unit="ms", rounds=p95s,
            # the target is the grant: decided, logged, committed; what is read after it is the page's own
            at_most=LONGEST_MS if name == "pgbench, nothing read" else None,
        )  # fmt: skip
        application, database = (min(values) for values in zip(*cpu[name], strict=True))
        yield Figure(name=f"grant, {name}: CPU of client and application", value=application, unit="ms")
        yield Figure(name=f"grant, {name}: CPU of the database", value=database, unit="ms")
        if limit and not name.startswith("pgbench"):
            shares = tuple(
                round(mine.per_second / theirs.per_second, 3)
                for mine, theirs in zip(taken[name], taken["pgbench"], strict=True)
            )
            yield Figure(
                name=f"grant, {name}: share of pgbench", value=one.per_second / limit.per_second, unit="",
                at_least=SHARE, rounds=shares,
            )  # fmt: skip


def _watched(crowd: Crowd, run: Callable[[], Round]) -> tuple[Round, tuple[float, float]]:
    database = crowd.place.server.pid
    assert database is not None
    all_s, database_s = tree_cpu_s(os.getpid()), tree_cpu_s(database)
    one = run()
    database_s = tree_cpu_s(database) - database_s
    all_s = tree_cpu_s(os.getpid()) - all_s  # the server is a child of ours
    grants = len(one.latencies_ms)
    return one, ((all_s - database_s) * 1000 / grants, database_s * 1000 / grants)


def _contestants(crowd: Crowd, stack: ExitStack) -> dict[str, Callable[[], Round]]:
    given = Given(secrets=crowd.secrets, patients=crowd.patients)
    door = stack.enter_context(Clients("bench.door_clients:make", given))
    contestants = {"door": lambda: door.run(SECONDS)}
    program = crowd.place.program("pgbench")
    if program is not None:
        contestants["pgbench"] = lambda: run_pgbench(program, crowd, seconds=SECONDS)
        contestants["pgbench, nothing read"] = lambda: run_pgbench(
            program, crowd, seconds=SECONDS, alone=True
        )
    contestants["web process"] = lambda: web.run(SECONDS)
    web = stack.enter_context(_web(crowd))
    return contestants


@contextmanager
def _web(crowd: Crowd) -> Iterator[Clients]:
    with (
        web_clients.serving(crowd) as given,
        Clients("bench.web_clients:make", given) as clients,
    ):
        yield clients


def _purge(crowd: Crowd) -> None:
    # as the worker does every minute
    with psycopg.connect(crowd.place.root_dsn, autocommit=True) as connection:
        connection.execute("DELETE FROM gate.live")
        connection.execute("VACUUM gate.live")
