"""A hospital at work on one patient of its own: what the tests of the nouns and the verbs share.

Rows are stored and read by the product's own door; only what no verb makes yet is laid by the factories (tests/gate/world.py).
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.gate.server import Dsns
from tests.gate.world import Worker, World
from unidossier.actions.deliver import Stored, deliver, known_parties
from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record
from unidossier.record.describe import describe
from unidossier.record.searching.extract import search_values
from unidossier.record.store import delivery
from unidossier.record.work import work_of


def name_the_database(dsns: Dsns, home: Path) -> None:
    """Let the door of this process open the test database, and lay attachments in `home`."""
    os.environ["DATABASE_URL"] = dsns.app
    os.environ.setdefault("UNIDOSSIER_HOME", str(home))


def days(count: float) -> datetime:
    """Give the instant `count` days from now (negative: ago), in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=count)


def row(item: UUID | None = None, **changes: Any) -> dict[str, Any]:
    """One element of what record.store takes: a final report; `changes` replace fields."""
    item = item or new_id()
    return {
        "id": str(item),
        "type": "DocumentReference",
        "category": int(Category.REPORT),
        "status": "final",
        "title": f"Report {item.hex[-6:]}",
        "language": "en",
        "clinical_at": "2026-01-01T00:00:00Z",
        "author_name": "Jo Doe",
        "search_text": "",
        "resource": json.dumps({"resourceType": "DocumentReference", "id": str(item)}),
    } | changes


@dataclass(frozen=True)
class Clinic:
    """A hospital, its machine and one physician with a relation to `patient`, each with an open session."""

    world: World
    id: UUID
    machine: Worker
    physician: Worker
    patient: UUID
    secret: bytes  # of the physician
    machine_secret: bytes

    def colleague(self, function: str = "specialist", *, house: UUID | None = None, **claims: Any) -> bytes:
        """Open a session of somebody else at work who has a relation to the patient."""
        worker = self.world.worker(function, house or self.id)
        self.world.relation(self.patient, worker)
        return self.world.session(worker, **claims)

    def outsider(self, function: str = "gp", *, consent_model: str = "gp-default", **relation: Any) -> bytes:
        """Open a session of a carer of a practice, outside the network, who has a relation to the patient."""
        worker = self.world.worker(
            function, self.world.institution(network=False, consent_model=consent_model)
        )
        self.world.relation(self.patient, worker, **relation)
        return self.world.session(worker, face="consult")

    def store(
        self, *rows: dict[str, Any], secret: bytes | None = None, patient: UUID | None = None
    ) -> list[Row]:
        """Store rows as a person does; answers item_id, version, outcome of each. Raises the errors of the door."""
        ask = Ask(verb="write-report", patient=patient or self.patient)
        return door.write(secret or self.secret, ask, record.store(json.dumps(rows))).rows[0]

    def send(
        self, resource: dict[str, Any], *, secret: bytes | None = None, house: UUID | None = None
    ) -> Stored:
        """Deliver one FHIR resource of the patient as a machine does, with the work that it tells."""
        work = work_of(resource, parties=known_parties(house or self.id).parties)
        version = delivery(
            json.dumps(resource),
            id=UUID(resource["id"]),
            resource=resource,
            description=describe(resource, institution_language="nl"),
            found_by=search_values(resource, own=frozenset({f"Patient/{self.patient}"})),
            entered_at=datetime.now(UTC),
            work=work,
        )
        (stored,) = deliver(secret or self.machine_secret, versions=[version], patient=self.patient)
        return stored

    def read(self, secret: bytes, *queries: Query, items: tuple[UUID, ...] = ()) -> list[list[Row]]:
        """Run queries under a grant of the patient's record that names `items`."""
        ask = Ask(verb="open-item" if items else "open-record", patient=self.patient, items=items)
        return list(door.read(secret, ask, *queries).rows)

    def listed(self, secret: bytes) -> set[UUID]:
        """Give the ids of every line of the record that this reader's list shows."""
        (lines,) = self.read(secret, record.page(record.Filter()))
        return {line["id"] for line in lines}

    def contents(self, secret: bytes, item: UUID) -> list[int]:
        """Give the versions of an item whose text this reader may read, newest first."""
        (versions,) = self.read(secret, record.versions(item), items=(item,))
        return [version["version"] for version in versions]

    def versions(self, item: UUID) -> list[tuple[Any, ...]]:
        """Give (version, status, text) of everything stored under `item`, oldest first."""
        return self.world.run(
            "SELECT version, status, resource FROM record.version WHERE item_id = %s ORDER BY version", item
        )


def make_clinic(world: World) -> Clinic:
    """Make a clinic of its own for one test."""
    id_ = world.institution()
    physician, machine = world.worker("specialist", id_), world.worker("machine", id_)
    patient = world.patient()
    world.known_at(patient, id_)
    world.relation(patient, physician)
    return Clinic(
        world=world,
        id=id_,
        machine=machine,
        physician=physician,
        patient=patient,
        secret=world.session(physician),
        machine_secret=world.session(machine, face="api", purpose="exchange"),
    )
