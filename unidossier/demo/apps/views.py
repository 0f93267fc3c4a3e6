"""The pages of the two apps. Without the flag of the process and the mark in the database these addresses do not exist."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from unidossier.demo.apps.registered import APPS, client_id
from unidossier.signin.demo_entry import demo_is_open

SCRIPT = Path(__file__).parent / "app.js"


def page(request: HttpRequest, slug: str, step: str = "") -> HttpResponse:
    """The app: its first page, where Ward opens it, and where its answer comes. Raises Http404 outside the demonstration."""
    if slug not in APPS or step not in ("", "launch", "back") or not demo_is_open():
        raise Http404
    app = APPS[slug]
    context = {
        "app": app,
        "client_id": client_id(slug, origin=settings.ORIGIN),
        "base": reverse("demo-app", args=[slug]),
        "script": reverse("demo-app-script"),
    }
    return render(request, "apps/page.html", context)


def script(request: HttpRequest) -> HttpResponse:
    """The program of both."""
    if not demo_is_open():
        raise Http404
    return HttpResponse(SCRIPT.read_text(), content_type="text/javascript; charset=utf-8")
