"""JSON from a stranger, read strictly: every name known, every type right, nothing twice, nothing endless."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

HASH = 32


class BundleUnreadable(Exception):
    """The file is no proof bundle of a version known here; the message says where and what is wrong."""


def why_not(fault: Exception) -> str:
    """Return what is wrong with a file in the words of the system, without numbers and names that were told already."""
    return (fault.strerror if isinstance(fault, OSError) else None) or str(fault)


def read_json(content: bytes, *, what: str) -> Any:
    """Read UTF-8 JSON without floats, names given twice or text that is no Unicode. Raises BundleUnreadable."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_once,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
        _whole_text(value)
    except UnicodeError as fault:
        raise BundleUnreadable(f"{what} is not UTF-8") from fault
    except (ValueError, RecursionError) as fault:
        raise BundleUnreadable(
            f"{what} is no JSON that can be read; it may have been cut, so fetch it again: {str(fault)[:200]}"
        ) from fault
    return value


def members(
    value: Any, *, where: str, needs: Mapping[str, type], may: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """Return an object that has these names with these types, and no other name. Raises BundleUnreadable."""
    known = {**needs, **(may or {})}
    if not isinstance(value, dict):
        raise BundleUnreadable(f"{where} must be an object")
    for name in needs:
        if name not in value:
            raise BundleUnreadable(f"{where} lacks {name!r}")
    for name, one in value.items():
        if name not in known:
            raise BundleUnreadable(f"{where} has a name that version 1 does not know: {name[:40]!r}")
        if type(one) is not known[name]:  # bool is an int for isinstance
            raise BundleUnreadable(f"{where}: {name!r} has the wrong type")
    return value


def texts(value: Any, *, where: str, most: int) -> list[str]:
    """Return a list of at most so many texts. Raises BundleUnreadable."""
    if not isinstance(value, list) or len(value) > most or any(type(one) is not str for one in value):
        raise BundleUnreadable(f"{where} must be a list of at most {most} texts")
    return value


def hex_bytes(value: Any, *, where: str) -> bytes:
    """Return the 32 bytes of 64 lower-case hexadecimal digits. Raises BundleUnreadable."""
    if type(value) is not str or len(value) != 2 * HASH or set(value) - set("0123456789abcdef"):
        raise BundleUnreadable(f"{where} must be {2 * HASH} hexadecimal digits in lower case")
    return bytes.fromhex(value)


def base64_hash(value: str, *, where: str) -> bytes:
    """Return the 32 bytes of a base64 text. Raises BundleUnreadable."""
    try:
        told = b64decode(value, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BundleUnreadable(f"{where} is no base64") from fault
    if len(told) != HASH:
        raise BundleUnreadable(f"{where} must be {HASH} bytes")
    return told


def position(value: Any, *, where: str) -> int:
    """Return a number from 0 to 2^63 - 1. Raises BundleUnreadable."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise BundleUnreadable(f"{where} must be a number from 0 up")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return told


def _no_float(told: str) -> Any:
    raise ValueError(f"{told[:20]} is no whole number")


def _whole_text(value: Any) -> None:
    # "\ud800" alone is JSON and no text: it could not be hashed. Walked without recursion.
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            one.encode("utf-8")
        elif isinstance(one, dict):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
