"""What the federal platform tells, as values and statements: a feed of exclusions and informed consents (EXC-3, XCH-2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from unidossier.gate.door import Query


@dataclass(frozen=True, kw_only=True)
class FederalExclusion:
    """One exclusion as the platform has it. `until`: ended or ending then; None: until further notice."""

    id: str
    patient_ssin: str  # 11 digits
    from_at: datetime
    until: datetime | None
    sequence: int  # number of the change that this line is the result of
    nihdi: str = ""  # 11 digits; of the carer, or
    ssin: str = ""  # his national number


@dataclass(frozen=True, kw_only=True)
class FederalConsent:
    """One informed consent to the sharing of health data, as the platform has it."""

    id: str
    patient_ssin: str
    from_at: datetime
    until: datetime | None
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What one call of the platform brought. `fault`: it did not come whole, and nothing of it counts (EXC-8).

    `sequence` is the number of the newest change the platform knew; a delta holds every line changed after `since`.
    """

    kind: Literal["full", "delta"]
    since: int = 0
    sequence: int = 0
    made_at: datetime | None = None
    exclusions: tuple[FederalExclusion, ...] = ()
    consents: tuple[FederalConsent, ...] = ()
    counts: tuple[int, int] = (0, 0)  # as the platform told them
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What became of a feed: outcome applied, older, gap, half, stopped or refused; numbers of lines."""

    outcome: str
    fresh: int = 0
    changed: int = 0
    missing: int = 0
    contradicting: int = 0
    fault: str = ""
    told: Mapping[str, Any] = field(default_factory=dict, compare=False)


def take_over(secret: bytes, feed: Feed) -> Query:
    """Give a feed to the one function that applies it (relations/sql/federal.sql)."""
    return Query(
        "SELECT relations.import_federal(%(secret)s, %(feed)s) AS told",
        {"secret": secret, "feed": Jsonb(_as_json(feed))},
    )


def known() -> Query:
    """The number of the newest change taken over: one row, `sequence`, None before the first feed. Needs no grant."""
    return Query("SELECT relations.federal_known() AS sequence")


def freshness() -> Query:
    """How fresh the platform's word is: made_at, sequence, received_at of the newest feed applied; no row before the first.

    `last_outcome` is that of the newest feed of all, `age_s` the age in seconds.
    """
    return Query(
        """SELECT f.made_at, f.sequence, f.received_at, extract(epoch FROM now() - f.made_at)::bigint AS age_s,
            (SELECT l.outcome FROM relations.federal_feed l ORDER BY l.received_at DESC LIMIT 1) AS last_outcome
        FROM relations.federal_feed f WHERE f.outcome = 'applied' ORDER BY f.made_at DESC LIMIT 1"""
    )


def feeds(*, size: int = 50) -> Query:
    """The newest feeds: what came, when, and what became of it. Names nobody."""
    return Query(
        "SELECT f.* FROM relations.federal_feed f ORDER BY f.received_at DESC LIMIT %(size)s", {"size": size}
    )


def _as_json(feed: Feed) -> dict[str, Any]:
    if feed.fault:
        return {"kind": feed.kind, "fault": feed.fault}
    return {
        "kind": feed.kind,
        "since": feed.since,
        "sequence": feed.sequence,
        "made_at": feed.made_at.isoformat() if feed.made_at else None,
        "exclusion_count": feed.counts[0],
        "consent_count": feed.counts[1],
        "exclusions": [_line(one) | {"nihdi": one.nihdi, "ssin": one.ssin} for one in feed.exclusions],
        "consents": [_line(one) for one in feed.consents],
    }


def _line(one: FederalExclusion | FederalConsent) -> dict[str, Any]:
    until = one.until.isoformat() if one.until else None
    return {
        "id": one.id,
        "patient": one.patient_ssin,
        "from": one.from_at.isoformat(),
        "until": until,
        "sequence": one.sequence,
    }
