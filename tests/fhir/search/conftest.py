"""One record for the tests of a file."""

from typing import Any

import pytest

from tests.fhir.search.record import Record, fill_record
from tests.gate.world import World


@pytest.fixture(scope="module")
def record(client: Any, world: World) -> Record:
    return fill_record(client, world)
