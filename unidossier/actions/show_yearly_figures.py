"""The open figures of an institution for one year: how often records were opened and by which rule, emergencies, refusals, questions, signals, exclusions.

Open to everybody: they name nobody, and a number below five is not told.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query, Row

FIRST_YEAR = 2020
FIGURES = """SELECT f.part, f.what, f.also, f.times, w.words AS function_words, r.words AS rule_words
    FROM cases.open_figures(%(institution)s::uuid, %(year)s::integer) f LEFT JOIN gate.function w ON f.part = 'accesses' AND w.slug = f.what
    LEFT JOIN gate.rule r ON r.id = CASE f.part WHEN 'accesses' THEN f.also WHEN 'refused' THEN f.what END"""
COUNTED = "SELECT cases.counted_to() AS counted_to"


@dataclass(frozen=True, kw_only=True)
class YearlyFigures:
    """`lines`: part, what, also, times (None: one to four), as cases/sql/figures.sql says, with words of functions and rules.

    `counted_to`: up to when accesses are counted (None: not yet).
    """

    year: int
    lines: list[Row]
    counted_to: datetime | None


def show_yearly_figures(*, institution: UUID, year: int) -> YearlyFigures:
    """Return the figures; of an institution that is not of the network, none. No entry: they say nothing of anybody. Raises RecordUnreadable."""
    lines, counted = door.call_all(Query(FIGURES, {"institution": institution, "year": year}), Query(COUNTED))
    return YearlyFigures(year=year, lines=lines, counted_to=counted[0]["counted_to"])


def count_accesses() -> int:
    """The worker's count of the entries since the last time; return how many. Raises RecordUnreadable."""
    return int(door.call(Query("SELECT cases.count_accesses() AS times"))[0]["times"])
