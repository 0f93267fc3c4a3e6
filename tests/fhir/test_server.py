"""The API as a process of its own, met by a foreign FHIR client; and what it says when the database is away."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fhirpy import AsyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from tests.fhir.conftest import Sender
from tests.fhir.lossy_line import LossyLine
from tests.fhir.resources import observation
from tests.gate.server import Dsns
from unidossier.kernel.uuid7 import new_id

APPLICATION = "unidossier.exchange.fhir.app:application"
START_S = 40


@contextmanager
def running_api(environment: dict[str, str]) -> Iterator[str]:
    """Give the address of a server process of the API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [
        "--interface",
        "asgi",
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--log-level",
        "error",
        APPLICATION,
    ]
    program = Path(sys.executable).parent / "granian"
    process = subprocess.Popen([str(program), *arguments], env=os.environ | environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/fhir/metadata")
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def api(product: None, dsns: Dsns) -> Iterator[str]:
    with running_api({"DATABASE_URL": dsns.app}) as address:
        yield address


def test_a_foreign_client_creates_reads_and_updates(api: str, machine: Sender, known: UUID) -> None:
    async def run() -> None:
        client = AsyncFHIRClient(f"{api}/fhir", authorization=machine.headers["authorization"])
        made: Any = client.resource("Observation", **observation(known))
        await made.save()
        read = await client.reference("Observation", made.id).to_resource()
        assert read["valueQuantity"]["value"] == 5.6
        read["valueQuantity"]["value"] = 4.2
        await read.save()
        again = await client.reference("Observation", made.id).to_resource()
        assert again["valueQuantity"]["value"] == 4.2
        with pytest.raises(ResourceNotFound):
            await client.reference("Observation", str(known)).to_resource()
        with pytest.raises(OperationOutcome, match="30"):
            await client.resource("Observation", **observation(known, effectiveDateTime="2026-02-30")).save()

    asyncio.run(run())


def test_a_cut_upload_stores_nothing(api: str, machine: Sender, known: UUID, world: Any) -> None:
    ((before,),) = world.run("SELECT count(*) FROM record.version")
    host, port = api.removeprefix("http://").split(":")
    head = (
        "POST /fhir/Observation HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\n"
        f"Authorization: {machine.headers['authorization']}\r\nContent-Length: 5000\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as cut:
        cut.sendall(head.encode() + b'{"resourceType":"Observation",')
    time.sleep(0.3)
    assert world.run("SELECT count(*) FROM record.version") == [(before,)]
    assert httpx.get(f"{api}/healthz").status_code == 200


def test_when_the_answer_to_a_write_is_lost_nobody_is_told_that_nothing_changed(
    dsns: Dsns, machine: Sender, known: UUID, world: Any
) -> None:
    id_ = str(new_id())
    body = observation(known) | {"id": id_}
    with (
        LossyLine(dsns.app, deed=b"record.store") as line,
        running_api({"DATABASE_URL": f"{dsns.app} host={line.host}"}) as address,
    ):
        line.loses.set()
        answer = httpx.put(
            f"{address}/fhir/Observation/{id_}", json=body, headers=machine.headers, timeout=30
        )
        assert (answer.status_code, line.lost) == (503, 1), answer.text
        (issue,) = answer.json()["issue"]
        assert issue["code"] == "transient" and answer.headers["retry-after"]
        assert "not known whether this was stored" in issue["diagnostics"]
        assert "nothing was changed" not in issue["diagnostics"]
        wait_until_stored(world, id_)  # it was
        line.loses.clear()
        again = httpx.put(f"{address}/fhir/Observation/{id_}", json=body, headers=machine.headers, timeout=30)
        assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')


def wait_until_stored(world: Any, id_: str) -> None:
    """Return once the item has a version: the server finishes what it was asked, though nobody listens."""
    until = time.monotonic() + 10
    while world.run("SELECT count(*) FROM record.version WHERE item_id = %s", id_) != [(1,)]:
        assert time.monotonic() < until, "it was not stored"
        time.sleep(0.05)


def test_without_its_database_the_server_says_so_and_shows_nothing(
    tmp_path: Path, machine: Sender, known: UUID, capfd: pytest.CaptureFixture[str]
) -> None:
    away = f"host={tmp_path} user=unidossier_app dbname=unidossier"
    with running_api({"DATABASE_URL": away}) as address:
        for method, path, body in (
            ("GET", f"/fhir/Patient/{known}", None),
            ("POST", "/fhir/Observation", observation(known)),
            ("POST", "/fhir", {"resourceType": "Bundle", "type": "transaction"}),
        ):
            answer = httpx.request(method, address + path, json=body, headers=machine.headers, timeout=30)
            assert answer.status_code == 503, answer.text
            assert answer.json()["issue"][0]["code"] == "transient"
            assert answer.headers["retry-after"]
        assert capfd.readouterr().err.count("unreadable: ") == 3  # whoever runs it finds why
        assert httpx.get(f"{address}/healthz", timeout=30).status_code == 503
        assert httpx.get(f"{address}/fhir/metadata").status_code == 200
