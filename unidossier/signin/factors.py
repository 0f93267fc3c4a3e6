"""How many factors were proven in this session (ALL-3). The records are made by the flows of allauth; we only read them."""

import time
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from unidossier.signin.demo_entry import DEMO_METHOD, demo_is_open

RECENT_S = 300  # how long a proof stays fresh for a grave step
SPARE_S = 20  # between our look at the clock and that of the gate
RECORDS = "account_authentication_methods"
BEGAN = "unidossier.began"  # epoch seconds of the sign-in
SEEN = "unidossier.seen"  # of the last gesture
PROVING = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_strong(request: HttpRequest) -> bool:
    """Tell whether two factors were proven since this session began.

    A code or a passkey counts after the password, which its flow requires; a passkey alone counts for two, because
    the flow demands that the device verified its user (WebAuthn 2, 6.4: flag UV).
    """
    return strong_since_s(request) is not None


def strong_since_s(request: HttpRequest) -> float | None:
    """Return how many seconds ago a second factor was last proven; None when it never was."""
    proofs = [record["at"] for record in request.session.get(RECORDS, []) if _is_second(record)]
    return time.time() - max(proofs) if proofs else None


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether a second factor was proven so lately that the gate takes it for a grave step (BTG-2), with some time to spare."""
    since_s = strong_since_s(request)
    return since_s is not None and since_s < RECENT_S - SPARE_S


def is_of_the_demo(request: HttpRequest) -> bool:
    """Tell whether this session began by the one click of the demonstration, and still may."""
    by_click = any(record.get("method") == DEMO_METHOD for record in request.session.get(RECORDS, []))
    return by_click and demo_is_open()


def proven_lately(request: HttpRequest) -> bool:
    """Tell whether the best proof that this account has was given in the last minutes (T32)."""
    has_factors = Authenticator.objects.filter(user_id=request.user.pk, type__in=PROVING).exists()
    methods = ("mfa",) if has_factors else ("password", "mfa")
    proofs = [record["at"] for record in request.session.get(RECORDS, []) if record.get("method") in methods]
    return bool(proofs) and time.time() - max(proofs) < RECENT_S


def _is_second(record: dict[str, Any]) -> bool:
    if record.get("method") == DEMO_METHOD:
        return demo_is_open()
    return record.get("method") == "mfa"


def connect() -> None:
    """Connect the receivers, once."""
    user_logged_in.connect(_begin, dispatch_uid="unidossier.begin")
    authenticator_added.connect(_count_new_factor, dispatch_uid="unidossier.new-factor")


def _begin(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def _count_new_factor(
    sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **kwargs: Any
) -> None:
    # whoever has just set up a factor has just used it: the code or the key was checked
    if authenticator.type in PROVING:
        record_authentication(
            request, user, "mfa", type=authenticator.type, id=authenticator.pk, enrolled=True
        )
