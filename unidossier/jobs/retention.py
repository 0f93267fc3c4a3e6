"""Every month: drop the months of the log whose time is over (LOG-4). What still needs one keeps it; the database decides that by itself."""

from asgiref.sync import sync_to_async

from unidossier.jobs.queue import queue


# on the first days of a month: a run that found the log busy is made good the next night, and a second one does nothing
@queue.periodic(cron="40 2 1-5 * *")
@queue.task(queueing_lock="drop_old_months", pass_context=False)
async def drop_old_months(timestamp: int) -> list[int]:
    """Drop what may go; return which months (yyyymm)."""
    return await sync_to_async(_drop_old_months)()


def _drop_old_months() -> list[int]:
    from unidossier.actions.keep_log import drop_old_months

    return drop_old_months()
