"""One hospital and one receiver for all tests of subscriptions in a module; each test has a patient of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fhir.client import Client
from tests.fhir.subscriptions.scene import Scene, make_scene, new_patient
from tests.fhir.worker_word import give_the_worker_its_key
from tests.gate.world import World


@pytest.fixture(scope="module")
def stage(client: Client, world: World) -> Iterator[Scene]:
    give_the_worker_its_key()
    made = make_scene(world, client)
    yield made
    made.receiver.close()
    world.run("UPDATE notices.hook_address SET ended_at = now() WHERE ended_at IS NULL")


@pytest.fixture
def scene(stage: Scene) -> Iterator[Scene]:
    yield replace(stage, patient=new_patient(stage.machine))
    stage.world.run("DELETE FROM notices.event")
    stage.world.run("DELETE FROM notices.happening")
    stage.world.run("DELETE FROM notices.subscription")
    stage.receiver.told.clear()
    stage.receiver.headers.clear()
    stage.receiver.answers.clear()
