"""Explain who may see a record, by which rule, and what would change it (ACD-9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.registry import queries as registry


@dataclass(frozen=True, kw_only=True)
class Change:
    """One fact that would turn the decision: its name and value (gate/sql/decide.sql), and the line that would decide then."""

    fact: str
    value: Any
    rule: str


@dataclass(frozen=True, kw_only=True)
class Explained:
    """The decision about one carer: the line, whether it permits, every fact, those that mattered, what would turn it."""

    patient: Row
    rule: str
    permits: bool
    facts: Mapping[str, Any]
    mattered: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Supposed:
    """Of whom, for what and when one asks: an employment, a purpose (ACD-6), an instant, break-the-glass or not."""

    employment: UUID
    at: datetime
    purpose: str = "care"
    emergency: bool = False


def explain_access(secret: bytes, *, patient: UUID, supposed: Supposed, desk: bool = False) -> Explained:
    """Return the decision that the gate would make, and why. `desk`: asked by a governance function.

    Raises ActRefused('no-such-employment') and the errors of gate.door.read.
    """
    granted = door.read(
        secret,
        Ask(
            verb="desk-explain" if desk else "explain",
            patient=patient,
            detail={"employment": str(supposed.employment), "at": supposed.at.isoformat()},
        ),
        registry.patient(),
        Query(
            "SELECT gate.explain(%(employment)s::uuid, %(purpose)s, %(at)s::timestamptz, %(glass)s::boolean) AS told",
            {
                "employment": supposed.employment,
                "purpose": supposed.purpose,
                "at": supposed.at,
                "glass": supposed.emergency,
            },
        ),
    )
    patients, answers = granted.rows
    told = answers[0]["told"]
    return Explained(
        patient=patients[0],
        rule=told["rule"],
        permits=told["permits"],
        facts=told["facts"],
        mattered=tuple(told["mattered"]),
        changes=tuple(
            Change(fact=one["fact"], value=one["value"], rule=one["rule"]) for one in told["changes"]
        ),
    )
