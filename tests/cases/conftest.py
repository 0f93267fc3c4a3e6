"""A hospital with its ombuds service, its medical director and its data protection officer, each with an open session."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, make_clinic, name_the_database
from tests.gate.server import Dsns
from tests.gate.world import NO_ENTRY, Worker, World, hours
from unidossier.kernel.uuid7 import new_id


@dataclass(frozen=True)
class House:
    """`clinic` is the hospital with a physician and his patient; the secrets are those of the Desk."""

    clinic: Clinic
    ombuds: bytes
    director: bytes
    director_worker: Worker
    officer: bytes
    officer_worker: Worker

    @property
    def world(self) -> World:
        return self.clinic.world

    @property
    def patient(self) -> UUID:
        return self.clinic.patient

    def task(self, kind: str, *, function: str, **columns: Any) -> UUID:
        """Lay a task as the functions that make the work do; return its id."""
        made = new_id()
        row: dict[str, Any] = {
            "id": made,
            "institution_id": self.clinic.id,
            "function": function,
            "kind": kind,
            "patient_id": self.patient,
            "due_at": hours(24),
            "entry_id": NO_ENTRY,
        } | columns
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        self.world.run(f"INSERT INTO cases.task ({names}) VALUES ({marks})", *row.values())
        return made

    def state(self, task: UUID) -> tuple[str, str, str]:
        """Give function, state and outcome of a task."""
        return self.world.run("SELECT function, state, outcome FROM cases.task WHERE id = %s", task)[0]

    def told(self) -> list[tuple[str, dict]]:
        """Give what the patient was told: kind and facts, oldest first."""
        return self.world.run(
            "SELECT kind, facts FROM notices.notice WHERE patient_id = %s ORDER BY at", self.patient
        )

    def happened(self, task: UUID) -> list[str]:
        """Give what was done with a task, oldest first."""
        return [
            what
            for (what,) in self.world.run(
                "SELECT what FROM cases.event WHERE task_id = %s ORDER BY nth", task
            )
        ]


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for attachments."""
    name_the_database(dsns, tmp_path_factory.mktemp("home"))


@pytest.fixture
def house(product: None, world: World) -> House:
    """A house of its own for one test."""
    clinic = make_clinic(world)
    workers = {
        function: world.worker(function, clinic.id)
        for function in ("ombuds", "medical-director", "data-protection-officer")
    }
    secrets = {
        function: world.session(worker, face="desk", purpose="governance")
        for function, worker in workers.items()
    }
    return House(
        clinic=clinic,
        ombuds=secrets["ombuds"],
        director=secrets["medical-director"],
        director_worker=workers["medical-director"],
        officer=secrets["data-protection-officer"],
        officer_worker=workers["data-protection-officer"],
    )
