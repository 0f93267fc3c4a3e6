"""Pages say, sealed, what they stand on, so that they can be told when it changes (ACD-7)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from unidossier.gate.standing import collected
from unidossier.signin.still import make_token

HEADER = "Unidossier-Still"  # of an answer that becomes a part of a page


class Stills:
    """Collects the grants of each request; a part of a page carries its token in a header, a whole one in its body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on within a collection of its own."""
        with collected() as request.standings:  # type: ignore[attr-defined]
            response = self._get_response(request)
        if request.htmx and (token := _token(request)):  # type: ignore[attr-defined]
            response[HEADER] = token
        return response


def still(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `still`, the token of the page; asked for when the page is drawn, after everything was read."""
    return {"still": SimpleLazyObject(lambda: _token(request))}


def _token(request: HttpRequest) -> str:
    standings = getattr(request, "standings", ())
    requester = getattr(request, "requester", None)
    return make_token(standings, secret=requester.secret) if standings and requester else ""
