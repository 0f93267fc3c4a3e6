"""One measured figure, what it must reach, and the table and file of all of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A value with its unit. `at_most` or `at_least` is the target; with neither it is told for comparison alone.

    `rounds`: the value of every round that `value` is the best of.
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    rounds: tuple[float, ...] = ()

    @property
    def target(self) -> str:
        """The target in words, empty when there is none."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def is_short(self) -> bool:
        """Tell whether it misses its target."""
        if self.at_most is not None and self.value > self.at_most:
            return True
        return self.at_least is not None and self.value < self.at_least

    @property
    def verdict(self) -> str:
        """pass, FAIL, or nothing when there is no target."""
        return ("FAIL" if self.is_short else "pass") if self.target else ""

    def __str__(self) -> str:
        return f"{self.name}={self.value:.4g}{self.unit} ({self.target}) {self.verdict}"


def print_table(figures: Sequence[Figure]) -> None:
    """Print all figures, one a line."""
    table = Table(box=None, header_style="bold")
    for heading in ("figure", "value", "unit", "target", ""):
        table.add_column(heading, justify="right" if heading == "value" else "left", no_wrap=True)
    for one in figures:
        style = "red" if one.is_short else None
        table.add_row(one.name, f"{one.value:,.4g}", one.unit, one.target, one.verdict, style=style)
    Console(width=110).print(table)


def write_file(figures: Sequence[Figure], *, about: dict[str, Any]) -> Path:
    """Write everything to bench/out/figures.json; return its path."""
    OUT.mkdir(exist_ok=True)
    path = OUT / "figures.json"
    rows = [
        {name: value for name, value in asdict(one).items() if value not in (None, ())}
        | {"pass": not one.is_short}
        for one in figures
    ]
    path.write_text(json.dumps(about | {"figures": rows}, indent=2) + "\n")
    return path


def last_line(figures: Sequence[Figure], *, missing: Sequence[str]) -> str:
    """Return the one line that tells everything: each figure with a target, and what could not be measured."""
    short = [one for one in figures if one.is_short]
    verdict = f"FALLS SHORT ({len(short)})" if short else "REACHED"
    shown = [str(one) for one in figures if one.target] + [f"not measured: {reason}" for reason in missing]
    return f"bench {verdict} | " + " | ".join(shown)
