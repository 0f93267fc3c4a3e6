"""What was found for a summary, sorted into its sections."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from unidossier.record.summary.sections import SECTIONS, Line, Section, short


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One section and its lines; each has `told`, the resource (decimals as orjson.Fragment, with the source's digits).

    `empty` is why there are none, a code of list-empty-reason: withheld (not open to the reader), unavailable; "" when there are.
    """

    section: Section
    lines: tuple[Line, ...] = field(repr=False)
    empty: str = ""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A summary before it takes a form. `patient` as registry.queries.patient, `institutions` by id."""

    patient: dict[str, Any] = field(repr=False)
    known_as: frozenset[UUID]
    institutions: dict[UUID, dict[str, Any]] = field(repr=False)
    sections: tuple[Filled, ...]
    language: str
    entry: int
    at: datetime
    beside: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)  # medicines, by reference


def fill(
    rows: Iterable[dict[str, Any]], *, opens: int, today: date, reads: dict[str, int] | None = None
) -> tuple[Filled, ...]:
    """Sort lines with their texts into the sections; `opens` is the mask of categories that the reader may see.
    `reads` narrows it for an app, type by type (queries.reach).

    A section that is not required and has nothing is left out, and so nothing is told of what is closed.
    """
    lines = [row | {"told": read_exactly(row["resource"])} for row in rows]
    filled = []
    for section in SECTIONS:
        own = tuple(
            _unique([one for one in lines if one["type"] in section.types and section.belongs(one, today)])
        )
        if own:
            filled.append(Filled(section=section, lines=own))
        elif section.is_required:
            reason = "unavailable" if _is_open(section, opens=opens, reads=reads) else "withheld"
            filled.append(Filled(section=section, lines=(), empty=reason))
    return tuple(filled)


def medicines(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return each Medication among the lines, by the reference that a prescription names it by."""
    return {
        f"Medication/{row['id']}": read_exactly(row["resource"])
        for row in rows
        if row["type"] == "Medication"
    }


def _is_open(section: Section, *, opens: int, reads: dict[str, int] | None) -> bool:
    reached = [opens] if reads is None else [reads.get(one, 0) & opens for one in (*section.types, "*")]
    return any(mask & section.category.bit for mask in reached)


def read_exactly(text: str) -> dict[str, Any]:
    """Read JSON so that orjson writes each decimal with the digits it had: 72.50 stays 72.50."""
    read: dict[str, Any] = json.loads(text, parse_float=orjson.Fragment)
    return read


def _unique(lines: list[Line]) -> list[Line]:
    """Keep the newest line of each fact, or the one that says since when: the same told by three institutions is one.

    "None known" stands only alone.
    """
    kept: dict[tuple[object, ...], Line] = {}
    says_some = any(not short(line).get("none_known") for line in lines)
    for line in lines:
        if says_some and short(line).get("none_known"):
            continue
        key = _fact(line)
        if key not in kept or (short(line).get("onset") and not short(kept[key]).get("onset")):
            kept[key] = line
    return list(kept.values())


def _fact(line: Line) -> tuple[object, ...]:
    named = line["title"].casefold()
    if line["type"] in ("MedicationStatement", "MedicationRequest"):
        return ("medicine", named)  # two strengths of one medicine are two lines
    if line["type"] in ("Immunization", "Procedure", "Observation"):
        return (line["id"],)  # each dose, each operation is a fact of its own
    return (line["code_system"], line["code"] or named)
