"""`python -m bench [--quick] [--only NAME]`: measure, print a table, write bench/out/figures.json; exit 1 if one falls short."""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.big_log import measure_scope
from bench.compared import measure_compared
from bench.figure import Figure, last_line, print_table, write_file
from bench.first_demo import measure_first_demo
from bench.importing import NoData, measure_import
from bench.log_audit import measure_audit
from bench.log_tree import measure_log
from bench.machine import about_machine
from bench.place import Place, installation
from bench.timing import watching
from bench.who_looked import measure_who_looked

ITEMS, QUICK_ITEMS = 1_000_000, 100_000
LOG_ENTRIES = int(os.environ.get("BENCH_LOG_ENTRIES", "1000000"))  # the aim is told for 10,000,000
NAMES = (
    "grant",
    "long-record",
    "row-security",
    "import",
    "log",
    "log-audit",
    "who-looked",
    "breach-scope",
    "comparisons",
    "demo",
)
QUIET_CORES = 0.3  # more than this taken by other programs, and the figures are too low
Piece = Callable[[], Iterator[Figure]]


def main() -> int:
    """Measure what is asked for."""
    asked = _asked()
    names = asked.only or NAMES
    about, began = about_machine(), time.monotonic()
    figures: list[Figure] = []
    missing: list[str] = []
    broken: list[str] = []
    strangers: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="unidossier-bench-") as name:
        os.chmod(name, 0o711)  # the database's own account passes through it
        folder = Path(name)
        for piece, run in _pieces(folder, names, quick=asked.quick):
            _say(f"{piece} ...")
            with watching() as told:
                try:
                    figures += run()
                except NoData as reason:
                    missing.append(str(reason))
                except Exception as fault:  # noqa: BLE001 - one piece that breaks takes no figure of the others with it
                    traceback.print_exc()
                    broken.append(f"{piece}: {type(fault).__name__}: {fault}")
            strangers[piece] = round(told.cores, 2)
    if not asked.quick:
        path = write_file(
            figures,
            about=about
            | {"items": ITEMS, "foreign_cores": strangers, "seconds": round(time.monotonic() - began)},
        )
        _say(f"written to {path}")
    print_table(figures)
    busy = [f"{piece} {cores}" for piece, cores in strangers.items() if cores > QUIET_CORES]
    if busy:
        print(
            f"Other programs took cores meanwhile ({', '.join(busy)}): on a quiet machine the figures are better."
        )
    print(last_line(figures, missing=[*missing, *broken]))
    return 1 if broken or any(one.is_short for one in figures) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="measure this alone (may be repeated)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ITEMS:,} items, fewer rounds, no file")
    return parser.parse_args()


def _pieces(folder: Path, names: tuple[str, ...], *, quick: bool) -> Iterator[tuple[str, Piece]]:
    # the demo first: its processes have the machine to themselves
    if "demo" in names:
        yield "demo", lambda: measure_first_demo(folder)
    if set(names) - {"demo"}:
        with installation(folder) as place:
            if "import" in names:
                yield "import", lambda: measure_import(place, rounds=1 if quick else 3)
            if "log" in names:
                yield "log", lambda: measure_log(place, **({"rounds": 1, "steady_s": 5} if quick else {}))
            if "log-audit" in names:
                yield (
                    "log-audit",
                    lambda: measure_audit(place, entries=QUICK_ITEMS if quick else ITEMS),
                )
            if "who-looked" in names:
                yield (
                    "who-looked",
                    lambda: measure_who_looked(place, size=QUICK_ITEMS if quick else LOG_ENTRIES),
                )
            if "breach-scope" in names:
                yield (
                    "breach-scope",
                    lambda: measure_scope(place, folder, size=QUICK_ITEMS if quick else LOG_ENTRIES),
                )
            if "comparisons" in names:
                yield (
                    "comparisons",
                    lambda: measure_compared(place, size=QUICK_ITEMS if quick else LOG_ENTRIES),
                )
            yield from _on_crowd(place, names, quick=quick)


def _on_crowd(place: Place, names: tuple[str, ...], *, quick: bool) -> Iterator[tuple[str, Piece]]:
    wanted = [name for name in ("grant", "long-record", "row-security") if name in names]
    if not wanted:
        return
    from bench.crowd import make_crowd
    from bench.grant import measure_grant
    from bench.long_record import measure_long_record
    from bench.row_security import measure_row_security

    items = QUICK_ITEMS if quick else ITEMS
    _say(f"making {items:,} items ...")
    crowd = make_crowd(place, items=items)
    rounds = {"rounds": 2} if quick else {}
    measures = {
        "grant": measure_grant,
        "long-record": measure_long_record,
        "row-security": measure_row_security,
    }
    for name in wanted:
        yield name, lambda name=name: measures[name](crowd, **rounds)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
