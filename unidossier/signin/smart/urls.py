"""Addresses of the authorization server, beside the sign-in that it stands on."""

from django.urls import path

from unidossier.signin.smart.views import token, well_known
from unidossier.signin.smart.views.authorize import authorize

urlpatterns = [
    path(".well-known/smart-configuration", well_known.smart, name="smart-configuration"),
    path(".well-known/openid-configuration", well_known.openid, name="openid-configuration"),
    path("smart/jwks", well_known.jwks, name="smart-jwks"),
    path("smart/authorize", authorize, name="smart-authorize"),
    path("smart/token", token.token, name="smart-token"),
    path("smart/introspect", token.introspect, name="smart-introspect"),
    path("smart/revoke", token.revoke_token, name="smart-revoke"),
]
