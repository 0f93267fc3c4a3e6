"""Fixtures of the line to open pages: the product's environment on the test database, and a server of its own."""

import os
from pathlib import Path

import pytest

from tests.gate.server import Dsns


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for keys."""
    os.environ["DATABASE_URL"] = dsns.app
    os.environ.setdefault("UNIDOSSIER_HOME", str(tmp_path_factory.mktemp("still-home")))
    Path(os.environ["UNIDOSSIER_HOME"]).mkdir(parents=True, exist_ok=True)
