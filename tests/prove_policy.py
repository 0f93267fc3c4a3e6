"""Prove the policy: `python -m tests.prove_policy [STEPS]`. Its last line holds the figures; exit 1 if one is short.

The decision: SQL and oracle on every combination of facts, the invariants, every mutant of gate.decide.
The facts: every mutant of the functions that gather them, killed by a walk against the model (tests/state). What no walk
can tell from the product stands in docs/survivors.md, each with the reason; that table must fit to the line.
"""

import re
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.gate.fact_mutants import FACT_FUNCTIONS, fact_mutants
from tests.gate.facts import COMBINATIONS
from tests.gate.server import Dsns, make_database, running_server
from tests.prove_gate import GATE_TESTS, Figures
from tests.state.walk import WrongAnswer, walk

PROOFS = ("test_complete.py", "test_invariants.py", "test_mutants.py")
SURVIVORS = Path(__file__).parent.parent / "docs" / "survivors.md"
_ROW = re.compile(r"^\| (?P<function>gate\.\w+) \| (?P<what>.+?) \| (?P<why>.+?) \|$", re.MULTILINE)
AT_LEAST = {"combinations": COMBINATIONS, "invariants": 20, "mutants_killed": 60}
EXACTLY_NONE = ("differences", "mutants_alive")
FACT_MUTANTS = 150
STEPS = 20_000
FIRST_STEPS = 2_000  # most fall here
SEEDS = (20261122, 7)
PROCESSES = 2  # each has a database of its own


@dataclass(frozen=True)
class Mutant:
    """One changed function: its name, what was done, and the definition to run."""

    function: str
    what: str
    definition: str


@dataclass(frozen=True)
class Fate:
    """How a mutant ended: `killed`, `alive`, or `faulty` when PostgreSQL would not have it."""

    mutant: Mutant
    how: str
    told: str


def made(dsn: str) -> list[Mutant]:
    """Make every mutant of the functions as they stand in this database."""
    mutants = []
    with psycopg.connect(dsn) as connection:
        for signature in FACT_FUNCTIONS:
            row = connection.execute(
                "SELECT prosrc, pg_get_functiondef(oid) FROM pg_proc WHERE oid = %s::regprocedure",
                (signature,),
            ).fetchone()
            assert row is not None
            source, definition = row
            name = signature.split("(")[0]
            mutants += [
                Mutant(name, what, definition.replace(source, body)) for what, body in fact_mutants(source)
            ]
    return mutants


def judge(dsns: Dsns, mutants: list[Mutant], steps: int) -> list[Fate]:
    """Put each mutant in the place of its function, walk, and put the function back."""
    fates = []
    with psycopg.connect(dsns.root, autocommit=True) as connection:
        for mutant in mutants:
            own = _own_definition(connection, mutant)
            try:
                connection.execute(mutant.definition)  # type: ignore[arg-type]
                fate = _walked(dsns, mutant, steps)
            except psycopg.Error as error:
                fate = Fate(mutant, "faulty", str(error).split("\n", 1)[0])
            finally:
                connection.execute(own)  # type: ignore[arg-type]
            fates.append(fate)
            if fate.how != "killed":
                print(f"  {fate.how}: {mutant.function}: {mutant.what} {fate.told}", flush=True)
    return fates


def _own_definition(connection: psycopg.Connection, mutant: Mutant) -> str:
    signature = next(one for one in FACT_FUNCTIONS if one.startswith(f"{mutant.function}("))
    row = connection.execute("SELECT pg_get_functiondef(%s::regprocedure)", (signature,)).fetchone()
    assert row is not None
    return str(row[0])


def _walked(dsns: Dsns, mutant: Mutant, steps: int) -> Fate:
    for seed, length in ((SEEDS[0], min(FIRST_STEPS, steps)), *((seed, steps) for seed in SEEDS)):
        try:
            walk(dsns, steps=length, seed=seed)
        except WrongAnswer as wrong:
            return Fate(mutant, "killed", str(wrong))
    return Fate(mutant, "alive", "")


def judge_all(steps: int) -> list[Fate]:
    """Judge every mutant, in processes that have a database each."""
    with tempfile.TemporaryDirectory() as home, running_server(Path(home)) as server:
        shares = [Dsns.of(server, dbname=f"mutants_{number}") for number in range(PROCESSES)]
        for share in shares:
            make_database(share, maintenance_dsn=server.dsn("unidossier_root", "postgres"))
        mutants = made(shares[0].root)
        with ProcessPoolExecutor(PROCESSES) as pool:
            running = [
                pool.submit(judge, share, mutants[number::PROCESSES], steps)
                for number, share in enumerate(shares)
            ]
            return [fate for one in running for fate in one.result()]


def explained() -> set[tuple[str, str]]:
    """Give (function, what was done) of each survivor that docs/survivors.md explains."""
    return {(row["function"], row["what"]) for row in _ROW.finditer(SURVIVORS.read_text())}


def shortfalls(figures: Figures, fates: list[Fate], *, exit_code: int) -> list[str]:
    """Name what falls short; empty when the policy is proven."""
    short = [
        f"{name} {figures.sums[name]} < {least}"
        for name, least in AT_LEAST.items()
        if figures.sums[name] < least
    ]
    short += [f"{name} {figures.sums[name]}" for name in EXACTLY_NONE if figures.sums[name]]
    short += [f"tests failed: {figures.outcomes['failed']}"] if exit_code else []
    alive = {(one.mutant.function, one.mutant.what) for one in fates if one.how == "alive"}
    short += [f"unexplained survivor: {function}: {what}" for function, what in sorted(alive - explained())]
    short += [f"survives no more: {function}: {what}" for function, what in sorted(explained() - alive)]
    short += [f"faulty mutant: {one.mutant.what}" for one in fates if one.how == "faulty"]
    if len(fates) < FACT_MUTANTS:
        short.append(f"fact_mutants {len(fates)} < {FACT_MUTANTS}")
    return short


def main() -> int:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    started = time.monotonic()
    figures = Figures()
    proofs = [str(GATE_TESTS / name) for name in PROOFS]
    exit_code = int(pytest.main(["-q", "-p", "no:cacheprovider", *proofs], plugins=[figures]))
    fates = judge_all(steps)
    short = shortfalls(figures, fates, exit_code=exit_code)
    for one in short:
        print(f"  {one}")
    counted = {how: sum(one.how == how for one in fates) for how in ("killed", "alive", "faulty")}
    shown = [f"{name}={figures.sums[name]}" for name in (*AT_LEAST, *EXACTLY_NONE)]
    shown += [f"fact_mutants_{how}={count}" for how, count in counted.items()]
    verdict = f"FALLS SHORT: {len(short)}" if short else "PROVEN"
    print(f"prove-policy {verdict} | {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
