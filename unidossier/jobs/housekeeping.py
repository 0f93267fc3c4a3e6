"""Regular work: old grants, coming months of the log, ended browser sessions, and the sign of life.

Nothing here closes an access: periods end by themselves, to the second (the gate reads the clock at each asking).
"""

from asgiref.sync import sync_to_async

from unidossier.database.connections import pool
from unidossier.jobs.queue import queue


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="purge_grants", pass_context=False)
async def purge_grants(timestamp: int) -> int:
    """Drop grants that expired more than a minute ago; return how many. They are no evidence: the log is."""
    return await sync_to_async(_purge_grants)()


def _purge_grants() -> int:
    with pool().connection() as connection:
        row = connection.execute("SELECT gate.purge()").fetchone()
    return int(row[0]) if row else 0


@queue.periodic(cron="17 3 * * *")
@queue.task(queueing_lock="attach_months", pass_context=False)
async def attach_months(timestamp: int) -> int:
    """Attach the log's partitions of the coming twelve months; return how many were new."""
    return await sync_to_async(_attach_months)()


def _attach_months() -> int:
    with pool().connection() as connection:
        row = connection.execute("SELECT log.attach_months()").fetchone()
    return int(row[0]) if row else 0


@queue.periodic(cron="*/30 * * * *")
@queue.task(queueing_lock="clear_sessions", pass_context=False)
async def clear_sessions(timestamp: int) -> None:
    """Drop ended browser sessions (Django's own table)."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    await Session.objects.filter(expire_date__lt=timezone.now()).adelete()


# at six in Brussels: the worker's clock is UTC, so both hours are tried; the day is looked through once
@queue.periodic(cron="5 4,5 * * *")
@queue.task(queueing_lock="look_for_signals", pass_context=False)
async def look_for_signals(timestamp: int) -> int:
    """Look for accesses that no relation explains, of yesterday (LOG-6); return how many signals are new."""
    return await sync_to_async(_look_for_signals)()


def _look_for_signals() -> int:
    from datetime import UTC, datetime

    from unidossier.actions.look_for_signals import look_for_signals_daily
    from unidossier.kernel.brussels import BRUSSELS

    return look_for_signals_daily() if datetime.now(UTC).astimezone(BRUSSELS).hour >= 6 else 0


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="look_for_rush", pass_context=False)
async def look_for_rush(timestamp: int) -> int:
    """Tell at once of who opens records faster than anybody works (LOG-6); return how many signals are new."""
    from unidossier.actions.look_for_signals import look_for_rush

    return await sync_to_async(look_for_rush)()


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="count_accesses", pass_context=False)
async def count_accesses(timestamp: int) -> int:
    """Count new entries for the open figures; return how many."""
    from unidossier.actions.show_yearly_figures import count_accesses

    return await sync_to_async(count_accesses)()
