"""A form that came without the part that says what to do: nothing is done, and the page says so."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def tell_incomplete(request: HttpRequest, *, is_complete: bool) -> None:
    """Put it in words above the page, when something was sent and lacked a part."""
    if request.method == "POST" and not is_complete:
        messages.error(request, _("Nothing was done: a part of the form did not arrive. Fill it in again."))
