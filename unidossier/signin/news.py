"""What an open page carries to learn that the list it shows has news (MY-15): a ticket of the database, sealed, so that it names nobody."""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unidossier.signin.still import NONCE_BYTES, TokenRefused, key_of

MARK = "~"  # before a sealed ticket: it comes beside the tokens of signin/still.py
_DAY_S = 24 * 60 * 60
_DAY_BYTES = 4


def seal_ticket(ticket: str, *, now: float | None = None) -> str:
    """Return the ticket (gate.follow_accesses) sealed by AES-256-GCM under a key of its day."""
    day = (int(time.time() if now is None else now) // _DAY_S).to_bytes(_DAY_BYTES, "big")
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key_of(day, "news")).encrypt(nonce, ticket.encode(), day)
    return MARK + urlsafe_b64encode(day + nonce + sealed).decode().rstrip("=")


def open_ticket(text: str, *, now: float | None = None) -> str:
    """Return the ticket of a sealed one of today or yesterday. Raises TokenRefused."""
    try:
        raw = urlsafe_b64decode(text[len(MARK) :] + "=" * (-len(text[len(MARK) :]) % 4))
    except ValueError as error:
        raise TokenRefused from error
    day, nonce, sealed = (
        raw[:_DAY_BYTES],
        raw[_DAY_BYTES : _DAY_BYTES + NONCE_BYTES],
        raw[_DAY_BYTES + NONCE_BYTES :],
    )
    today = int(time.time() if now is None else now) // _DAY_S
    if not text.startswith(MARK) or today - int.from_bytes(day, "big") not in (0, 1):
        raise TokenRefused
    try:
        return AESGCM(key_of(day, "news")).decrypt(nonce, sealed, day).decode()
    except (InvalidTag, ValueError) as error:
        raise TokenRefused from error
