"""Addresses of the sign-in. The names that allauth's flows look for keep its names; of its pages no others exist."""

from allauth.account.views import account_inactive
from allauth.mfa.webauthn.views import login_webauthn
from django.conf import settings
from django.urls import path

from unidossier.signin.views import factors, places
from unidossier.signin.views.again import prove_again
from unidossier.signin.views.demo import demo_again, demo_entry
from unidossier.signin.views.preferences import preferences
from unidossier.signin.views.sign_in import SecondFactor, SignIn, sign_out, start
from unidossier.signin.views.welcome import welcome

urlpatterns = [
    path("", start, name="start"),
    path("sign-in", SignIn.as_view(), name="account_login"),
    path("sign-in/code", SecondFactor.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey", login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/closed", account_inactive, name="account_inactive"),
    path("sign-in/second-factor", factors.second_factor_first, name="second-factor-first"),
    path("sign-in/prove", prove_again, name="prove-again"),
    path("sign-in/again", factors.AgainByPassword.as_view(), name="account_reauthenticate"),
    path("sign-in/again/code", factors.AgainByCode.as_view(), name="mfa_reauthenticate"),
    path("sign-in/again/passkey", factors.AgainByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("welcome/<str:number>/<str:token>", welcome, name="welcome"),
    path("sign-out", sign_out, name="sign-out"),
    path("places", places.arrive, name="arrive"),
    path("preferences", preferences, name="preferences"),
    path("factors", factors.Factors.as_view(), name="mfa_index"),
    path("factors/app", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("factors/app/remove", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("factors/passkey", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("factors/passkey/<int:pk>/remove", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("factors/codes", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("factors/codes/new", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
]

if settings.DEMO_FLAG:
    urlpatterns += [
        path("sign-in/demo", demo_entry, name="demo-entry"),
        path("sign-in/demo/again", demo_again, name="demo-again"),
    ]
