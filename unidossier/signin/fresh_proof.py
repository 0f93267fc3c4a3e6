"""A second factor proven again makes the session of the gate new: what asks for a fresh proof is then open (BTG-2)."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from django.http import HttpRequest

from unidossier.signin.enter import renew


def connect() -> None:
    """Connect the receiver, once."""
    authentication_step_completed.connect(_renew, dispatch_uid="unidossier.renew")


def _renew(sender: Any, request: HttpRequest, method: str, **kwargs: Any) -> None:
    if method == "mfa" and kwargs.get("reauthenticated"):
        renew(request)
