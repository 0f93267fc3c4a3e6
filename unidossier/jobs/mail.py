"""Sends the mails of notices that wait: taken on a lease, sent, and marked. A crash in between sends one twice, never never."""

import logging
from typing import Any

from asgiref.sync import sync_to_async

from unidossier.jobs.queue import queue
from unidossier.notices.text import mail
from unidossier.signin.claims import tell_gate

AT_ONCE = 20
log = logging.getLogger(__name__)


@queue.periodic(cron="* * * * * */10")  # the sixth field: every ten seconds
@queue.task(queueing_lock="send_mail", pass_context=False)
async def send_mail(timestamp: int) -> int:
    """Send what waits; return how many left."""
    return await sync_to_async(send_waiting)()


def send_waiting() -> int:
    """Send every mail that is due, twenty at a time; return how many left. One that fails is tried again later."""
    sent = 0
    while taken := tell_gate("notices.take_mail", {"what": "take-mail", "size": AT_ONCE}):
        sent += sum(_send(one) for one in taken)
    return sent


def _send(one: dict[str, Any]) -> bool:
    fault = _try(one)
    tell_gate(
        "notices.mark_mail",
        {"what": "mark-mail", "patient": one["patient"], "id": one["id"], "fault": fault},
    )
    if fault:
        log.warning("the mail %s could not be sent: %s", one["id"], fault)  # the id is ours; no address
    return fault is None


def _try(one: dict[str, Any]) -> str | None:
    """Send one mail; return why it failed, None when it left."""
    from django.conf import settings
    from django.core.mail import EmailMessage

    written = mail(
        one["kind"],
        language=one["language"],
        name=one["name"],
        portal=f"{settings.ORIGIN}/{one['face']}/messages/",
    )
    # the same id each time: a mail that is sent twice is recognised as one
    headers = {
        "Message-ID": f"<{one['id']}@unidossier>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": one["language"],
    }
    try:
        EmailMessage(written.subject, written.body, to=[one["address"]], headers=headers).send()
    except (OSError, ValueError) as fault:  # smtplib's errors are OSErrors; a broken address is a ValueError
        return type(fault).__name__
    return None
