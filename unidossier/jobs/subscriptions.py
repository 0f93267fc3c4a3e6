"""Sends notices of subscriptions to rest-hooks. A crash between sending and marking sends one twice, with the same numbers, never never."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from asgiref.sync import sync_to_async

from unidossier.actions.subscribe import entries_of, wants_content, with_content
from unidossier.jobs.hook import HookFailed, send_hook
from unidossier.jobs.queue import queue
from unidossier.notices.hook_headers import open_headers
from unidossier.notices.subscription_bundle import notice_bundle
from unidossier.signin.claims import tell_gate

AT_ONCE = 4  # one that does not answer holds nobody up but itself
SLICE_S = 30.0
Json = dict[str, Any]
log = logging.getLogger(__name__)


@queue.periodic(cron="* * * * * */2")
@queue.task(queueing_lock="send_notices", lock="send_notices", pass_context=False)
async def send_notices(timestamp: int) -> int:
    """Send what is due; return how many arrived."""
    from django.conf import settings

    return await sync_to_async(send_waiting_notices, thread_sensitive=False)(origin=settings.ORIGIN)


@queue.periodic(cron="25 * * * *")
@queue.task(queueing_lock="forget_events", pass_context=False)
async def forget_events(timestamp: int) -> int:
    """Forget what was told a month ago; return how many events."""
    return await sync_to_async(forget_old_events)()


def forget_old_events() -> int:
    """Forget events older than thirty days."""
    return int(tell_gate("notices.forget_events", {"what": "forget-events"}))


def send_waiting_notices(*, origin: str, slice_s: float = SLICE_S) -> int:
    """Send every notice that is due, several at a time; return how many arrived. `origin`: where the API is found."""
    until = time.monotonic() + slice_s
    first = _take()
    if first is None:
        return 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="notices") as threads:
        others = [threads.submit(_send_all, None, origin, until) for _ in range(AT_ONCE - 1)]
        return _send_all(first, origin, until) + sum(one.result() for one in others)


def _send_all(taken: Json | None, origin: str, until: float) -> int:
    arrived = 0
    taken = taken or _take()
    while taken is not None:
        arrived += _send(taken, origin)
        taken = _take() if time.monotonic() < until else None
    return arrived


def _take() -> Json | None:
    taken: Json | None = tell_gate("notices.take_hook", {"what": "take-hook"})
    return taken


def _send(taken: Json, origin: str) -> bool:
    fault = _try(taken, origin)
    state = tell_gate(
        "notices.mark_hook",
        {
            "what": "mark-hook",
            "subscription": taken["id"],
            "version": taken["version"],
            "events": [one["id"] for one in taken["events"]],
            "fault": str(fault) if fault else None,
            "final": bool(fault and fault.final),
        },
    )
    if fault is not None:
        log.warning("a notice of subscription %s did not arrive, it is %s now", taken["id"], state)
    return fault is None


def _try(taken: Json, origin: str) -> HookFailed | None:
    """Send one notice; return why it failed, None when it arrived."""
    if not taken["allowed"]:
        return HookFailed(
            "The address is no longer allowed: ask a security officer of the hospital.", final=True
        )
    bundle = notice_bundle(_with_content(taken), kind=taken["kind"], base=f"{origin}/fhir")
    try:
        send_hook(
            taken["endpoint"],
            body=orjson.dumps(bundle),
            headers=open_headers(bytes.fromhex(taken["headers"]) if taken["headers"] else None),
            timeout_s=taken["timeout"],
            private=bool(taken["private"]),
        )
    except HookFailed as fault:
        return fault
    return None


def _with_content(taken: Json) -> Json:
    if not wants_content(taken):
        return taken
    claims = {
        "what": "notice-contents",
        "subscription": taken["id"],
        "version": taken["version"],
        "entries": entries_of(taken),
    }
    return with_content(taken, tell_gate("notices.contents_for_hook", claims))
