"""The portals as they are, on the test database: a specialist inside, a GP outside and the patient, each signed in."""

import secrets
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, make_clinic
from tests.gate.server import Dsns
from tests.gate.world import World
from tests.signin.django_process import start_django
from tests.signin.person import Browser, SignedUp


@pytest.fixture(scope="session")
def portals(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Django, set up with the addresses of the product."""
    start_django(dsns, tmp_path_factory.mktemp("portals"))


@pytest.fixture
def clinic(portals: None, world: World) -> Clinic:
    """A hospital, its machine, and a physician with a relation to one patient."""
    made = make_clinic(world)
    from unidossier.registry import directory

    directory._kept = (0.0, {})  # kept a minute in a process: the hospital is younger
    return made


Visitor = Callable[[UUID], Browser]


@pytest.fixture
def visitor(portals: None) -> Visitor:
    """`visitor(person)` gives a browser in which that person has gone in, in English."""

    def go_in(person: UUID) -> Browser:
        browser = Browser(address=f"198.18.{secrets.randbelow(250)}.{secrets.randbelow(250)}")
        browser.go_in(SignedUp.make(person))
        return browser

    return go_in


@pytest.fixture
def physician(clinic: Clinic, visitor: Visitor) -> Browser:
    """The browser of the physician of the clinic."""
    return visitor(clinic.physician.person)
