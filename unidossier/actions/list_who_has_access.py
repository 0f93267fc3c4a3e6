"""Who can see my record now, why, proven how, and until when; who asks; whom I excluded (MY-14, ACD-5, EXC-3)."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.registry import queries as registry
from unidossier.relations import federal
from unidossier.relations import queries as relations


@dataclass(frozen=True, kw_only=True)
class WhoHasAccess:
    """Rows as relations/queries.py names them: `standing` holds in force, pending and suspended; `choices` what holds for the whole record."""

    patient: Row
    rule: str
    standing: list[Row]
    linked: list[Row]
    mandates: list[Row]
    exclusions: list[Row]
    emergencies: list[Row]
    choices: Row
    federal: Row | None  # how fresh the federal platform's word is (EXC-8); None before it said anything


@dataclass(frozen=True, kw_only=True)
class HadAccess:
    """What is over: relations, links of the Desk, mandates, exclusions, emergencies; newest end first.

    `standing_links` are links of the Desk not ended by themselves: a parent's is over at the 15th birthday (`choices`; REP-1).
    """

    patient: Row
    rule: str
    relations: list[Row]
    linked: list[Row]
    standing_links: list[Row]
    mandates: list[Row]
    exclusions: list[Row]
    emergencies: list[Row]
    choices: Row


def list_who_has_access(secret: bytes, *, patient: UUID) -> WhoHasAccess:
    """Return everybody who can see the record now or asks to, and everybody excluded. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "access"}),
        registry.patient(),
        relations.standing(),
        relations.linked(),
        relations.mandates(),
        relations.exclusions(),
        relations.emergencies(),
        relations.choices(),
        federal.freshness(),
    )
    patients, standing, linked, mandates, exclusions, emergencies, choices, fresh = granted.rows
    return WhoHasAccess(
        patient=patients[0],
        rule=granted.rule,
        standing=standing,
        linked=linked,
        mandates=[one for one in mandates if one["ended_at"] is None],
        exclusions=exclusions,
        emergencies=emergencies,
        choices=choices[0],
        federal=fresh[0] if fresh else None,
    )


def list_ended_access(secret: bytes, *, patient: UUID) -> HadAccess:
    """Return who could see the record and cannot any more, and exclusions that ended. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "ended-access"}),
        registry.patient(),
        relations.ended(),
        relations.linked(over=True),
        relations.linked(),
        relations.mandates(),
        relations.exclusions(over=True),
        relations.emergencies(over=True),
        relations.choices(),
    )
    patients, ended, linked, links, mandates, exclusions, emergencies, choices = granted.rows
    return HadAccess(
        patient=patients[0],
        rule=granted.rule,
        relations=ended,
        linked=linked,
        standing_links=links,
        mandates=[one for one in mandates if one["ended_at"] is not None],
        exclusions=exclusions,
        emergencies=emergencies,
        choices=choices[0],
    )
