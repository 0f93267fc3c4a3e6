"""Fixtures of the API: the application on the test database, a hospital with its machine, a physician, a GP."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.fhir.client import Client
from tests.fhir.resources import observation, patient
from tests.gate.server import Dsns
from tests.gate.world import Worker, World

JSON = {"content-type": "application/fhir+json"}


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for attachments."""
    os.environ["DATABASE_URL"] = dsns.app
    os.environ.setdefault("UNIDOSSIER_HOME", str(tmp_path_factory.mktemp("api-home")))
    Path(os.environ["UNIDOSSIER_HOME"]).mkdir(parents=True, exist_ok=True)
    with psycopg.connect(dsns.migrate) as connection:
        connection.execute("SET LOCAL ROLE unidossier_gate")
        if connection.execute("SELECT to_regproc('gate.bearer')").fetchone() == (None,):
            connection.execute((files("unidossier.exchange.fhir") / "sql/bearer.sql").read_text())
            connection.execute("REVOKE ALL ON FUNCTION gate.bearer FROM PUBLIC")
            connection.execute("GRANT EXECUTE ON FUNCTION gate.bearer TO unidossier_app")


@pytest.fixture(scope="session")
def client(product: None) -> Iterator[Client]:
    """A client of the application, without a token."""
    from unidossier.exchange.fhir.app import application

    made = Client(application)
    yield made
    made.close()


@dataclass(frozen=True)
class Hospital:
    """A hospital whose machine delivers, and one of its physicians."""

    id: UUID
    machine: Worker
    physician: Worker


@pytest.fixture
def hospital(world: World) -> Hospital:
    id_ = world.institution()
    return Hospital(id=id_, machine=world.worker("machine", id_), physician=world.worker("specialist", id_))


@dataclass(frozen=True)
class Sender:
    """A client that carries the token of one session."""

    client: Client
    secret: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret.hex()}"}

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers=self.headers | headers)

    def post(self, address: str, body: Any, **headers: str) -> Any:
        return self._send("POST", address, body, headers)

    def put(self, address: str, body: Any, **headers: str) -> Any:
        return self._send("PUT", address, body, headers)

    def _send(self, method: str, address: str, body: Any, headers: dict[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"json": body} if isinstance(body, (dict, list)) else {"content": body}
        return self.client.request(method, address, headers=self.headers | JSON | named, **kind)


@pytest.fixture
def machine(client: Client, world: World, hospital: Hospital) -> Sender:
    """The machine of the hospital."""
    return Sender(client, world.session(hospital.machine, face="api", purpose="exchange"))


@pytest.fixture
def physician(client: Client, world: World, hospital: Hospital) -> Sender:
    """A physician of the hospital, without relation to anybody."""
    return Sender(client, world.session(hospital.physician, face="api"))


@pytest.fixture
def known(machine: Sender) -> UUID:
    """The id of a Patient that the machine has delivered."""
    answer = machine.post("/fhir/Patient", patient())
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


@pytest.fixture
def stored(machine: Sender, known: UUID) -> dict[str, Any]:
    """An Observation in the record of `known`."""
    answer = machine.post("/fhir/Observation", observation(known))
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture(scope="session")
def scene(client: Client, world: World) -> Any:
    """A hospital whose people are looked up (directory_scene.py); one for all, its names and numbers are its own."""
    from tests.fhir.directory_scene import make_scene

    return make_scene(client, world)
