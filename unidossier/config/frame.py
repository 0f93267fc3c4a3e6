"""The frame around pages that bring none of their own: sign-in, errors, second factors."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from unidossier.portals.shared.components.shell import Shell
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
        theme=display.theme,  # type: ignore[arg-type]  (checked against the same words)
        density=display.density or "reading",  # type: ignore[arg-type]
        preferences_href=reverse("preferences"),
        sign_out_href=reverse("sign-out"),
    )
