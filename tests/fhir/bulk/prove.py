"""The long form of this folder, called by `make prove-fhir`: smart-fetch, a bulk client of others, fetches what a hospital sent."""

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from tests.fhir.bulk.scene import Scene
from tests.fhir.test_server import running_api
from tests.gate.server import Dsns
from unidossier.jobs.bulk import work_on_exports


def client() -> Path:
    """Return where smart-fetch is: SMART_FETCH, on the path, or in build/fhir-clients/python."""
    named = os.environ.get("SMART_FETCH") or shutil.which("smart-fetch")
    return Path(named or Path(__file__).parents[3] / "build/fhir-clients/python/bin/smart-fetch")


def test_a_foreign_client_fetches_all_that_was_sent(
    scene: Scene, dsns: Dsns, tmp_path: Path, record_property: object
) -> None:
    program = client()
    if not program.is_file():
        pytest.fail("bulk client: make foreign-bulk  (or set SMART_FETCH)")
    token = tmp_path / "token"
    token.write_text(scene.machine.secret.hex())
    over = threading.Event()
    worker = threading.Thread(target=_work, args=(over,))
    worker.start()
    try:
        with running_api({"DATABASE_URL": dsns.app}) as address:
            arguments = (
                f"export --fhir-url {address}/fhir --bearer-token {token} --export-mode bulk --no-compression"
            )
            kinds = "--no-default-filters --hydration-tasks none --type Patient,Observation,DocumentReference"
            fetched = subprocess.run(
                [str(program), *arguments.split(), *kinds.split(), str(tmp_path / "out")],
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
    finally:
        over.set()
        worker.join(30)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    lines = [
        json.loads(line)
        for file in (tmp_path / "out").glob("*.ndjson")
        if file.name != "log.ndjson"
        for line in file.read_text().splitlines()
    ]
    assert {f"{one['resourceType']}/{one['id']}": one for one in lines} == scene.sent
    record_property("bulk_resources", len(lines))  # type: ignore[operator]


def _work(over: threading.Event) -> None:
    while not over.wait(0.5):
        work_on_exports(slice_s=5)
