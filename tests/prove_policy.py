"""Prove the policy: `python -m tests.prove_policy [STEPS]`. Its last line holds the figures; exit 1 if one is short.

The decision: SQL and oracle on every combination of facts, the invariants, every mutant of gate.decide.
The facts: every mutant of the functions that gather them, judged on one walk against the model (tests/state). What no walk
tells from the product stands in docs/survivors.md, each with the reason; that table must fit to the line.
"""

import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.gate.fact_jury import Jury
from tests.gate.facts import COMBINATIONS
from tests.gate.server import Dsns, make_database, running_server
from tests.prove_gate import GATE_TESTS, Figures
from tests.state.walk import walk

PROOFS = ("test_complete.py", "test_invariants.py", "test_mutants.py")
SURVIVORS = Path(__file__).parent.parent / "docs" / "survivors.md"
_ROW = re.compile(r"^\| (?P<function>gate\.\w+) \| (?P<what>.+?) \| (?P<why>.+?) \|$", re.MULTILINE)
AT_LEAST = {"combinations": COMBINATIONS, "invariants": 20, "mutants_killed": 60}
EXACTLY_NONE = ("differences", "mutants_alive")
FACT_MUTANTS = 200
STEPS = 20_000
LEG = 250  # steps in one small world
FIRST_SEED = 2_000  # the table of survivors belongs to one walk


@dataclass(frozen=True)
class Verdict:
    """What became of the mutants of the facts: (function, what was done), and how each of the fallen fell."""

    alive: frozenset[tuple[str, str]]
    fallen: int
    faulty: tuple[str, ...]
    is_innocent_alive: bool  # the one in which nothing was changed


def judge(steps: int) -> Verdict:
    """Walk, and ask every mutant what the gate was asked."""
    with tempfile.TemporaryDirectory() as home, running_server(Path(home)) as server:
        dsns = Dsns.of(server)
        make_database(dsns, maintenance_dsn=server.dsn("unidossier_root", "postgres"))
        with psycopg.connect(dsns.root, autocommit=True) as connection:
            jury = Jury.gather(connection)
            for done in range(0, steps, LEG):
                walk(dsns, steps=min(LEG, steps - done), seed=FIRST_SEED + done, heard=jury.hear)
                if (done + LEG) % (8 * LEG) == 0:
                    print(f"  {done + LEG:,} steps, {len(jury.alive) - 1} mutants alive", flush=True)
    innocent = jury.alive.pop(0, None)
    return Verdict(
        alive=frozenset((one.function, one.what) for one in jury.alive.values()),
        fallen=len(jury.fallen),
        faulty=tuple(f"{one.function}: {one.what}: {told}" for one, told in jury.faulty),
        is_innocent_alive=innocent is not None,
    )


def explained(*, rare: bool) -> frozenset[tuple[str, str]]:
    """Give (function, what was done) of each survivor that docs/survivors.md explains; those marked rare may also fall."""
    rows = _ROW.finditer(SURVIVORS.read_text())
    return frozenset((one["function"], one["what"]) for one in rows if one["why"].startswith("rare:") == rare)


def shortfalls(figures: Figures, verdict: Verdict, *, exit_code: int) -> list[str]:
    """Name what falls short; empty when the policy is proven."""
    short = [
        f"{name} {figures.sums[name]} < {least}"
        for name, least in AT_LEAST.items()
        if figures.sums[name] < least
    ]
    short += [f"{name} {figures.sums[name]}" for name in EXACTLY_NONE if figures.sums[name]]
    short += [f"tests failed: {figures.outcomes['failed']}"] if exit_code else []
    equal, rare = explained(rare=False), explained(rare=True)
    short += [f"unexplained survivor: {' '.join(one)}" for one in sorted(verdict.alive - equal - rare)]
    short += [f"survives no more: {' '.join(one)}" for one in sorted(equal - verdict.alive)]
    short += [f"faulty mutant: {one}" for one in verdict.faulty]
    if not verdict.is_innocent_alive:
        short.append("the jury condemned the gate itself")
    if verdict.fallen + len(verdict.alive) < FACT_MUTANTS:
        short.append(f"fact_mutants {verdict.fallen + len(verdict.alive)} < {FACT_MUTANTS}")
    return short


def main() -> int:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    started = time.monotonic()
    figures = Figures()
    proofs = [str(GATE_TESTS / name) for name in PROOFS]
    exit_code = int(pytest.main(["-q", "-p", "no:cacheprovider", *proofs], plugins=[figures]))
    verdict = judge(steps)
    short = shortfalls(figures, verdict, exit_code=exit_code)
    for one in short:
        print(f"  {one}")
    shown = [f"{name}={figures.sums[name]}" for name in (*AT_LEAST, *EXACTLY_NONE)]
    shown += [f"fact_mutants_killed={verdict.fallen}", f"fact_mutants_alive={len(verdict.alive)} (explained)"]
    told = f"FALLS SHORT: {len(short)}" if short else "PROVEN"
    print(f"prove-policy {told} | {' '.join(shown)} seconds={time.monotonic() - started:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
