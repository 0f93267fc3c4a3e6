"""ETag, Last-Modified, and what a client holds already. RFC 9110 sections 8.8 and 13.1, hl7.org/fhir/R4/http.html#cread"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request

from unidossier.exchange.fhir.outcome import refused

MOST_TAGS = 20
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


_VERSION = re.compile(r'(?:W/)?"([0-9]{1,9})"')
Versions = tuple[int, ...]  # that a client has seen; none: whichever there is


def versions_of(given: str | None) -> Versions | None:
    """Return what If-Match names: one ETag, several, or `*`; None without it (RFC 9110, 13.1.1). Raises RequestRefused (400)."""
    if given is None:
        return None
    if given.strip() == "*":
        return ()
    read = [_VERSION.fullmatch(one.strip()) for one in given.split(",")]
    if not all(read) or len(read) > MOST_TAGS:
        told = f'If-Match is *, or up to {MOST_TAGS} ETags of ours, such as W/"2"'
        raise refused(400, "value", told)
    return tuple(int(one[1]) for one in read if one)


def etag(version: int) -> str:
    """Return the weak ETag of a version: hl7.org/fhir/R4/http.html#versioning"""
    return f'W/"{version}"'


def last_modified(instant: datetime) -> str:
    """Return the instant as HTTP writes it (RFC 9110, 5.6.7)."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def is_same(request: Request, *, tag: str) -> bool:
    """Tell whether the client holds what has this tag already, by If-None-Match alone."""
    given = request.headers.get("if-none-match")
    return given is not None and (given.strip() == "*" or tag in _TAG.findall(given))


def is_held(request: Request, *, version: int, entered_at: datetime) -> bool:
    """Tell whether the client holds this version already: by If-None-Match, else by If-Modified-Since."""
    given = request.headers.get("if-none-match")
    if given is not None:
        return is_same(request, tag=str(version))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        held = parsedate_to_datetime(since)
    except ValueError:
        return False  # RFC 9110, 13.1.3: a date that is none is not looked at
    return held.tzinfo is not None and entered_at.replace(microsecond=0) <= held
