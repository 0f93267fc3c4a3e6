"""How a browser wants its pages: language, theme, density. Kept in cookies; on the account too when somebody is signed in."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from unidossier.signin.models import DENSITIES, LANGUAGES, THEMES, Account

CHOICES = {"language": LANGUAGES, "theme": THEMES, "density": DENSITIES}


@dataclass(frozen=True, kw_only=True)
class Display:
    """`density` is empty when the person has not chosen: each face has its own."""

    language: str
    theme: str
    density: str


def display_of(request: HttpRequest) -> Display:
    """Return what this browser has chosen."""
    return Display(
        language=get_language() or "en",
        theme=_chosen(request, "theme") or "auto",
        density=_chosen(request, "density"),
    )


def is_choice(name: str, value: str) -> bool:
    """Tell whether `value` may be chosen for `name`."""
    return value in CHOICES[name]


def keep(response: HttpResponse, *, name: str, value: str) -> None:
    """Let the browser keep one choice for a year."""
    response.set_cookie(
        _cookie(name),
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def keep_choices_of(account: Account, request: HttpRequest, response: HttpResponse) -> None:
    """Give a browser without choices of its own those of the account."""
    for name in CHOICES:
        value = getattr(account, name)
        if value and not _chosen(request, name):
            keep(response, name=name, value=value)


def _chosen(request: HttpRequest, name: str) -> str:
    value = request.COOKIES.get(_cookie(name), "")
    return value if is_choice(name, value) else ""


def _cookie(name: str) -> str:
    prefix = "__Host-" if settings.HTTPS else ""
    return f"{prefix}{name}"
