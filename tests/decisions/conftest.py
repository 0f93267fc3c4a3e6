"""A patient who decides: his own session, and people around him. The verbs go through the door to the test database."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, make_clinic, name_the_database
from tests.gate.server import Dsns
from tests.gate.world import Worker, World
from unidossier.actions.open_record import open_record
from unidossier.gate.door import AccessRefused
from unidossier.record.queries import Filter


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for attachments."""
    name_the_database(dsns, tmp_path_factory.mktemp("home"))


@dataclass(frozen=True)
class Home:
    """A clinic, and the patient at home with a session of his own."""

    clinic: Clinic
    own: bytes

    @property
    def patient(self) -> UUID:
        """The patient who decides."""
        return self.clinic.patient

    @property
    def world(self) -> World:
        """The factories."""
        return self.clinic.world

    def opens(self, secret: bytes) -> str:
        """Return '' when this session opens the record, else the line that refuses."""
        try:
            open_record(secret, patient=self.patient, chosen=Filter())
        except AccessRefused as refused:
            return refused.rule
        return ""

    def carer(self, function: str = "specialist", *, tied: bool = True, **relation: Any) -> Worker:
        """Make somebody at work in the clinic, with a relation unless told."""
        worker = self.world.worker(function, self.clinic.id)
        if tied:
            self.world.relation(self.patient, worker, **relation)
        return worker

    def outside(self, function: str = "gp", **relation: Any) -> Worker:
        """Make a carer of a practice, outside the network, with a relation."""
        worker = self.world.worker(function, self.world.institution(network=False))
        self.world.relation(self.patient, worker, **relation)
        return worker

    def told(self) -> list[str]:
        """Give the kinds of what the patient was told, in order."""
        rows = self.world.run(
            "SELECT kind FROM notices.notice WHERE patient_id = %s ORDER BY at, id", self.patient
        )
        return [kind for (kind,) in rows]

    def tasks(self, kind: str) -> list[tuple[Any, ...]]:
        """Give (institution, function, person, subject, state, days until due) of the tasks of one kind."""
        return self.world.run(
            """SELECT institution_id, function, person_id, subject_id, state, round(extract(epoch FROM due_at - made_at) / 86400)::int
            FROM cases.task WHERE patient_id = %s AND kind = %s ORDER BY made_at""",
            self.patient,
            kind,
        )

    def acting(self, kind: str, **columns: Any) -> bytes:
        """Open the session of somebody who acts for the patient."""
        person = self.world.person(professional=False)
        self.world.represent(self.patient, person, kind=kind, **columns)
        return self.world.representative_session(person)


@pytest.fixture
def home(product: None, world: World) -> Home:
    """A clinic with one patient, at home."""
    clinic = make_clinic(world)
    world.run("INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", clinic.patient, clinic.id)
    return Home(clinic=clinic, own=world.own_session(clinic.patient))
