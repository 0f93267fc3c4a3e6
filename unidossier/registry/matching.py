"""How well a patient of the registry fits what somebody says of him. hl7.org/fhir/R4/patient-operation-match.html

A number alone is strong, never blind: with another birth date it is a doubt, not a certainty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from unidossier.kernel.sortkey import sort_key

CERTAIN, PROBABLE, POSSIBLE = "certain", "probable", "possible"
_GRADES = ((0.9, CERTAIN), (0.7, PROBABLE), (0.0, POSSIBLE))


@dataclass(frozen=True, kw_only=True)
class Described:
    """What is known of the one who is sought; empty where it is not known."""

    numbers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (system, value)
    family: str = field(default="", repr=False)
    given: str = field(default="", repr=False)
    birth: date | None = field(default=None, repr=False)
    sex: str = ""


@dataclass(frozen=True, kw_only=True)
class Match:
    """One who may be meant: his row (registry.queries.matched), a score from 0 to 1, and its grade (value set match-grade)."""

    row: dict[str, Any] = field(repr=False)
    score: float
    grade: str


def weighed(rows: Sequence[dict[str, Any]], *, described: Described) -> list[Match]:
    """Return the rows with their scores, the highest first."""
    matches = []
    for row in rows:
        score = _score(row, described)
        grade = next(grade for least, grade in _GRADES if score >= least)
        matches.append(Match(row=row, score=score, grade=grade))
    return sorted(matches, key=lambda one: (-one.score, str(one.row["id"])))


def _score(row: dict[str, Any], described: Described) -> float:
    numbers = {(one["system"], one["value"]) for one in row["numbers"]}
    agreed, told = _agreement(row, described)
    if numbers & set(described.numbers):
        return round(0.95 if not told else 0.6 + 0.39 * agreed / told, 2)
    # name and birth date found him: without a number never certain
    return round(0.3 + 0.55 * agreed / max(told, 4), 2)


def _agreement(row: dict[str, Any], described: Described) -> tuple[int, int]:
    """Return how many of the facts told agree, and how many were told."""
    family, given = sort_key(row["family"]), sort_key(row["given"])
    facts = (
        (described.family, sort_key(described.family) == family),
        (described.given, bool(set(sort_key(described.given).split()) & set(given.split()))),
        (described.birth, described.birth == row["birth_date"]),
        (described.sex, described.sex == row["sex"]),
    )
    told = [agrees for fact, agrees in facts if fact]
    return sum(told), len(told)
