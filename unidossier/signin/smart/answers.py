"""Answers of the endpoints that apps call: JSON, never kept, open to pages of other origins because no cookie counts here."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from unidossier.gate.door import RecordUnreadable
from unidossier.signin.smart.proof import AppUnproven
from unidossier.signin.smart.tokens import TokenRefused

FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 32_768  # bytes
# of one address: tries a minute; and failed proofs, which are what a thief tries
RATES = {"smart-token": "600/m/ip", "smart-unproven": "30/m/ip"}
LIMITER = "smart"
Answering = Callable[[HttpRequest, Mapping[str, str]], HttpResponse]
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def origin_of(request: HttpRequest) -> str:
    """Return the address of this server, without a slash: the set one, or on this machine alone the one that was called."""
    return settings.ORIGIN if settings.HTTPS else f"http://{request.get_host()}"


def told(body: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Return a JSON answer that nobody keeps (RFC 6749, 5.1)."""
    response = JsonResponse(dict(body), status=status)
    response["Pragma"] = "no-cache"
    return response


def told_error(error: str, why: str, *, status: int = 400) -> HttpResponse:
    """Return an error of RFC 6749, 5.2."""
    response = told({"error": error, "error_description": why}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="smart"'
    return response


def for_pages(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Open a view to pages of other origins, and answer their question beforehand (CORS preflight)."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(status=204) if request.method == "OPTIONS" else view(request)
        for name, value in _CORS.items():
            response[name] = value
        return response

    return opened


def endpoint(view: Answering) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of a form's parameters: POST alone, each parameter once, limited, every error as RFC 6749 tells it."""

    @csrf_exempt  # no cookie is looked at
    @for_pages
    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            response = told_error("invalid_request", "send this by POST", status=405)
            response["Allow"] = "POST, OPTIONS"
            return response
        if not _is_within(request, "smart-token"):
            return _too_many()
        try:
            return view(request, _sent(request))
        except TokenRefused as refused:
            return told_error(refused.error, refused.why)
        except AppUnproven as unproven:
            if not _is_within(request, "smart-unproven"):
                return _too_many()
            return told_error("invalid_client", str(unproven), status=401)
        except RecordUnreadable:
            response = told_error("temporarily_unavailable", "try again in a moment", status=503)
            response["Retry-After"] = "2"
            return response

    return answered


def _sent(request: HttpRequest) -> dict[str, str]:
    """Return the parameters. Raises TokenRefused for another type, a body too large, or one parameter twice (RFC 6749, 3.2)."""
    if (request.content_type or "").lower() != FORM or request.GET:
        raise TokenRefused("invalid_request", f"send {FORM} in the body, nothing in the address")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise TokenRefused("invalid_request", "this is too long")
    form: QueryDict = request.POST
    if any(len(values) > 1 for _, values in form.lists()):
        raise TokenRefused("invalid_request", "send each parameter once")
    return {name: value for name, value in form.items() if value}


def _is_within(request: HttpRequest, action: str) -> bool:
    return ratelimit.consume(request, app=LIMITER, action=action, config=RATES) is not None


def _too_many() -> HttpResponse:
    response = told_error("temporarily_unavailable", "too many requests: wait a minute", status=429)
    response["Retry-After"] = "60"
    return response
