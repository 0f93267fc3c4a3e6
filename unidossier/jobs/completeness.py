"""Every 15 seconds: do the accounts of the log agree (LOG-8)? What does not becomes an alarm, an entry, and a task of the Desk."""

from asgiref.sync import sync_to_async

from unidossier.jobs.queue import queue


@queue.periodic(cron="* * * * * */15")
@queue.task(queueing_lock="compare_log", pass_context=False)
async def compare_log(timestamp: int) -> int:
    """Compare what is new, and a part of what is old; return how many gaps are new."""
    from unidossier.actions.compare_log import compare_log as compare

    return await sync_to_async(compare)()
