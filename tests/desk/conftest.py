"""The Desk of one hospital: its four functions, each with an open session, and a patient with a record."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.actions.clinic import Clinic, days, make_clinic, row
from tests.gate.server import Dsns
from tests.gate.world import Worker, World
from tests.portals.conftest import visitor
from tests.signin.django_process import start_django
from unidossier.kernel.uuid7 import new_id

__all__ = ["visitor"]
FUNCTIONS = ("registration-desk", "ombuds", "medical-director", "data-protection-officer", "security-officer")


@dataclass(frozen=True)
class Desk:
    """A hospital's Desk: `workers` and `secrets` by function."""

    clinic: Clinic
    workers: dict[str, Worker]
    secrets: dict[str, bytes]
    item: UUID

    @property
    def world(self) -> World:
        return self.clinic.world

    @property
    def patient(self) -> UUID:
        return self.clinic.patient

    @property
    def secret(self) -> bytes:
        """The session of the registration desk."""
        return self.secrets["registration-desk"]

    def task(
        self,
        *,
        function: str = "registration-desk",
        kind: str = "duplicate",
        patient: UUID | None = None,
        institution: UUID | None = None,
        due: datetime | None = None,
        state: str = "open",
    ) -> UUID:
        """Lay a task as an earlier act made it, with the first line of its history."""
        made = new_id()
        self.world.run(
            """INSERT INTO cases.task (id, institution_id, function, kind, patient_id, facts, state, due_at, done_at, entry_id)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0)""",
            made,
            institution or self.clinic.id,
            function,
            kind,
            patient,
            Jsonb({}),
            state,
            due or days(2),
            days(-1) if state == "done" else None,
        )
        self.world.run(
            "INSERT INTO cases.event (task_id, nth, what, entry_id) VALUES (%s, 1, 'opened', 0)", made
        )
        return made

    def colleague(self, function: str = "registration-desk") -> bytes:
        """Open a session of another human being with the same function."""
        return self.world.session(
            self.world.worker(function, self.clinic.id), face="desk", purpose="governance"
        )


@pytest.fixture(scope="session")
def portals(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Django, set up with the addresses of the product."""
    start_django(dsns, tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(portals: None, world: World) -> Desk:
    """A hospital with its Desk, and a patient with one report."""
    clinic = make_clinic(world)
    from unidossier.registry import directory

    directory._kept = (0.0, {})  # kept a minute in a process: the hospital is younger
    (stored,) = clinic.store(row())
    workers = {one: world.worker(one, clinic.id) for one in FUNCTIONS}
    secrets = {
        one: world.session(worker, face="desk", purpose="governance") for one, worker in workers.items()
    }
    return Desk(clinic=clinic, workers=workers, secrets=secrets, item=stored["item_id"])
