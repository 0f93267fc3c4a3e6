"""The sign-in page, the second factor, the sign-out."""

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from unidossier.signin.cast import groups
from unidossier.signin.demo_entry import demo_is_open
from unidossier.signin.enter import leave

# what a browser may have kept of the pages; not its cookies: they hold the language
CLEAR = '"cache", "storage"'


class SignIn(LoginView):
    """Password first; the second factor follows. Or a passkey, which is both."""

    template_name = "signin/entrance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passkey, and in the demonstration its people."""
        return {
            **super().get_context_data(**kwargs),
            "passkey_href": reverse("mfa_login_webauthn"),
            "cast": groups(settings.FACES) if demo_is_open() else (),
            "cast_href": reverse("demo-entry") if settings.DEMO_FLAG else "",
        }


class SecondFactor(AuthenticateView):
    """The code, or a passkey, after the password."""

    template_name = "signin/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the ways: a passkey when the account has one, and back."""
        context = super().get_context_data(**kwargs)
        has_passkey = bool(context["js_data"]["request_options"]["publicKey"].get("allowCredentials"))
        return {
            **context,
            "passkey_href": reverse("mfa_authenticate") if has_passkey else "",
            "passkey_options": context["js_data"]["request_options"],
            "back_href": reverse("account_login"),
        }


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session here and at the gate, and let the browser forget the pages."""
    leave(request)
    response = redirect("account_login")
    response["Clear-Site-Data"] = CLEAR
    return response


def start(request: HttpRequest) -> HttpResponse:
    """Lead from the bare address to where this person belongs."""
    requester = request.requester
    return HttpResponseRedirect(f"/{requester.face}/" if requester else reverse("account_login"))
