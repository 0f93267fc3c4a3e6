"""A platform that the record has heard nothing of yet, and a patient and a carer with numbers."""

import pytest

from tests.actions.clinic import Clinic, make_clinic, name_the_database
from tests.federal.platform import Platform, number_carer, number_patient
from tests.gate.server import Dsns
from tests.gate.world import World


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment of this process names the test database."""
    name_the_database(dsns, tmp_path_factory.mktemp("home"))


@pytest.fixture
def clinic(product: None, world: World) -> Clinic:
    """A hospital and a physician with a relation to one patient."""
    return make_clinic(world)


@pytest.fixture
def platform(product: None, world: World) -> Platform:
    """A platform whose feeds nobody has brought yet."""
    world.run("TRUNCATE relations.federal_feed, relations.federal_exclusion, relations.federal_consent")
    house = world.institution(network=False)
    world.setting(house, name="federal.import", value="on")
    secret = world.session(world.worker("machine", house), face="api", purpose="exchange")
    return Platform(world=world, house=house, secret=secret)


@pytest.fixture
def ssin(clinic: Clinic) -> str:
    """The national number of the patient of the clinic."""
    return number_patient(clinic.world, clinic.patient)


@pytest.fixture
def nihdi(clinic: Clinic) -> str:
    """The NIHDI number of the physician of the clinic."""
    return number_carer(clinic.world, clinic.physician)
