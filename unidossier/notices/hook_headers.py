"""Headers that a receiver of notices wants to be shown, often a secret of his: sealed before they are stored."""

import hmac
import json
import os
import re
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unidossier.database.home import Home
from unidossier.database.keys import GATE_HMAC, key

NONCE_BYTES = 12
MOST = 10
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}): ?([\x20-\x7e]{0,2000})")
# what the sending itself says, or what would change whom it reaches
_OURS = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "expect",
        "upgrade",
        "te",
        "trailer",
    }
)


class NotAHeader(ValueError):
    """The text is no header that may be sent along; it is not repeated here: it may be a secret."""


def read_headers(lines: Sequence[str]) -> dict[str, str]:
    """Return the headers by name. Raises NotAHeader."""
    headers = {}
    for line in lines:
        match = _HEADER.fullmatch(line) if isinstance(line, str) else None  # an element may be null in FHIR
        if match is None or match.group(1).lower() in _OURS or len(lines) > MOST:
            raise NotAHeader
        headers[match.group(1)] = match.group(2)
    return headers


def seal_headers(headers: dict[str, str]) -> bytes | None:
    """Return them sealed (AES-256-GCM); None when there are none."""
    if not headers:
        return None
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, json.dumps(headers).encode(), b"headers")


def open_headers(sealed: bytes | None) -> dict[str, str]:
    """Return what was sealed. Raises cryptography's InvalidTag when it was altered."""
    if not sealed:
        return {}
    opened: dict[str, str] = json.loads(
        AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], b"headers")
    )
    return opened


def _key() -> bytes:
    return hmac.digest(key(Home.find(), GATE_HMAC), b"headers of notices", "sha256")
