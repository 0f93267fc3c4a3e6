"""Prove that nothing hidden shows: `python -m tests.canary`. Its last line holds the figures; exit 1 when something shows.

Runs a demo of its own. CANARY_SITE=home:port takes one that runs already; its world is no longer the same afterwards.
CANARY_CAST=name,name lets only these people ask.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.site import Site
from tests.canary.proof import Proof
from tests.canary.survey import FACES, Depth

CLOCKED = ("milan.coppens", "hilde.lemmens", "katrien.segers")
AT_LEAST = {"canaries": 40, "answers": 20_000, "compared": 5_000, "timed": 8}
SHOWN = 40


@contextmanager
def _site() -> Iterator[Site]:
    given = os.environ.get("CANARY_SITE")
    if given:
        home, port = given.rsplit(":", 1)
        yield Site(0, int(port), Path(home))
        return
    with tempfile.TemporaryDirectory() as folder:
        site = Site.start(Path(folder) / "home")
        try:
            yield site
        finally:
            site.stop()


def main() -> int:
    started = time.monotonic()
    with _site() as site:
        proof = Proof.begin(site)
        only = os.environ.get("CANARY_CAST", "").split(",")
        cast = [one.username for one in proof.cast if one.username in only or only == [""]]
        machines = [one.username for one in proof.cast if one.username in cast and one.function == "machine"]
        people = [one for one in cast if one not in machines]
        # first what changes nothing, for everybody; forms change the world, and what machines send changes it most
        proof.survey(cast, depth=Depth(methods=("GET", "HEAD")), told=lambda line: print(line, flush=True))
        proof.survey_api(cast, methods=("GET", "HEAD"))
        proof.survey_api(cast, methods=("GET", "POST"), scoped=True)
        proof.clock(CLOCKED, rounds=25, routes=6)
        missing = proof.twins_missing()
        proof.survey_api(people, methods=("PUT", "POST"))
        proof.survey_api(people, methods=("PATCH", "DELETE"))
        proof.survey(cast, depth=Depth(links=1, methods=("POST",)), told=lambda line: print(line, flush=True))
        proof.survey_api(machines, methods=("PUT", "POST"))
        proof.survey_api(machines, methods=("PATCH", "DELETE"))
    return _tell(proof, missing, whole=only == [""], seconds=time.monotonic() - started)


def _tell(proof: Proof, missing: list[str], *, whole: bool, seconds: float) -> int:
    found = proof.findings
    wrong = {
        "leaks": proof.leaks(),
        "twins_missing": missing,
        "differences": found.differences,
        "uneven": [str(one) for one in proof.uneven],
        "faults": found.faults,
    }
    for what, lines in wrong.items():
        for line in lines[:SHOWN]:
            print(f"  {what}: {line}")
    figures = {
        "people": len(proof.asked),
        "routes": len(found.routes),
        "canaries": len(proof.planted.canaries),
        "answers": found.answers,
        "compared": found.compared,
        "timed": len(proof.timed),
    }
    not_asked = [one.username for one in proof.cast if one.face in FACES and one.username not in proof.asked]
    short = [f"{name} < {least}" for name, least in AT_LEAST.items() if whole and figures[name] < least]
    short += [what for what, lines in wrong.items() if lines]
    short += [f"not asked: {', '.join(not_asked)}"] if whole and not_asked else []
    shown = {**figures, **{what: len(lines) for what, lines in wrong.items()}}
    told = " ".join(f"{name}={figure}" for name, figure in shown.items())
    verdict = f"FALLS SHORT: {'; '.join(short)}" if short else "PROVEN"
    print(f"prove-canary {verdict} | {told} seconds={seconds:.0f}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
