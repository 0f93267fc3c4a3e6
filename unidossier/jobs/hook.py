"""Sending one notice to a rest-hook, and to nobody else: the name is resolved once, the line goes to that very address (T29).

No redirect is followed, no proxy asked, little is read of the answer, and all of it ends in time. Private ranges only where
the allowed address says that it lies inside the house; what is never anybody's server (link-local, multicast) never.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from unidossier.notices.hook_address import PORTS

MOST_READ = 65_536  # bytes of an answer
# addresses that stand for others: what lies behind them is not seen
_DISGUISED = [
    ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class HookFailed(Exception):
    """The notice did not arrive; the message says why in words that the subscriber may read. `final`: a new try is no use."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


def send_hook(url: str, *, body: bytes, headers: Mapping[str, str], timeout_s: float, private: bool) -> None:
    """POST `body` (FHIR JSON) to `url`. Raises HookFailed for anything but an answer of 200 to 299 within `timeout_s`."""
    parts = urlsplit(url)
    port = parts.port or PORTS[parts.scheme]
    place = resolved(parts.hostname or "", port=port, private=private)
    connection = _Pinned(
        parts.hostname or "", port, timeout=timeout_s, place=place, secure=parts.scheme == "https"
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _ending(connection, after_s=timeout_s):
            connection.request(
                "POST", target, body=body, headers=dict(headers) | {"Content-Type": "application/fhir+json"}
            )
            with connection.getresponse() as answer:
                answer.read(MOST_READ)
    except (OSError, HTTPException, ValueError) as fault:
        raise HookFailed(_words(fault)) from fault
    finally:
        connection.close()
    if 300 <= answer.status < 400:
        raise HookFailed(f"The address answered {answer.status}: redirects are not followed.")
    if not 200 <= answer.status < 300:
        raise HookFailed(f"The address answered {answer.status}.")


def resolved(host: str, *, port: int, private: bool) -> str:
    """Return the address to connect to. Raises HookFailed when one of its addresses is none that may be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise HookFailed("The name of the address is not known.") from fault
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(may_reach(one, private=private) for one in addresses):
        raise HookFailed("The address lies in a range that notices are not sent to.")
    return str(addresses[0])


def may_reach(address: Address, *, private: bool) -> bool:
    """Tell whether notices go to this address: public ones, and private ones where they are meant."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return may_reach(address.ipv4_mapped, private=private)
        if any(address in one for one in _DISGUISED):
            return False
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    inside = address.is_loopback or (address.is_private and not address.is_reserved)
    return address.is_global or (private and inside)


class _Pinned(HTTPConnection):
    """A connection to one address, whatever its name resolves to by now; over TLS it proves the name."""

    def __init__(self, host: str, port: int, *, timeout: float, place: str, secure: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._place, self._secure = place, secure
        self.line: socket.socket | None = (
            None  # kept: the connection forgets it once the head of the answer is read
        )
        self.default_port = PORTS["https" if secure else "http"]

    def connect(self) -> None:
        self.sock = self.line = socket.create_connection((self._place, self.port), self.timeout)
        if self._secure:
            context = ssl.create_default_context()
            secure = context.wrap_socket(self.line, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self.line = secure  # before the handshake, so that it can be cut in it
            secure.do_handshake()


@contextlib.contextmanager
def _ending(connection: _Pinned, *, after_s: float) -> Iterator[None]:
    """Cut the line when the whole takes too long: a receiver that answers drop by drop holds nobody up. Raises TimeoutError."""
    is_cut = threading.Event()

    def cut() -> None:
        is_cut.set()
        if connection.line is not None:
            with contextlib.suppress(OSError):
                connection.line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(after_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if is_cut.is_set():
            raise TimeoutError


def _words(fault: Exception) -> str:
    if isinstance(fault, ssl.SSLError):
        return "The address could not prove its name (TLS)."
    if isinstance(fault, TimeoutError):
        return "The address did not answer in time."
    if isinstance(fault, ConnectionRefusedError):
        return "Nobody listens at the address."
    return "The line to the address broke."
