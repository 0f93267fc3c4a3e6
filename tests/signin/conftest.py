"""Fixtures of the sign-in: the portals on the test database, and people with accounts."""

import secrets
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from uuid import UUID

import pytest

from tests.gate.server import Dsns
from tests.gate.world import World
from tests.signin.django_process import ADDRESSES, start_django
from tests.signin.person import Browser, SignedUp

_numbers = count(1)


@pytest.fixture(scope="session")
def django(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Django, set up."""
    start_django(dsns, tmp_path_factory.mktemp("portals"))


@pytest.fixture
def portals(django: None) -> Iterator[None]:
    """The addresses of the sign-in and three small faces."""
    from django.test import override_settings

    # now, under the settings of the process: routes are made at import
    import_module("unidossier.config.urls")
    import_module(ADDRESSES)
    with override_settings(ROOT_URLCONF=ADDRESSES, FACES=("ward", "consult", "my")):
        yield


@pytest.fixture
def browser(portals: None) -> Browser:
    """A browser at an address of its own, so that tests do not use up each other's tries."""
    return Browser(address=f"198.51.{next(_numbers) % 250}.{secrets.randbelow(250)}")


@pytest.fixture
def other_browser(portals: None) -> Browser:
    """A second browser, elsewhere."""
    return Browser(address=f"203.0.113.{next(_numbers) % 250}")


class People:
    """Makes persons with accounts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def account(self, person: UUID, **columns: object) -> SignedUp:
        """Give `person` an account with a password, and a second factor unless `totp_secret` is None."""
        return SignedUp.make(person, **columns)

    def nurse(self, **columns: object) -> SignedUp:
        """A nurse of a hospital of the network."""
        return self.account(self._world.worker("nurse", self._world.institution()).person, **columns)

    def patient(self, **columns: object) -> SignedUp:
        """A patient with an own record."""
        person = self._world.person(professional=False, patient=self._world.patient())
        return self.account(person, **columns)


@pytest.fixture
def people(portals: None, world: World) -> People:
    """The maker of accounts."""
    return People(world)
