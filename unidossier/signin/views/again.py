"""Prove a second factor once more for a grave step, by the way that this account has (BTG-2, EXC-7)."""

from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from unidossier.signin.factors import is_of_the_demo
from unidossier.signin.way import safe_way


@login_required
def prove_again(request: HttpRequest) -> HttpResponse:
    """Lead to the code or the passkey, then back to `?next=`; a figure of the demonstration has a button instead."""
    way = safe_way(request, request.GET.get("next")) or "/"
    if is_of_the_demo(request):
        return render(request, "signin/again_demo.html", {"next": way})
    mine = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    by_passkey = mine == {Authenticator.Type.WEBAUTHN} or mine == {
        Authenticator.Type.WEBAUTHN,
        Authenticator.Type.RECOVERY_CODES,
    }
    name = "mfa_reauthenticate_webauthn" if by_passkey else "mfa_reauthenticate"
    return redirect(f"{reverse(name)}?{urlencode({'next': way})}")
