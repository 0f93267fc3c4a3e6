"""One fictional world for all tests of this folder: made once, read only."""

from datetime import date

import pytest

from unidossier.demo.build import histories, world
from unidossier.demo.world import PatientHistory, World

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def cast() -> World:
    return world(today=TODAY)


@pytest.fixture(scope="session")
def told(cast: World) -> list[PatientHistory]:
    return list(histories(cast))
