"""Identifiers made outside the database. RFC 9562 (UUID), sections 5.7 and 5.8."""

import os
import time
from hashlib import sha256
from uuid import UUID

_VARIANT = 0b10 << 62
_UNIT = "\x1f"  # parts the names; refused inside them, so that no two lists of names look alike


class AmbiguousSource(ValueError):
    """A name of the source holds the control character that parts the names."""


def new_id() -> UUID:
    """Return a fresh UUIDv7 of this instant. Reads the clock and the system's random source."""
    return uuid7(unix_ns=time.time_ns(), random=os.urandom(8))


def uuid7(*, unix_ns: int, random: bytes) -> UUID:
    """Return the UUIDv7 of one instant: nanoseconds since 1970 UTC, and 8 random bytes.

    The 12 bits after the milliseconds hold the fraction of the millisecond (RFC 9562, 6.2 method 3): ids of
    one process sort in the order they were made, to a quarter of a microsecond.
    """
    milliseconds, rest = divmod(unix_ns, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    tail = int.from_bytes(random[:8]) >> 2
    return UUID(int=(milliseconds & (1 << 48) - 1) << 80 | 7 << 76 | fraction << 64 | _VARIANT | tail)


def derived_id(institution_id: UUID, *, resource_type: str, source_id: str) -> UUID:
    """Return the id of a resource that an institution sends under an id of its own: always the same (XCH-1).

    A repeated delivery thus meets its first one. UUIDv8 over SHA-256; two institutions never share an id.
    Raises AmbiguousSource.
    """
    if _UNIT in resource_type or _UNIT in source_id:
        raise AmbiguousSource("an id must not hold the control character U+001F")
    name = _UNIT.join((resource_type, source_id)).encode()
    digest = int.from_bytes(sha256(institution_id.bytes + name).digest()[:16])
    cleared = digest & ~(0xF << 76) & ~(0b11 << 62)
    return UUID(int=cleared | 8 << 76 | _VARIANT)
