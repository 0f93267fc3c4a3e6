"""Sign the claims of a session as the sign-in does: RFC 2104, HMAC with SHA-256."""

import hmac
import json
import os
import time
from hashlib import sha256

from tests.gate.server import SESSION_KEY

CLAIMS: dict[str, object] = {
    "face": "ward",
    "employment": None,
    "representative": False,
    "purpose": "care",
    "strong": True,
    "idle_s": 900,
    "life_s": 3600,
}


def sign_session(claims: dict[str, object], *, key: bytes = SESSION_KEY) -> tuple[bytes, str, bytes]:
    """Return a fresh session secret, the text of the claims, and its HMAC under `key`."""
    secret = os.urandom(32)
    full = CLAIMS | {"secret_hash": sha256(secret).hexdigest(), "at": time.time()} | claims
    text = json.dumps(full, default=str)
    return secret, text, hmac.digest(key, text.encode(), sha256)
