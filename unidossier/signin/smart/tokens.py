"""Tokens of an app: each is the secret of a session of the gate, or the means to get the next; the database keeps hashes alone.

RFC 6749 4.1.3 and 6 with rotation (RFC 9700, 4.14.2), RFC 7009, RFC 7662; SMART Backend Services 2.2.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any

from unidossier.kernel.smart_scope import PLAIN, ScopeUnknown, of_contexts, opens, split, within
from unidossier.signin.claims import tell_gate
from unidossier.signin.smart.app import App

SECRET_BYTES = 32
WITH_REFRESH_S = 15 * 60  # life of an access token whose app can get another
ALONE_S = 60 * 60  # ... of one that ends the matter
BACKEND_S = 300  # SMART Backend Services 2.2: at most five minutes
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636, 4.1
_TOKEN = re.compile(r"[0-9a-f]{64}")
_SYSTEM = frozenset({"system"})


class TokenRefused(Exception):
    """An error code of RFC 6749, 5.2, and what to do."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why


def redeem_code(app: App, sent: Mapping[str, str], *, address: str) -> dict[str, Any]:
    """Exchange a code for tokens: gate.app_told, `access_token`, and `refresh_token` when it may stay. Raises TokenRefused."""
    if app.kind == "backend":
        raise TokenRefused("unauthorized_client", "this app has no persons: ask by client_credentials")
    if not _VERIFIER.fullmatch(sent.get("code_verifier", "")):
        raise TokenRefused("invalid_grant", "code_verifier has 43 to 128 characters (RFC 7636)")
    access, refresh = _made(), _made()
    told = tell_gate(
        "gate.redeem_app_code",
        {
            "what": "app-code",
            "app": app.id,
            "code": _hash(sent.get("code", "")),
            "redirect_uri": sent.get("redirect_uri"),
            "verifier": sent["code_verifier"],
            "secret": _hash(access),
            "refresh": _hash(refresh),
            "with_refresh_s": WITH_REFRESH_S,
            "alone_s": ALONE_S,
            "address": address,
        },
    )
    if not told:
        raise TokenRefused(
            "invalid_grant", "the code is unknown, used, run out, or not for this app, address or verifier"
        )
    return _answer(told, access=access, refresh=refresh)


def refresh_tokens(app: App, sent: Mapping[str, str], *, address: str) -> dict[str, Any]:
    """Exchange a refresh token for new ones; the old one is spent. `scope` may narrow, never widen. Raises TokenRefused."""
    token = sent.get("refresh_token", "")
    narrower = _narrower(app, token, sent["scope"]) if "scope" in sent else None
    access, refresh = _made(), _made()
    told = tell_gate(
        "gate.refresh_app",
        {
            "what": "app-refresh",
            "app": app.id,
            "token": _hash(token),
            "secret": _hash(access),
            "refresh": _hash(refresh),
            "life_s": WITH_REFRESH_S,
            "address": address,
            "scope": " ".join(narrower) if narrower else None,
            "opens": opens(narrower) if narrower else None,
        },
    )
    if not told:
        raise TokenRefused(
            "invalid_grant", "the refresh token is unknown, used, or ended: ask the person again"
        )
    return _answer(told, access=access, refresh=refresh)


def backend_token(app: App, sent: Mapping[str, str], *, address: str) -> dict[str, Any]:
    """Open a session of the institution's machine account for a backend service. Raises TokenRefused."""
    if app.kind != "backend":
        raise TokenRefused("unauthorized_client", "this app acts for persons: ask by authorization_code")
    try:
        scopes = of_contexts(within(split(sent.get("scope", "")), app.scopes), _SYSTEM)
    except ScopeUnknown:
        raise TokenRefused("invalid_scope", "the scope parameter is no list of scopes") from None
    scopes = tuple(one for one in scopes if one not in PLAIN)
    if not scopes:
        raise TokenRefused("invalid_scope", "ask for scopes of system/ that this app is registered for")
    access = _made()
    told = tell_gate(
        "gate.open_backend",
        {
            "what": "app-backend",
            "app": app.id,
            "secret": _hash(access),
            "scope": " ".join(scopes),
            "opens": opens(scopes),
            "life_s": BACKEND_S,
            "address": address,
        },
    )
    if not told:
        raise TokenRefused("invalid_grant", "the machine account of the institution has ended")
    return _answer(told | {"refreshes": False}, access=access, refresh="")


def introspected(app: App, token: str) -> dict[str, Any]:
    """Return what RFC 7662, 2.2 tells of a token of this very app; {"active": False} of any other."""
    told = tell_gate("gate.introspect_app", {"what": "app-introspect", "app": app.id, "token": _hash(token)})
    if not told:
        return {"active": False}
    answer = {
        "active": True,
        "client_id": told["app"],
        "scope": told["scope"],
        "sub": told["person"],
        "exp": told["ends"],
        "iat": told["began"],
    }
    if told["kind"] == "access":
        answer["token_type"] = "Bearer"  # noqa: S105  (RFC 6750)
    return answer | {name: told[name] for name in ("patient", "encounter") if told.get(name)}


def revoke(app: App, token: str) -> None:
    """End a token of this app; a refresh token takes all that hangs on it along. Unknown ones are as good as ended (RFC 7009, 2.2)."""
    tell_gate("gate.revoke_app_token", {"what": "app-revoke", "app": app.id, "token": _hash(token)})


def _narrower(app: App, token: str, wanted: str) -> tuple[str, ...]:
    had = tell_gate("gate.introspect_app", {"what": "app-introspect", "app": app.id, "token": _hash(token)})
    try:
        asked = split(wanted)
    except ScopeUnknown:
        raise TokenRefused("invalid_scope", "the scope parameter is no list of scopes") from None
    if not had:
        return asked  # no good: the gate says so, and ends what was misused
    kept = within(asked, had["scope"].split())
    if not kept or len(kept) < len(asked):
        raise TokenRefused("invalid_scope", "a refresh asks for no more than the person gave")
    return kept


def _answer(told: dict[str, Any], *, access: str, refresh: str) -> dict[str, Any]:
    answer = told | {"access_token": access}
    return answer | {"refresh_token": refresh} if told["refreshes"] else answer


def _made() -> str:
    return secrets.token_bytes(SECRET_BYTES).hex()


def _hash(token: str) -> str:
    """Return the hash by which the gate knows a token, in hexadecimal; of what can be none of ours, that of nothing."""
    secret = bytes.fromhex(token) if _TOKEN.fullmatch(token) else b""
    return hashlib.sha256(secret).hexdigest()
