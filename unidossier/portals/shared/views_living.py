"""The living page: every component in every state, and every page template with a sample of its context.

Invented values only (living/); nothing here reads a record. Give ?theme=light|dark and ?density=work|reading.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from .living import components, pages

THEMES = ("auto", "light", "dark")
DENSITIES = ("work", "reading")


def living(request: HttpRequest) -> HttpResponse:
    """Show every component, and the way to every page."""
    theme, density = _chosen(request)
    context = components.context() | {
        "shell": pages.frame("open", theme=theme, density=density or "work"),
        "pages": list(pages.pages()),
        "themes": THEMES,
        "densities": DENSITIES,
    }
    return render(request, "design/living.html", context)


def sample_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page template with its sample context. Raises Http404 for a name that is not on the list."""
    theme, density = _chosen(request)
    try:
        template, face, context = pages.pages()[name]
    except KeyError:
        raise Http404(name) from None
    return render(request, template, context | {"shell": pages.frame(face, theme=theme, density=density)})


def _chosen(request: HttpRequest) -> tuple[str, str]:
    theme, density = request.GET.get("theme", "auto"), request.GET.get("density", "")
    return theme if theme in THEMES else "auto", density if density in DENSITIES else ""


urlpatterns = [
    path("", living, name="living"),
    path("pages/<slug:name>/", sample_page, name="living-page"),
]
