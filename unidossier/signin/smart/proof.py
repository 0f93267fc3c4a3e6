"""How an app proves who it is at the token endpoint: by a signed assertion, or, when it can keep no key, by its id alone.

SMART App Launch 2.2, 4.1 (asymmetric client authentication); RFC 7521, RFC 7523. No shared secrets are taken.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from unidossier.signin.claims import tell_gate
from unidossier.signin.smart.app import App, find_app
from unidossier.signin.smart.discovery import SIGNED_BY, token_address

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE_S = 300  # of an assertion (SMART 2.2, 4.1.2)
SKEW_S = 30
LONGEST = 8000  # characters of an assertion
MOST_KEYS = 10


class AppUnproven(Exception):
    """The app is not known, or did not prove who it is; the message says what to send."""


def proven_app(sent: Mapping[str, str], *, authorization: str, origin: str) -> App:
    """Return the app that sends these parameters of a form. Raises AppUnproven, RecordUnreadable."""
    if authorization or "client_secret" in sent:
        raise AppUnproven("no client secrets are taken: send client_assertion, signed with ES384 or RS384")
    if "client_assertion" in sent or "client_assertion_type" in sent:
        return _by_assertion(sent, origin=origin)
    app = find_app(sent.get("client_id", ""))
    if app is None:
        raise AppUnproven("this app is not registered, or is suspended")
    if app.kind != "public":
        raise AppUnproven("this app proves itself: send client_assertion and client_assertion_type")
    return app


def _by_assertion(sent: Mapping[str, str], *, origin: str) -> App:
    if sent.get("client_assertion_type") != ASSERTION_TYPE:
        raise AppUnproven(f"client_assertion_type is {ASSERTION_TYPE}")
    assertion = sent.get("client_assertion", "")
    app = find_app(_issuer(assertion))
    if app is None or app.kind == "public" or app.jwks is None:
        raise AppUnproven("no app that signs assertions has this iss")
    if "client_id" in sent and sent["client_id"] != str(app.id):
        raise AppUnproven("client_id and iss of the assertion are not the same app")
    claims = _verified(assertion, app)
    _require(claims, app, origin=origin)
    _spend(claims, app)
    return app


def _issuer(assertion: str) -> str:
    """Return what the assertion says it is from, unproven: only to find the keys that may prove it."""
    if not 0 < len(assertion) <= LONGEST or assertion.count(".") != 2:
        raise AppUnproven("client_assertion is no signed JWT")
    try:
        issuer = _unproven_claims(assertion).get("iss")
    except (ValueError, RecursionError):
        raise AppUnproven("client_assertion is no signed JWT") from None
    return issuer if isinstance(issuer, str) else ""


def _unproven_claims(assertion: str) -> dict[str, Any]:
    body = assertion.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("claims are an object")
    return claims


def _verified(assertion: str, app: App) -> dict[str, Any]:
    """Return the claims, proven by one of the app's registered keys, named by its kid; keys elsewhere (jku, jwk) are not looked at."""
    try:
        keys = KeySet.import_key_set(app.jwks)  # type: ignore[arg-type]
        token = jwt.decode(assertion, keys, algorithms=list(SIGNED_BY))
    except (JoseError, ValueError, TypeError, KeyError) as fault:
        raise AppUnproven(
            "the assertion is not signed by a registered key of this app, with ES384 or RS384"
        ) from fault
    if not isinstance(token.header.get("kid"), str):
        raise AppUnproven("the header of the assertion names its key: kid")
    return dict(token.claims)


def _require(claims: Mapping[str, Any], app: App, *, origin: str) -> None:
    now = time.time()
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires = claims.get("exp")
    checks = (
        (claims.get("iss") == claims.get("sub") == str(app.id), "iss and sub are the client_id"),
        (token_address(origin) in audiences, f"aud is {token_address(origin)}"),
        (_is_instant(expires), "exp is missing"),
        (_is_instant(expires) and expires > now - SKEW_S, "the assertion has run out"),
        (_is_instant(expires) and expires <= now + LONGEST_LIFE_S + SKEW_S, "exp is at most five minutes ahead"),
        ("nbf" not in claims or (_is_instant(claims["nbf"]) and claims["nbf"] <= now + SKEW_S), "nbf lies ahead"),
        ("iat" not in claims or (_is_instant(claims["iat"]) and claims["iat"] <= now + SKEW_S), "iat lies ahead"),
        (_is_word(claims.get("jti")), "jti is a plain text of at most 256 characters, used once"),
    )  # fmt: skip
    for is_right, why in checks:
        if not is_right:
            raise AppUnproven(f"the assertion is refused: {why}")


def _is_instant(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e11


def _is_word(value: Any) -> bool:
    # half a sign of two, which JSON can write, is no text that could be hashed
    return isinstance(value, str) and 0 < len(value) <= 256 and value.isprintable()


def _spend(claims: Mapping[str, Any], app: App) -> None:
    told = {
        "what": "app-assertion",
        "app": app.id,
        "jti": hashlib.sha256(claims["jti"].encode()).hexdigest(),
        "lasts_s": LONGEST_LIFE_S + 3 * SKEW_S,
    }
    if not tell_gate("gate.spend_assertion", told):
        raise AppUnproven("the assertion was used before: make a new one, with a new jti, for each request")
