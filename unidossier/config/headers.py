"""Headers of every answer that the framework does not set itself."""

from collections.abc import Callable

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)
HSTS = "max-age=63072000; includeSubDomains"


class Headers:
    """Nothing of a record is kept by a browser or a proxy (T23); static files, whose address changes with them, are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        # the same for every answer: no page has an inline script or style to name
        self._policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, then add the headers."""
        response = self._get_response(request)
        if not request.path.startswith(settings.STATIC_URL) or response.status_code >= 400:
            response["Cache-Control"] = "no-store, private"
        response.headers.setdefault(POLICY, self._policy)  # a file that is shown brings a stricter one
        response["Permissions-Policy"] = PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Frame-Options"] = "DENY"
        if settings.HTTPS:
            response["Strict-Transport-Security"] = HSTS
        return response
