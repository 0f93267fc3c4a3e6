"""A patient who can be told by mail or by post, with Django on the test database."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from tests.actions.clinic import Clinic, make_clinic
from tests.gate.server import Dsns
from tests.gate.world import World
from tests.signin.django_process import start_django

Tell = Callable[..., UUID]


@pytest.fixture(scope="session")
def product(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Django, set up with the product's settings."""
    start_django(dsns, tmp_path_factory.mktemp("notices"))


@pytest.fixture
def clinic(product: None, world: World) -> Clinic:
    """A hospital whose patient has an address for both."""
    world.run("UPDATE notices.dispatch SET state = 'sent' WHERE state = 'waiting'")  # of other tests
    made = make_clinic(world)
    world.run("INSERT INTO record.presence VALUES (%s, %s) ON CONFLICT DO NOTHING", made.patient, made.id)
    contact(made, email="al.roe@post.example", address="Beukenlaan 10, 9299 Scheldedal")
    return made


def contact(clinic: Clinic, **told: Any) -> None:
    """Set the contact data of the patient."""
    clinic.world.run("UPDATE registry.patient SET contact = %s WHERE id = %s", Jsonb(told), clinic.patient)


def tell(clinic: Clinic, kind: str = "glass", *, patient: UUID | None = None, **facts: Any) -> UUID:
    """Tell the patient as the functions of the database do; return the notice."""
    ((notice,),) = clinic.world.run(
        "SELECT notices.tell(%s, %s, %s, %s, 0)", patient or clinic.patient, kind, Jsonb(facts), clinic.id
    )
    return notice


def ways(clinic: Clinic, notice: UUID) -> dict[str, str]:
    """Give {way: state} of the dispatches of a notice."""
    return dict(clinic.world.run("SELECT way, state FROM notices.dispatch WHERE notice_id = %s", notice))
