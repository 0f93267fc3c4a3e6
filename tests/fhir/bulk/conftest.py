"""One scene for all tests of exports in this process."""

from collections.abc import Iterator

import pytest

from tests.fhir.bulk.scene import Scene, make_scene
from tests.fhir.client import Client
from tests.fhir.worker_word import give_the_worker_its_key
from tests.gate.world import World


@pytest.fixture(scope="module")
def scene(client: Client, world: World) -> Iterator[Scene]:
    give_the_worker_its_key()
    world.run("UPDATE record.export SET state = 'cancelled' WHERE state IN ('waiting', 'running')")
    yield make_scene(world, client)


@pytest.fixture(autouse=True)
def nothing_kept(scene: Scene) -> Iterator[None]:
    """The quota of one test is not that of the next."""
    yield
    scene.world.run("UPDATE record.export SET state = 'cancelled' WHERE state <> 'expired'")
