"""Addresses that notices are sent to: scheme, host and port decide, as the security officer allowed them (T29)."""

from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}
LONGEST = 500


class NotAnAddress(ValueError):
    """The text is no address that a notice can be sent to."""


def normal_address(text: str) -> str:
    """Return `https://host[:port]/path?query` in one way of writing: small letters, no default port, no end.

    Raises NotAnAddress: another scheme, a user name, a fragment, white space.
    """
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise NotAnAddress(text) from None
    clean = text.isascii() and text.isprintable() and " " not in text and "\\" not in text
    if (
        parts.scheme not in PORTS
        or not host
        or "@" in parts.netloc
        or parts.fragment
        or not clean
        or len(text) > LONGEST
    ):
        raise NotAnAddress(text)
    name = f"[{host}]" if ":" in host else host
    place = name if port in (None, PORTS[parts.scheme]) else f"{name}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{place.lower()}{parts.path or '/'}{query}"


def origin_of(text: str) -> str:
    """Return scheme, host and port of an address. Raises NotAnAddress."""
    parts = urlsplit(normal_address(text))
    return f"{parts.scheme}://{parts.netloc}"
