"""What the gate raises, as pages: one mapping for all faces."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from unidossier.actions.open_item import ItemNotFound
from unidossier.config.errors import AWAY, refused, unreadable
from unidossier.gate.door import AccessRefused, RightsChanged, SessionEnded
from unidossier.signin.claims import ClaimsRefused
from unidossier.signin.enter import SecondFactorMissing, leave
from unidossier.signin.middleware import to_sign_in


class Refusals:
    """Turns the errors of the gate into answers; other errors pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on: only errors are of interest here."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for an error of the gate, None for any other."""
        if isinstance(exception, AWAY):
            return unreadable(request, exception)
        if isinstance(exception, AccessRefused | RightsChanged | ItemNotFound):
            return refused(request)
        if isinstance(exception, SessionEnded | ClaimsRefused):
            leave(request)
            return to_sign_in(request)
        if isinstance(exception, SecondFactorMissing):
            return to_sign_in(request)
        return None
