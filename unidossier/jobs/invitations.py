"""Tells applicants for Consult what the medical director decided (CON-2). What fails is tried again after ten minutes."""

import logging
from typing import Any

from asgiref.sync import sync_to_async

from unidossier.jobs.queue import queue
from unidossier.signin.claims import tell_gate

log = logging.getLogger(__name__)


@queue.periodic(cron="* * * * *")
@queue.task(queueing_lock="invite_applicants", pass_context=False)
async def invite_applicants(timestamp: int) -> int:
    """Send what waits; return how many left."""
    return await sync_to_async(tell_applicants)()


def tell_applicants() -> int:
    """Make the accounts of the accepted and mail their invitation; mail the refusal to the refused. Return how many left.

    A crash between sending and marking sends one twice, never never.
    """
    told = 0
    while one := tell_gate("registry.next_applicant", {"what": "next-applicant"}):
        if _tell(one):
            tell_gate("registry.applicant_told", {"what": "applicant-told", "applicant": one["id"]})
            told += 1
    return told


def _tell(one: dict[str, Any]) -> bool:
    from smtplib import SMTPException

    from unidossier.signin import invitation

    house = one["house"].get(one["language"]) or next(iter(one["house"].values()), "")
    common = {"name": one["name"], "email": one["email"], "language": one["language"], "house": house}
    try:
        if one["state"] == "accepted":
            invitation.invite(one["person"], **common)
        else:
            invitation.refuse(reason=one["reason"], **common)
    except (SMTPException, OSError) as fault:
        log.warning("applicant %s could not be told: %s", one["id"], type(fault).__name__)  # no address
        return False
    return True
