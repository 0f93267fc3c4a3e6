"""What an app may be registered with: addresses that lead nowhere else, keys that are public, scopes that mean something.

RFC 8252 7 (apps on a telephone), RFC 9700 2.1 and 4.1, RFC 7517; SMART App Launch 2.2, 4.1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from unidossier.kernel.smart_scope import ScopeUnknown, split, understood

KINDS = ("public", "confidential", "backend")
MOST_ADDRESSES = 10
MOST_KEYS = 10
LONGEST_ADDRESS = 500
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?@!$&()*+=%\[\]-]+")  # nothing that ends a header or a policy
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")  # of one's own: a domain reversed (RFC 8252, 7.1)
_SECRET_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_RSA_DIGITS = 342  # base64url digits of 2,048 bits
_P384_DIGITS = 64  # ... of 48 bytes


class AppUnfit(ValueError):
    """The app cannot be registered so; `code` is the short name of the reason, `field` where it stands."""

    def __init__(self, code: str, *, field: str) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


@dataclass(frozen=True, kw_only=True)
class AppFacts:
    """An app as it is registered. `jwks`: a JWK set of public keys, None for an app that can keep no key."""

    name: str
    kind: str
    scopes: str
    about: str = ""
    redirect_uris: Sequence[str] = field(default_factory=tuple)
    launch_uri: str | None = None
    jwks: Mapping[str, Any] | None = None


def require_fit(app: AppFacts) -> None:
    """Raise AppUnfit at the first thing that is wrong."""
    if app.kind not in KINDS:
        raise AppUnfit("no-such-kind", field="kind")
    if not 2 <= len(app.name.strip()) <= 80:
        raise AppUnfit("name-unfit", field="name")
    _require_addresses(app)
    _require_keys(app)
    _require_scopes(app)


def _require_addresses(app: AppFacts) -> None:
    if (app.kind == "backend") != (not app.redirect_uris) or len(app.redirect_uris) > MOST_ADDRESSES:
        raise AppUnfit("addresses-unfit", field="redirect_uris")
    if not all(is_address(one) for one in app.redirect_uris):
        raise AppUnfit("address-unfit", field="redirect_uris")
    if app.launch_uri is not None and (app.kind == "backend" or not is_page(app.launch_uri)):
        raise AppUnfit("address-unfit", field="launch_uri")


def _require_keys(app: AppFacts) -> None:
    if app.kind == "public":
        if app.jwks is not None:
            raise AppUnfit("keys-of-public", field="jwks")
        return
    keys = (app.jwks or {}).get("keys")
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST_KEYS:
        raise AppUnfit("keys-missing", field="jwks")
    if any(isinstance(one, Mapping) and _SECRET_PARTS & set(one) for one in keys):
        raise AppUnfit("keys-secret", field="jwks")
    if not all(is_key(one) for one in keys) or len({one["kid"] for one in keys}) < len(keys):
        raise AppUnfit("keys-unfit", field="jwks")


def _require_scopes(app: AppFacts) -> None:
    try:
        scopes = split(app.scopes)
    except ScopeUnknown:
        raise AppUnfit("scopes-unfit", field="scopes") from None
    if not scopes or understood(scopes) != scopes:
        raise AppUnfit("scopes-unfit", field="scopes")
    is_system = [one.startswith("system/") for one in scopes]
    if all(is_system) != (app.kind == "backend") or any(is_system) != (app.kind == "backend"):
        raise AppUnfit("scopes-of-kind", field="scopes")


def is_address(text: str) -> bool:
    """Tell whether an answer may be sent there: https, this very machine, or a scheme of the app's own. No fragment, no wildcard."""
    if not 1 <= len(text) <= LONGEST_ADDRESS or not _PLAIN.fullmatch(text):
        return False
    return is_page(text) or bool(_SCHEME.fullmatch(text.partition(":")[0]))


def is_page(text: str) -> bool:
    """Tell whether it is an address of a page: https, or http on this very machine. RFC 8252, 7.3"""
    if not 1 <= len(text) <= LONGEST_ADDRESS or not _PLAIN.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    named = f"[{host}]" if ":" in host else host
    if not host or "*" in parts.netloc or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and named in _LOCAL)


def is_key(key: Any) -> bool:
    """Tell whether a key can prove ES384 (P-384) or RS384 (RSA from 2,048 bits) and has a name (kid)."""
    if not isinstance(key, Mapping) or not all(isinstance(value, (str, list)) for value in key.values()):
        return False
    if not isinstance(key.get("kid"), str) or not 0 < len(key["kid"]) <= 200:
        return False
    if key.get("use", "sig") != "sig" or key.get("alg") not in (None, "ES384", "RS384"):
        return False
    if key.get("kty") == "EC":
        return key.get("crv") == "P-384" and all(len(str(key.get(part, ""))) == _P384_DIGITS for part in "xy")
    return key.get("kty") == "RSA" and len(str(key.get("n", ""))) >= _RSA_DIGITS and bool(key.get("e"))
