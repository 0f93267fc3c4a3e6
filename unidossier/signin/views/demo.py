"""One click into the demonstration. Without its flag and its mark these addresses do not exist."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from unidossier.signin.cast import members, place_of
from unidossier.signin.demo_entry import DEMO_METHOD, demo_is_open
from unidossier.signin.enter import enter, leave, renew
from unidossier.signin.models import Account
from unidossier.signin.way import home_of, safe_way
from unidossier.signin.whoami import whoami

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def demo_entry(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast, strongly, for the purpose of his place. Raises Http404 outside the demonstration."""
    if not demo_is_open():
        raise Http404
    told = next((member for member in members() if member.username == request.POST.get("username")), None)
    account = Account.objects.filter(username=told.username).first() if told else None
    if account is None:
        raise Http404
    identity = whoami(account.person_id)
    place = place_of(told, identity)
    if place is None:
        raise Http404
    leave(request)
    login(request, account, backend=BACKEND)
    record_authentication(request, account, DEMO_METHOD)
    enter(request, identity, place=place, purpose=place.purpose)
    # the visitor keeps the language in which he reads this page, whatever his figure speaks
    return redirect(home_of(place.face))


@require_POST
def demo_again(request: HttpRequest) -> HttpResponse:
    """Count as a fresh second factor, for what asks for one (BTG-2). Raises Http404 outside the demonstration."""
    if not (request.user.is_authenticated and demo_is_open()):
        raise Http404
    record_authentication(request, request.user, DEMO_METHOD, reauthenticated=True)
    renew(request)
    return redirect(safe_way(request, request.POST.get("next")) or "/")
