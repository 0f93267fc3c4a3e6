"""Where to go on: only to pages of ours."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

AUTHORIZE = "/smart/authorize?"  # an app asks whoever is signed in, in any face (signin/smart)


def safe_way(request: HttpRequest, way: str | None) -> str:
    """Return `way` when it is an address of this site, else nothing (open redirects, OWASP ASVS 5.1.5)."""
    if way and url_has_allowed_host_and_scheme(
        way, allowed_hosts={request.get_host()}, require_https=settings.HTTPS
    ):
        return way
    return ""


def home_of(face: str) -> str:
    """Return the first page of a face."""
    return f"/{face}/"


def way_into(request: HttpRequest, *, face: str, wanted: str | None) -> str:
    """Return the page that was wanted before the sign-in when it is in this face or an app asks there, else the face's first page."""
    way = safe_way(request, wanted)
    return way if way.startswith((home_of(face), AUTHORIZE)) else home_of(face)
