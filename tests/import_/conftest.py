"""Fixtures of the import: a hospital with a machine session, and files of our own or from the collected examples."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.gate.server import Dsns
from tests.gate.world import World
from unidossier.actions.import_resources import Outcome, Report, import_resources


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for attachments."""
    os.environ["DATABASE_URL"] = dsns.app
    os.environ.setdefault("UNIDOSSIER_HOME", str(tmp_path_factory.mktemp("import-home")))


@dataclass(frozen=True)
class House:
    """An institution that imports files; a fresh one for each test, so that counts are its own."""

    id: UUID
    key: str
    secret: bytes
    world: World

    def take(self, *paths: Path, **options: Any) -> Report:
        """Import; the progress bar stays off."""
        return import_resources(
            list(paths), secret=self.secret, institution=self.key, show_progress=False, **options
        )

    def versions(self) -> list[tuple[Any, ...]]:
        """Give (type, version, text) of all it stored."""
        return self.world.run(
            """SELECT i.type, v.version, v.resource FROM record.version v JOIN record.item i
            ON i.patient_id = v.patient_id AND i.id = v.item_id WHERE v.institution_id = %s ORDER BY 1, 2""",
            self.id,
        )


@pytest.fixture
def house(product: None, world: World) -> House:
    id_ = world.institution()
    secret = world.session(world.worker("machine", id_), face="api", purpose="exchange")
    return House(id=id_, key=id_.hex, secret=secret, world=world)


Write = Callable[[str, Any], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file: a resource as JSON, a list of them as NDJSON, text or bytes as they are."""

    def written(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = "".join(json.dumps(one) + "\n" for one in content)
        elif isinstance(content, dict):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture(scope="session")
def collected() -> Path:
    """The folder of collected examples: UNIDOSSIER_DATA, or beside the repository."""
    beside = Path(__file__).parents[2].parent / "shared/data"
    folder = Path(os.environ.get("UNIDOSSIER_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no collected examples: set UNIDOSSIER_DATA or lay them in {beside}")
    return folder


def counts(report: Report) -> dict[str, int]:
    """Give the outcomes, those that are none left out."""
    return dict(report.counts)


def only_refusal(report: Report) -> Outcome:
    """Give the single refusal of a report."""
    (refusal,) = report.refused
    return refusal
