"""The frame around pages that bring none of their own: sign-in, errors, second factors."""

from typing import Any, cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from unidossier.portals.shared.components.shell import Density, Shell, Theme
from unidossier.portals.shared.frame import shell
from unidossier.signin.display import display_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, made only when a page without its own asks for it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> Shell:
    requester = getattr(request, "requester", None)  # absent when the request failed before it was known
    if requester is not None:
        try:
            return shell(request)
        except NoReverseMatch:
            pass  # a face without a first page still has error pages
    display = display_of(request)
    return Shell(
        face="open",
        home_href="/",
        theme=cast(Theme, display.theme),
        density=cast(Density, display.density or "reading"),
        preferences_href=reverse("preferences"),
        sign_out_href=reverse("sign-out"),
    )
