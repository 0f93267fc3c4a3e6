"""A no is a no also when nothing that is asked behind it fails: the door gives no row of it (ACD-8)."""

import asyncio

import pytest

from tests.actions.clinic import Clinic
from unidossier.gate import async_door, door
from unidossier.gate.door import AccessRefused, Ask, Query

NAMES_NOBODY = Query("SELECT slug FROM gate.verb LIMIT 1")


@pytest.mark.parametrize("queries", [(), (NAMES_NOBODY,)], ids=["nothing", "a table of words"])
def test_the_door_of_the_pages(clinic: Clinic, queries: tuple[Query, ...]) -> None:
    secret, other = clinic.world.session(clinic.physician), clinic.world.patient()
    assert door.read(secret, Ask(verb="open-record", patient=clinic.patient), *queries).entry
    with pytest.raises(AccessRefused):
        door.read(secret, Ask(verb="open-record", patient=other), *queries)


@pytest.mark.parametrize("queries", [(), (NAMES_NOBODY,)], ids=["nothing", "a table of words"])
def test_the_door_of_the_api(clinic: Clinic, queries: tuple[Query, ...]) -> None:
    secret, other = clinic.world.session(clinic.physician), clinic.world.patient()

    async def both() -> None:
        assert (await async_door.read(secret, Ask(verb="fhir-read", patient=clinic.patient), *queries)).entry
        with pytest.raises(AccessRefused):
            await async_door.read(secret, Ask(verb="fhir-read", patient=other), *queries)
        await async_door.close()

    asyncio.run(both())
