"""The place of a page in its address: sealed for the session that searched, so that it says nothing to anybody else.

AES-256-GCM under a key made from the secret of the session: another session, or a changed sign, opens nothing.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unidossier.exchange.fhir.outcome import refused

_NONCE = 12
_PURPOSE = b"unidossier search page v1"


def sealed(secret: bytes, *, place: Mapping[str, Any]) -> str:
    """Return `place` (JSON) as one word of an address."""
    nonce = os.urandom(_NONCE)
    text = _text(place)
    return base64.urlsafe_b64encode(nonce + _box(secret).encrypt(nonce, text, _PURPOSE)).decode().rstrip("=")


def opened(secret: bytes, word: str) -> Any:
    """Return what was sealed. Raises RequestRefused (400) for anything that this session did not get from us."""
    try:
        data = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        return json.loads(
            _box(secret).decrypt(data[:_NONCE], data[_NONCE:], _PURPOSE).decode("utf-8", "surrogatepass")
        )
    except (ValueError, InvalidTag):
        raise refused(
            400, "value", "This page belongs to another session, or its address was changed; search again."
        ) from None


def _text(place: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(place)
    except TypeError:  # half a sign: what was asked comes back as it was
        return json.dumps(place, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _box(secret: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(_PURPOSE + secret).digest())
