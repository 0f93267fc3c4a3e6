"""The worker's own threads are few, and end with it."""

import asyncio
import threading

import pytest

from unidossier.exchange.fhir.app import THREADS, application


@pytest.mark.usefixtures("product")
def test_a_worker_has_a_few_threads_of_its_own() -> None:
    async def alive() -> set[str]:
        async with application.router.lifespan_context(application):
            names = await asyncio.gather(
                *(asyncio.to_thread(lambda: threading.current_thread().name) for _ in range(8 * THREADS))
            )
            return set(names)

    names = asyncio.run(alive())
    assert 1 <= len(names) <= THREADS
    assert all(name.startswith("api") for name in names)
    assert not [one for one in threading.enumerate() if one.name in names]
