"""What a page carries to learn that the rights it stands on have changed: sealed, so that it names nobody (ACD-7).

A token is AES-256-GCM over the grants of the page (NIST SP 800-38D), under a key of its day (HMAC-SHA256 of the key `still`):
no key seals more than the pages of a day under its random nonces. Before the sealed part stands a mark, the same for pages
that stand on the same: a browser can tell that a new part of a page brings nothing new to watch.
"""

import hmac
import secrets
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from unidossier.database.home import Home
from unidossier.database.keys import key
from unidossier.gate.standing import Standing

KEY = "still"
VALID_S = 12 * 60 * 60  # longer than any session
MARK_BYTES, NONCE_BYTES, READER_BYTES, ID_BYTES = 9, 12, 16, 16
_DAY_S = 24 * 60 * 60
_DAY = struct.Struct(">I")
_HEAD = struct.Struct(
    f">Id{READER_BYTES}sH"
)  # issued at, lasts (seconds of the epoch), reader, number of grants
_GRANT = struct.Struct(">QH")  # sum of epochs, number of subjects


class TokenRefused(Exception):
    """The token was not made here, was changed, or is too old: load the page again."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a token says: sums of epochs by their subjects, and when the first of its facts ends."""

    sums: tuple[tuple[frozenset[str], int], ...]
    lasts: datetime
    reader: bytes  # the same for all pages of one session; says not whose


def make_token(standings: Sequence[Standing], *, secret: bytes, now: float | None = None) -> str:
    """Return the token of a page made under `standings` in the session of `secret`; empty when there are none."""
    if not standings:
        return ""
    issued = time.time() if now is None else now
    day = _DAY.pack(int(issued) // _DAY_S)
    newest = {
        one.subjects: one for one in standings
    }  # two grants of one page about the same: the later knows more
    lasts = min(one.lasts for one in newest.values()).timestamp()
    parts = [_packed(one) for one in newest.values()]
    reader = sha256(b"reader" + secret).digest()[:READER_BYTES]
    plain = _HEAD.pack(int(issued), lasts, reader, len(parts)) + b"".join(parts)
    # of all but the time of issue
    mark = hmac.digest(key_of(day, "mark"), plain[4:], "sha256")[:MARK_BYTES]
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key_of(day, "seal")).encrypt(nonce, plain, day + mark)
    return urlsafe_b64encode(mark + day + nonce + sealed).decode().rstrip("=")


def read_token(token: str, *, now: float | None = None) -> Watched:
    """Return what a token says. Raises TokenRefused."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError as error:
        raise TokenRefused from error
    mark, rest = raw[:MARK_BYTES], raw[MARK_BYTES:]
    day, rest = rest[: _DAY.size], rest[_DAY.size :]
    nonce, sealed = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    if len(day) < _DAY.size or not -1 <= _days_old(day, now) <= 1:
        raise TokenRefused
    try:
        plain = AESGCM(key_of(day, "seal")).decrypt(nonce, sealed, day + mark)
    except (InvalidTag, ValueError) as error:
        raise TokenRefused from error
    return _read(plain, now=time.time() if now is None else now)


def _days_old(day: bytes, now: float | None) -> int:
    return int(time.time() if now is None else now) // _DAY_S - int(_DAY.unpack(day)[0])


def _packed(one: Standing) -> bytes:
    ids = bytes.fromhex(one.subjects.strip("{}").replace("-", "").replace(",", ""))
    return _GRANT.pack(one.epochs, len(ids) // ID_BYTES) + ids


def _read(plain: bytes, *, now: float) -> Watched:
    issued, lasts, reader, count = _HEAD.unpack_from(plain)
    if now - issued > VALID_S:
        raise TokenRefused
    sums, at = [], _HEAD.size
    for _ in range(count):
        epochs, number = _GRANT.unpack_from(plain, at)
        at += _GRANT.size
        ids = plain[at : at + number * ID_BYTES]
        subjects = frozenset(str(UUID(bytes=ids[n : n + ID_BYTES])) for n in range(0, len(ids), ID_BYTES))
        sums.append((subjects, epochs))
        at += len(ids)
    return Watched(sums=tuple(sums), lasts=datetime.fromtimestamp(lasts, UTC), reader=reader)


@cache
def _root_key(home: str) -> bytes:
    return key(Home.find(), KEY)


def key_of(day: bytes, use: str) -> bytes:
    return hmac.digest(_root_key(str(Home.find().path)), use.encode() + day, "sha256")
