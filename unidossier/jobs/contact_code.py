"""Mails the codes that prove a new mail address (MY-12). What fails is tried again; after 24 hours the code is worth nothing."""

import logging
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async

from unidossier.jobs.queue import queue
from unidossier.signin.claims import tell_gate

log = logging.getLogger(__name__)


@queue.periodic(cron="* * * * * */10")  # the sixth field: every ten seconds
@queue.task(queueing_lock="send_codes", pass_context=False)
async def send_codes(timestamp: int) -> int:
    """Send what waits; return how many left."""
    return await sync_to_async(send_waiting_codes)()


def send_waiting_codes() -> int:
    """Send every code that is due; return how many left. A crash between sending and marking sends one twice, never never."""
    sent = 0
    while one := tell_gate("registry.next_code", {"what": "next-code"}):
        if _send(one):
            tell_gate("registry.code_sent", {"what": "code-sent", "patient": one["patient"], "id": one["id"]})
            sent += 1
    return sent


def _send(one: dict[str, Any]) -> bool:
    from django.core.mail import EmailMessage
    from django.utils.translation import gettext as _
    from django.utils.translation import override

    from unidossier.registry.contact_code import code_of

    code = code_of(UUID(one["id"]))
    with override(one["language"]):
        # the address may be a stranger's: no name, no link, nothing of the one who typed it
        written = (
            _("Somebody gave this address for messages of Unidossier. The code to confirm it:"),
            f"{code[:4]} {code[4:]}",
            _("Type it on the page “My details” within 24 hours. It works nowhere else."),
            _("If you did not ask for it, do nothing: without the code nothing changes."),
            "Unidossier",
        )
        subject = _("Your code for a new e-mail address")
    headers = {
        "Message-ID": f"<{one['id']}@unidossier>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": one["language"],
    }
    try:
        EmailMessage(subject, "\n\n".join(written), to=[one["email"]], headers=headers).send()
    except (OSError, ValueError) as fault:  # smtplib's errors are OSErrors; a broken address is a ValueError
        log.warning("the code %s could not be sent: %s", one["id"], type(fault).__name__)  # no address
        return False
    return True
