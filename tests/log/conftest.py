"""The door of this process opens the test database; each test has a hospital and a patient of its own."""

import pytest

from tests.actions.clinic import Clinic, make_clinic, name_the_database
from tests.gate.server import Dsns
from tests.gate.world import World


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database and a home for attachments."""
    name_the_database(dsns, tmp_path_factory.mktemp("home"))


@pytest.fixture
def clinic(product: None, world: World) -> Clinic:
    """A hospital, its machine, and a physician with a relation to one patient."""
    return make_clinic(world)
