"""No NUL byte reaches a view: the database takes none in a text, and would answer as if the record could not be read."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from unidossier.config.errors import bad_request

NUL = "\x00"


class PlainInput:
    """Answers 400 to an address or a form with a NUL byte; no browser sends one by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on: the look is taken when everything else about the request is known."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse what holds a NUL byte; errors of a broken form are Django's own."""
        if NUL in request.path or _holds_nul(request.GET) or _holds_nul(request.POST):
            return bad_request(request)
        return None


def _holds_nul(fields: QueryDict) -> bool:
    return any(NUL in name or any(NUL in value for value in values) for name, values in fields.lists())
