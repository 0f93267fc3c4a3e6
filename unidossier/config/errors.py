"""Pages for what goes wrong: each says what happened and what to do; none shows an empty record (ALL-5)."""

import logging
import secrets
import sys
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unidossier.gate.door import RecordUnreadable
from unidossier.portals.shared.ways import ways_open

AWAY = (RecordUnreadable, OperationalError, InterfaceError, psycopg.OperationalError)
log = logging.getLogger("unidossier.fault")


def bad_request(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """The request cannot be understood."""
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """The page is another function's."""
    return _page(request, "403.html", 403, is_for_others=True)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form did not come from a page of ours, or is too old."""
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """Nothing at this address, or nothing one may know of."""
    return _page(request, "404.html", 404)


def too_many(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    """Too many tries: wait."""
    response = _page(request, "429.html", 429)
    response["Retry-After"] = "60"
    return response


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours; when the database is away, say that what is there could not be read."""
    if isinstance(sys.exc_info()[1], AWAY):
        return unreadable(request)
    reference = secrets.token_hex(4)
    log.error("reference %s: %s", reference, type(sys.exc_info()[1]).__name__)
    return _page(request, "500.html", 500, reference=reference)


def unreadable(request: HttpRequest, error: BaseException | None = None) -> HttpResponse:
    """What is there could not be read: never to be taken for nothing."""
    error = error or sys.exc_info()[1]
    cause = error.cause if isinstance(error, RecordUnreadable) else type(error).__name__
    log.warning("unreadable: %s", cause)
    retry_href = request.get_full_path() if request.method == "GET" else "/"
    # what was to be told lies in the session, which is in the database too; it stays for the next page
    response = render(request, "503.html", {"retry_href": retry_href, "messages": ()}, status=503)
    response["Retry-After"] = "10"
    return response


def refused(request: HttpRequest) -> HttpResponse:
    """The neutral refusal: the same whether the record exists or not (ACD-8)."""
    return _page(request, "refusal.html", 404, ways=ways_open(request))


def _page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    # shows nothing of a record and so stands on no grant: what is hidden in an open one answers as what is not there (ACD-8)
    request.standings = ()  # type: ignore[attr-defined]
    try:
        return render(request, template, context, status=status)
    except AWAY:  # the database went meanwhile
        return unreadable(request)
