"""The worker process: takes jobs from the queue until it is told to stop."""

import asyncio
import os
import signal

import procrastinate
from procrastinate import PsycopgConnector

from unidossier.jobs.queue import dsn, queue

CONCURRENCY = 2


def work() -> None:
    """Work until SIGTERM or SIGINT; a job under way is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unidossier.config.settings")
    import django

    django.setup()
    asyncio.run(_work())


async def _work() -> None:
    connector = PsycopgConnector(conninfo=dsn(), min_size=1, max_size=4)
    # the tasks belong to this very queue: it is given its connection, not copied
    with queue.replace_connector(connector) as app:
        await _run(app)


async def _run(app: procrastinate.App) -> None:
    async with app.open_async():
        task = asyncio.ensure_future(
            app.run_worker_async(
                concurrency=CONCURRENCY, install_signal_handlers=False, delete_jobs="successful"
            )
        )
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return
