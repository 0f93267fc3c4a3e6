"""What became of every resource of an import, and how fast it went."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

STORED = ("created", "updated", "unchanged", "kept")
SHOWN = 20  # refusals told on the terminal; the report file has them all


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One resource, or one file that could not be read (`resource_type` empty).

    outcome: created, updated, unchanged (in a record); kept (about nobody: Organization, Medication ...);
    refused (see `reason`, and `expression` for the place inside the resource).
    """

    file: str
    place: str  # Bundle.entry[3].resource, line 17, or empty: the whole file
    resource_type: str
    source_id: str | None
    outcome: str
    code: str = ""
    expression: str = ""
    reason: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        what = f"{self.resource_type}/{self.source_id}" if self.source_id else self.resource_type
        inside = f" ({self.expression})" if self.expression not in ("", self.resource_type) else ""
        return f"{where}: {what + ': ' if what else ''}{self.reason}{inside}"


@dataclass(kw_only=True, slots=True)
class Report:
    """The whole import. `str(report)` is what the terminal shows."""

    outcomes: list[Outcome] = field(default_factory=list)
    files: int = 0
    characters: int = 0  # bytes read
    seconds: float = 0.0

    @property
    def counts(self) -> Counter[str]:
        """How many resources (or unreadable files) ended in which outcome."""
        return Counter(one.outcome for one in self.outcomes)

    @property
    def refused(self) -> list[Outcome]:
        """What is not stored."""
        return [one for one in self.outcomes if one.outcome == "refused"]

    @property
    def rate(self) -> float:
        """Resources a second, read, checked and stored."""
        return sum(self.counts[name] for name in STORED) / self.seconds if self.seconds else 0.0

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Take the outcomes of one more piece."""
        self.outcomes.extend(outcomes)

    def write(self, path: Path) -> None:
        """Write every outcome: one JSON object a line when `path` ends in .ndjson, else one JSON document."""
        rows = [asdict(one) for one in self.outcomes]
        if path.suffix == ".ndjson":
            path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        else:
            path.write_bytes(orjson.dumps(self.figures() | {"resources": rows}, option=orjson.OPT_INDENT_2))

    def figures(self) -> dict[str, Any]:
        """Return {"files", "seconds", "per_second", "counts": {outcome: number}}."""
        return {
            "files": self.files,
            "seconds": round(self.seconds, 2),
            "per_second": round(self.rate),
            "counts": dict(self.counts),
        }

    def __str__(self) -> str:
        counts = self.counts
        told = ", ".join(f"{counts[name]} {name}" for name in (*STORED, "refused") if counts[name])
        lines = [
            f"{self.files} file{'s' * (self.files != 1)}: {told or 'nothing to import'}",
            f"{self.seconds:.1f} s, {self.rate:.0f} resources a second",
        ]
        lines += [f"not stored: {one}" for one in self.refused[:SHOWN]]
        if len(self.refused) > SHOWN:
            lines.append(f"and {len(self.refused) - SHOWN} more; --report FILE writes them all")
        return "\n".join(lines)
