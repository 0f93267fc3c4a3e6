"""Second factors: set up the first one, see and change them all. The flows are allauth's; the addresses and pages are ours."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from unidossier.signin.factors import PROVING, is_strong

READY = "arrive"


@login_required
def second_factor_first(request: HttpRequest) -> HttpResponse:
    """Say that a password alone opens nothing, and offer the two ways to a second factor (ALL-3)."""
    if is_strong(request):
        return redirect(READY)
    return render(request, "signin/second_factor_first.html")


class Factors(IndexView):
    """The second factors of this account."""

    template_name = "signin/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what may be taken away: never the last one."""
        mine = Authenticator.objects.filter(user_id=self.request.user.pk)
        passkeys = [
            authenticator.wrap()
            for authenticator in mine
            if authenticator.type == Authenticator.Type.WEBAUTHN
        ]
        return {
            "passkeys": passkeys,
            "has_app": any(authenticator.type == Authenticator.Type.TOTP for authenticator in mine),
            "has_codes": any(
                authenticator.type == Authenticator.Type.RECOVERY_CODES for authenticator in mine
            ),
            "may_remove": sum(authenticator.type in PROVING for authenticator in mine) > 1,
        }


class AddPasskey(AddWebAuthnView):
    """Add a passkey that signs in by itself: it stays on the device and asks PIN or finger (WebAuthn 2, 5.4.4)."""

    template_name = "signin/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask the device for a key that can be found without a user name."""
        context = super().get_context_data(**kwargs)
        context["passkey_options"] = webauthn.begin_registration(self.request.user, True)
        return context

    def get_success_url(self) -> str:
        """Show the recovery codes when they are new, else go on."""
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse(READY)


class RemovePasskey(RemoveWebAuthnView):
    """Take a passkey away."""

    template_name = "signin/factor_remove.html"

    def get_success_url(self) -> str:
        """Go back to the list."""
        return reverse("mfa_index")


class AddApp(ActivateTOTPView):
    """Connect an authenticator app (RFC 6238)."""

    template_name = "signin/app_add.html"

    def get_success_url(self) -> str:
        """Show the recovery codes when they are new, else go on."""
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else reverse(READY)


class RemoveApp(DeactivateTOTPView):
    """Disconnect the authenticator app."""

    template_name = "signin/factor_remove.html"


class RecoveryCodes(ViewRecoveryCodesView):
    """The recovery codes, shown once."""

    template_name = "signin/recovery_codes.html"


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """Make new recovery codes; the old ones end."""

    template_name = "signin/recovery_codes_new.html"


class AgainByPassword(ReauthenticateView):
    """Prove it again: only for an account that has no second factor yet."""

    template_name = "signin/again.html"


class AgainByCode(ReauthenticateByCodeView):
    """Prove it again by a code."""

    template_name = "signin/again.html"


class AgainByPasskey(ReauthenticateWebAuthnView):
    """Prove it again by a passkey."""

    template_name = "signin/again_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name what the page's module reads."""
        context = super().get_context_data(**kwargs)
        return {**context, "passkey_options": context["js_data"]["request_options"]}
