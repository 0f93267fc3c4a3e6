"""From where somebody signs in (LOG-1): a random name that a browser keeps, and the network address it came from."""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEPT_S = 400 * 24 * 3600  # browsers keep no cookie longer
_NAME = re.compile(r"[0-9a-f]{16}")
_FRESH = "fresh_device"


def device_of(request: HttpRequest) -> str:
    """Return the name of this browser: 16 hex digits that say nothing about it. A browser without one gets one with the answer."""
    kept = request.COOKIES.get(_cookie(), "")
    if _NAME.fullmatch(kept):
        return kept
    if not hasattr(request, _FRESH):
        setattr(request, _FRESH, secrets.token_hex(8))
    name: str = getattr(request, _FRESH)
    return name


def address_of(request: HttpRequest) -> str:
    """Return the network address as the front door told it; empty when nobody did."""
    address: str = request.META.get("REMOTE_ADDR", "")
    return address


def keep_device(request: HttpRequest, response: HttpResponse) -> None:
    """Let a browser keep the name that it was given during this request. It opens nothing: it is only written down."""
    name = getattr(request, _FRESH, None)
    if name is not None:
        response.set_cookie(
            _cookie(), name, max_age=KEPT_S, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )


def _cookie() -> str:
    return "__Host-device" if settings.HTTPS else "device"
