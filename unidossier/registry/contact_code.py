"""The code that proves a mail address (MY-12): made anew from a key outside the database each time, kept nowhere."""

import hashlib
import hmac
from uuid import UUID

from unidossier.database.home import Home
from unidossier.database.keys import key

KEY = "contact-code"
DIGITS = 8


def code_of(change: UUID) -> str:
    """Return the 8 digits of one change of address. HMAC-SHA-256 (RFC 2104) of its id by a key of this installation."""
    proof = hmac.digest(key(Home.find(), KEY), change.bytes, "sha256")
    return f"{int.from_bytes(proof[:8]) % 10**DIGITS:0{DIGITS}d}"


def hash_of(change: UUID, *, code: str) -> bytes:
    """Return what the database keeps and compares: SHA-256 of the code, its digits alone, and the id."""
    digits = "".join(sign for sign in code if sign.isdigit())
    return hashlib.sha256(f"{digits}|{change}".encode()).digest()
