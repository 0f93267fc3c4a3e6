"""Every request learns who asks; no page of a face is reached without a session for that very face."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.signin.device import keep_device
from unidossier.signin.display import display_of
from unidossier.signin.enter import KEPT, leave
from unidossier.signin.factors import BEGAN, SEEN
from unidossier.signin.limits import LIFE_S
from unidossier.signin.requester import from_session

SEEN_STEP_S = 30  # the last gesture is written in half minutes: a busy session is not one hot row


class Requesters:
    """Puts `request.requester` (a Requester, or None) and closes the faces to everybody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End a session that was left alone, then say who asks."""
        if _is_over(request):
            leave(request)
            messages.warning(
                request,
                _("You were signed out because nothing was done for a while. What you had saved is kept."),
            )
        kept = request.session.get(KEPT)
        request.requester = (
            from_session(kept, display=display_of(request), idle_s=settings.IDLE_LIMIT_S) if kept else None
        )
        response = self._get_response(request)
        keep_device(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Send whoever has no session for this face to where he gets one."""
        face = request.path.split("/", 2)[1]
        if face not in settings.FACES:
            return None
        requester = request.requester
        if requester is not None and requester.face == face:
            return None
        return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer with the way to a session: the places of who has proven who he is, else the sign-in. Whole page, also for HTMX."""
    way = reverse("arrive" if SESSION_KEY in request.session else "account_login")
    back = request.htmx.current_url_abs_path if request.htmx else request.get_full_path()
    if request.method in ("GET", "HEAD") or request.htmx:
        way = f"{way}?{urlencode({'next': back or '/'})}"
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": way})
    return HttpResponseRedirect(way)


def _is_over(request: HttpRequest) -> bool:
    began, seen = request.session.get(BEGAN), request.session.get(SEEN)
    if began is None or seen is None:
        return False
    now = time.time()
    if now - seen >= settings.IDLE_LIMIT_S or now - began >= LIFE_S:
        return True
    if now - seen >= SEEN_STEP_S:
        request.session[SEEN] = now
    return False
