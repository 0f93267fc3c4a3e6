"""The federal platform as the tests know it: it numbers its changes, and makes feeds of them, whole or spoilt."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from tests.gate.world import Worker, World
from unidossier.actions.import_federal import import_federal
from unidossier.kernel.identifiers import NIHDI_PROFESSIONAL, SSIN
from unidossier.relations.federal import FederalConsent, FederalExclusion, Feed, Imported

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class Platform:
    """What the platform knows, and the session by which our worker brings it."""

    world: World
    house: UUID
    secret: bytes
    sequence: int = 0
    lines: dict[str, FederalExclusion] = field(default_factory=dict)
    agreed: dict[str, FederalConsent] = field(default_factory=dict)
    made_at: datetime = BEGAN

    def exclude(self, patient: str, carer: str, **more: Any) -> str:
        """Register an exclusion; return its id."""
        self.sequence += 1
        made = f"E{self.sequence}-{patient}"
        line = {"id": made, "patient_ssin": patient, "nihdi": carer, "from_at": BEGAN, "until": None}
        self.lines[made] = FederalExclusion(**(line | more), sequence=self.sequence)
        return made

    def end(self, made: str) -> None:
        """End an exclusion, with a number of its own."""
        self.sequence += 1
        self.lines[made] = replace(self.lines[made], until=BEGAN + timedelta(hours=1), sequence=self.sequence)

    def consent(self, patient: str) -> str:
        """Register an informed consent; return its id."""
        self.sequence += 1
        made = f"C{self.sequence}-{patient}"
        self.agreed[made] = FederalConsent(
            id=made, patient_ssin=patient, from_at=BEGAN, until=None, sequence=self.sequence
        )
        return made

    def feed(self, kind: Literal["full", "delta"] = "full", *, since: int = 0, **spoilt: Any) -> Feed:
        """Return a feed made now; `spoilt` replaces parts of it."""
        self.made_at += timedelta(seconds=1)
        exclusions = tuple(one for one in self.lines.values() if one.sequence > since)
        consents = tuple(one for one in self.agreed.values() if one.sequence > since)
        made = Feed(
            kind=kind,
            since=since,
            sequence=self.sequence,
            made_at=self.made_at,
            exclusions=exclusions,
            consents=consents,
            counts=(len(exclusions), len(consents)),
        )
        return replace(made, **spoilt)

    def bring(self, feed: Feed) -> Imported:
        """Let the worker bring a feed."""
        return import_federal(self.secret, feed)

    def in_force(self) -> set[str]:
        """Give the federal ids of the exclusions that hold in the record now."""
        rows = self.world.run(
            "SELECT DISTINCT federal_id FROM relations.exclusion WHERE source = 'federal' AND federal_id = ANY (%s) AND (until_at IS NULL OR until_at > now())",
            list(self.lines),
        )
        return {federal_id for (federal_id,) in rows}


def fresh_ssin() -> str:
    """Give eleven digits that no other test uses; the database checks their form alone."""
    return f"{70_000_000_000 + next(_numbers):011}"


def fresh_nihdi() -> str:
    """Give eleven digits whose first eight no other test uses."""
    return f"{10_000_000 + next(_numbers):08}730"


def number_patient(world: World, patient: UUID) -> str:
    """Register a national number of a patient; return it."""
    number = fresh_ssin()
    world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, %s, %s)",
        patient,
        SSIN,
        number,
    )
    return number


def number_carer(world: World, carer: Worker, number: str = "") -> str:
    """Register a NIHDI number of a carer; return it."""
    number = number or fresh_nihdi()
    world.run(
        "INSERT INTO registry.person_identifier (person_id, system, value) VALUES (%s, %s, %s)",
        carer.person,
        NIHDI_PROFESSIONAL,
        number,
    )
    return number
