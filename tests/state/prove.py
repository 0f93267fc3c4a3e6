"""The long walk: `python -m tests.state.prove [STEPS] [SEED]`. Its last line holds the figures; exit 1 when an answer was wrong."""

import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.gate.server import Dsns, make_database, running_server
from tests.state.walk import Walked, WrongAnswer, walk

STEPS = 1_000_000
LEG = 20_000  # steps of one process before it reports
PROCESSES = max(1, os.cpu_count() or 1)
RULES_AT_LEAST = 35


def one_leg(dsns: Dsns, steps: int, seed: int) -> Walked | str:
    """Walk a leg; return what was done, or what was wrong."""
    try:
        return walk(dsns, steps=steps, seed=seed)
    except WrongAnswer as wrong:
        return str(wrong)


def main() -> int:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    started = time.monotonic()
    legs = [(min(LEG, steps - begun), seed + n) for n, begun in enumerate(range(0, steps, LEG))]
    done, wrong, rules, used, outlasting = 0, [], Counter[str](), 0, 0
    with tempfile.TemporaryDirectory() as home, running_server(Path(home)) as server:
        dsns = Dsns.of(server)
        make_database(dsns, maintenance_dsn=server.dsn("unidossier_root", "postgres"))
        with ProcessPoolExecutor(PROCESSES) as pool:
            running = [pool.submit(one_leg, dsns, length, own_seed) for length, own_seed in legs]
            for one in running:
                answer = one.result()
                if isinstance(answer, str):
                    wrong.append(answer)
                    print(answer, flush=True)
                    continue
                done += answer.steps
                rules += answer.rules
                used += answer.used
                outlasting += answer.outlasting
                print(f"{done:,} of {steps:,} steps, {time.monotonic() - started:.0f} s", flush=True)
    short = bool(wrong) or done < steps or (steps >= LEG and len(rules) < RULES_AT_LEAST)
    for rule, count in rules.most_common():
        print(f"  {count:>9,}  {rule}")
    print(
        f"prove-state {'FALLS SHORT' if short else 'PROVEN'} | steps={done} wrong={len(wrong)} rules={len(rules)} "
        f"grants_used={used} looked_at_before_the_end={outlasting} seed={seed} seconds={time.monotonic() - started:.0f}"
    )
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
