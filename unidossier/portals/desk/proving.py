"""A grave step of the Desk wants a second factor of the last minutes: the form is kept while it is proven, and shown again."""

import time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from unidossier.signin.factors import is_fresh

KEPT = "unidossier.grave"
KEPT_S = 600


def prove_first(request: HttpRequest, form: forms.Form) -> HttpResponse | None:
    """Lead to the proof when the form was sent and none is fresh; None when the deed may go on."""
    if request.method != "POST" or is_fresh(request):
        return None
    told = {name: request.POST.get(name, "") for name in form.fields}
    request.session[KEPT] = {"told": told, "at": time.time(), "path": request.path}
    return redirect(f"{reverse('prove-again')}?{urlencode({'next': request.get_full_path()})}")


def kept(request: HttpRequest) -> dict[str, Any]:
    """What was written on this page before the proof; once."""
    found = request.session.get(KEPT)
    if request.method == "POST" or found is None or found["path"] != request.path:
        return {}
    del request.session[KEPT]
    return dict(found["told"]) if time.time() - found["at"] < KEPT_S else {}
