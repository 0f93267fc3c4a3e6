"""docs/fhir keeps its promises: every command in it is run, in its order, against a server; what it names is told by the server itself."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.test_server import running_api
from tests.gate.server import Dsns
from tests.gate.world import World

DOCS = Path(__file__).parents[3] / "docs/fhir"
PAGES = sorted(DOCS.glob("*.md"))
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r'"?\$BASE/([A-Za-z$._-]+)')


@pytest.fixture(scope="module")
def api(product: None, dsns: Dsns) -> Iterator[str]:
    with running_api({"DATABASE_URL": dsns.app}) as address:
        yield f"{address}/fhir"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the commands need curl and jq")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_works(
    api: str, page: Path, machine: Sender, known: UUID, world: World, hospital: Hospital
) -> None:
    commands = _BLOCK.findall(page.read_text())
    who = world.patient()
    world.relation(who, hospital.physician)
    tokens = {
        "BASE": api,
        "TOKEN": machine.secret.hex(),
        "SENT": str(known),
        "CARER": world.session(hospital.physician, face="api").hex(),
        "OWN": world.own_session(who, face="api").hex(),
        "ME": str(who),
    }
    text = "set -euo pipefail\n" + "\n".join(commands)
    ran = subprocess.run(
        ["bash", "-c", text],
        env=os.environ | tokens, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout[-1500:]}\n{ran.stderr[-1500:]}"


def test_what_the_commands_use_is_told_first() -> None:
    """A stranger copies line after line: each name is set on the first page, each account is one of the demo."""
    first, pages = (DOCS / "README.md").read_text(), [page.read_text() for page in PAGES]
    accounts = {found for page in pages for found in re.findall(r"unidossier token ([a-z.]+)", page)}
    cast = (files("unidossier.demo") / "cast.tsv").read_text()
    assert accounts
    assert {one for one in accounts if not re.search(rf"^{re.escape(one)}\t", cast, re.MULTILINE)} == set()
    told = set(re.findall(r"^([A-Z]+)=", first, re.MULTILINE)) | {"PWD", "RANDOM"}
    for page in pages:
        used = set(re.findall(r"\$([A-Z]{2,})", page))
        own = set(re.findall(r"(?:^|do )\s*([A-Z]+)=|for ([A-Z]+) in|read -r ([A-Z]+)", page, re.MULTILINE))
        assert used - told - {name for found in own for name in found} == set()


def test_what_is_named_is_served(client: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    told = {one["type"] for one in rest["resource"]}
    told |= {f"${one['name']}" for one in rest.get("operation", ())} | {"metadata", ".well-known"}
    named = {found for page in PAGES for found in _ADDRESS.findall(page.read_text())}
    assert {one for one in named if one not in told} == set()
    assert len(PAGES) >= 7
