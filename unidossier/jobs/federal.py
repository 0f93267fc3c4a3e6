"""Asks the federal platform: what changed every minute, everything once a night. Silence changes nothing (EXC-8)."""

import logging
from typing import Any

from asgiref.sync import sync_to_async

from unidossier.actions.import_federal import import_federal
from unidossier.gate.door import call
from unidossier.jobs.queue import queue
from unidossier.relations.federal import Feed, Imported, known
from unidossier.signin.tokens import open_machine_session

log = logging.getLogger(__name__)
_secret: list[bytes] = []  # the session of the machine account, while it holds


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="federal_delta", pass_context=False)
async def federal_delta(timestamp: int) -> str:
    """Take over what changed since the last feed; everything when there was none, or when changes were missed."""
    return await sync_to_async(take_over)(full=False)


@queue.periodic(cron="40 2 * * *")
@queue.task(queueing_lock="federal_full", pass_context=False)
async def federal_full(timestamp: int) -> str:
    """Take over everything."""
    return await sync_to_async(take_over)(full=True)


def take_over(*, full: bool) -> str:
    """Ask the platform and apply what it says; return the outcome: as relations.federal.Imported, or off, away."""
    platform = _platform()
    if platform is None:
        return "off"
    since = call(known())[0]["sequence"]
    try:
        if full or since is None:
            return _apply(platform.full()).outcome
        imported = _apply(platform.delta(since=since))
        return _apply(platform.full()).outcome if imported.outcome == "gap" else imported.outcome
    except _away() as fault:
        log.warning("the federal platform does not answer: %s", fault)
        return "away"


def _apply(feed: Feed) -> Imported:
    imported = import_federal(_session(), feed)
    if imported.outcome == "refused":  # the session has had its time: a new one
        _secret.clear()
        imported = import_federal(_session(), feed)
    if imported.outcome not in ("applied", "gap"):
        log.warning("a federal feed was not taken over: %s %s", imported.outcome, imported.fault)
    return imported


def _session() -> bytes:
    from django.conf import settings

    if not _secret:
        _secret.append(open_machine_session(settings.FEDERAL_MACHINE))
    return _secret[0]


def _platform() -> Any:
    """Return the way to the platform that the settings name (exchange/federal/port.py), None when they name none."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    return import_string(settings.FEDERAL_CLIENT)(settings.FEDERAL_URL) if settings.FEDERAL_URL else None


def _away() -> type[Exception]:
    from django.utils.module_loading import import_string

    away: type[Exception] = import_string("unidossier.exchange.federal.port.PlatformAway")
    return away
