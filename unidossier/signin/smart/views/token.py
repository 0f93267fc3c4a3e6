"""The endpoints that apps call by themselves: token, introspection, revocation. RFC 6749 3.2, RFC 7662, RFC 7009."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from unidossier.signin.device import address_of
from unidossier.signin.models import Account
from unidossier.signin.smart.answers import endpoint, origin_of, told
from unidossier.signin.smart.app import App
from unidossier.signin.smart.id_token import id_token
from unidossier.signin.smart.proof import proven_app
from unidossier.signin.smart.tokens import (
    TokenRefused,
    backend_token,
    introspected,
    redeem_code,
    refresh_tokens,
    revoke,
)

GRANTS = {
    "authorization_code": redeem_code,
    "refresh_token": refresh_tokens,
    "client_credentials": backend_token,
}


@endpoint
def token(request: HttpRequest, sent: Mapping[str, str]) -> HttpResponse:
    """POST /smart/token: a code, a refresh token or a signed assertion for an access token."""
    grant = GRANTS.get(sent.get("grant_type", ""))
    if grant is None:
        raise TokenRefused("unsupported_grant_type", f"grant_type is one of: {', '.join(GRANTS)}")
    app = _app(request, sent)
    got = grant(app, sent, address=address_of(request))
    _require_account(app, got)
    return told(_answer(got, origin=origin_of(request)))


@endpoint
def introspect(request: HttpRequest, sent: Mapping[str, str]) -> HttpResponse:
    """POST /smart/introspect: what a token of the asking app is worth now. Only for apps that prove themselves."""
    app = _app(request, sent)
    if app.kind == "public":
        raise TokenRefused("unauthorized_client", "only an app that signs assertions may ask this")
    return told(introspected(app, _token(sent)))


@endpoint
def revoke_token(request: HttpRequest, sent: Mapping[str, str]) -> HttpResponse:
    """POST /smart/revoke: end a token of the asking app, at once."""
    app = _app(request, sent)
    revoke(app, _token(sent))
    return told({})


def _require_account(app: App, got: dict[str, Any]) -> None:
    """End the access of an app whose person has no open account any more: the gate knows persons, not accounts. Raises TokenRefused."""
    if app.kind == "backend" or Account.objects.filter(person_id=got["person"], is_active=True).exists():
        return
    for token in ("access_token", "refresh_token"):
        revoke(app, got.get(token, ""))
    raise TokenRefused("invalid_grant", "the account of the person is closed")


def _app(request: HttpRequest, sent: Mapping[str, str]) -> App:
    return proven_app(sent, authorization=request.headers.get("Authorization", ""), origin=origin_of(request))


def _token(sent: Mapping[str, str]) -> str:
    if "token" not in sent:
        raise TokenRefused("invalid_request", "send the token")
    return sent["token"]


def _answer(got: dict[str, Any], *, origin: str) -> dict[str, Any]:
    answer = {
        "access_token": got["access_token"],
        "token_type": "Bearer",
        "expires_in": got["expires_s"],
        "scope": got["scope"],
    }
    if got.get("refresh_token"):
        answer["refresh_token"] = got["refresh_token"]
    if got.get("patient"):
        answer |= {"patient": got["patient"], "need_patient_banner": True}
    if got.get("encounter"):
        answer["encounter"] = got["encounter"]
    if "openid" in got["scope"].split():
        answer["id_token"] = id_token(got, origin=origin, at=timezone.now())
    return answer
