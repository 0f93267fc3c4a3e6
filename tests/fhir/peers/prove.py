"""The long form of this folder, called by `make prove-fhir`: clients of JavaScript, which no package of ours brings, and the memory of a worker."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import patient
from tests.fhir.test_server import running_api
from tests.gate.server import Dsns
from tests.gate.world import World

SCRIPTS = Path(__file__).parent / "js"
STEPS = {"fhir_kit": 13, "fhirclient_js": 4}


def foreign_folder() -> Path:
    """Return where the clients of JavaScript are laid: FHIR_CLIENTS, or build/fhir-clients."""
    return Path(os.environ.get("FHIR_CLIENTS", Path(__file__).parents[3] / "build/fhir-clients"))


def missing() -> str:
    """Tell what is missing and how to get it; empty when everything is here."""
    folder = foreign_folder()
    if shutil.which("node") is None:
        return "clients of JavaScript: install Node.js 20 or later"
    if not (folder / "node_modules/fhir-kit-client").is_dir():
        return "clients of JavaScript: make foreign  (or set FHIR_CLIENTS to where they are)"
    return ""


def test_clients_of_javascript(
    dsns: Dsns, product: None, machine: Sender, world: World, record_property: object
) -> None:
    """fhir-kit-client and fhirclient.js, each step counted."""
    if told := missing():
        pytest.fail(told)
    with running_api({"DATABASE_URL": dsns.app}) as address:
        who = UUID(machine.post("/fhir/Patient", patient()).json()["id"])
        words = (f"{address}/fhir", machine.secret.hex(), world.own_session(who, face="api").hex(), str(who))
        walked = subprocess.run(
            ["node", str(SCRIPTS / "walk.mjs"), *words],
            cwd=foreign_folder(), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    counts = json.loads(walked.stdout.splitlines()[-1]) if walked.stdout else {}
    for name, count in counts.items():
        record_property(f"steps_{name}", count)  # type: ignore[operator]
    assert walked.returncode == 0, walked.stderr
    assert counts == STEPS


def test_the_memory_of_a_worker_is_bounded(dsns: Dsns, product: None, machine: Sender, known: UUID) -> None:
    """Large bodies, packed ones, and a thousand reads: what one process ever held stays small."""
    with running_api({"DATABASE_URL": dsns.app}) as address:
        client = httpx.Client(
            base_url=address, headers=machine.headers | {"content-type": "application/fhir+json"}, timeout=60
        )
        for _ in range(1000):
            assert client.get(f"/fhir/Patient/{known}").status_code == 200
        usual = max(_memory_mb().values())
        for body in (b" " * 50_000_000, b"[" * 19_000_000, b'{"a":"' + b"x" * 19_000_000):
            assert 400 <= client.post("/fhir/Observation", content=body).status_code < 500
        most = max(_memory_mb().values())
    assert usual < 100, f"{usual:.0f} MB after a thousand reads"
    assert most < usual + 150, f"{most:.0f} MB after large bodies"


def _memory_mb() -> dict[int, float]:
    """Return the resident memory at its highest of each process of the server started here."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and b"granian" in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text()
                found[int(folder.name)] = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        except OSError:
            continue
    return found
